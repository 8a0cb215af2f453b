package io.pawline.taskstore;

import java.util.List;
import java.util.Objects;

/**
 * What a task that succeeded has made.
 *
 * @param image the cut-out in full size
 * @param thumbnails smaller ones, largest first
 */
public record TaskImages(StoredImage image, List<StoredImage> thumbnails) {
    public TaskImages {
        Objects.requireNonNull(image, "image");
        thumbnails = List.copyOf(thumbnails);
    }
}
