package io.pawline.taskstore;

import java.util.List;
import java.util.Objects;

/**
 * Names the pictures of a task that succeeded.
 *
 * @param image the cut-out in full size
 * @param thumbnails smaller versions, largest first
 */
public record TaskImages(StoredImage image, List<StoredImage> thumbnails) {
    public TaskImages {
        Objects.requireNonNull(image, "image");
        thumbnails = List.copyOf(thumbnails);
    }
}
