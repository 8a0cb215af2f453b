package io.pawline.images;

import io.pawline.schemas.TaskId;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * An image's name in the store: segments of {@code a-z 0-9 . _ -} between slashes, none of which starts with a dot. So a
 * key is also a safe relative path, on a file system that ignores case too, and needs no escaping in a URL.
 *
 * @param value the key as text, 200 characters at most
 */
public record ImageKey(String value) {

    private static final String PHOTO = "/photo";
    private static final int MAX_LENGTH = 200;
    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*");

    /** @throws IllegalArgumentException if the text is no key */
    public ImageKey {
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "an image key has at most %d characters, this one has %d".formatted(MAX_LENGTH, value.length()));
        }
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException("an image key is made of segments of a-z, 0-9, '.', '_' and '-' between "
                    + "slashes, none of which is empty or starts with a dot");
        }
    }

    /** The photo that was uploaded with a task. */
    public static ImageKey photo(TaskId task) {
        return new ImageKey(task + PHOTO);
    }

    /** Whether a photo that was uploaded has it. */
    public boolean isPhoto() {
        return value.endsWith(PHOTO);
    }

    /**
     * The picture without its background, as the matting provider made it: the task's result in full size, if it is good.
     *
     * @param call another one for each call: a process that was given up and goes on, must not change a result
     */
    public static ImageKey cutOut(TaskId task, int generation, UUID call) {
        return new ImageKey("%s/%d/cutout-%s.png".formatted(task, generation, call));
    }

    /** The task's result in full size, where the matting provider had kept it. */
    public static ImageKey result(TaskId task, int generation) {
        return new ImageKey("%s/%d/result.png".formatted(task, generation));
    }

    /** The result with its longest side reduced to this many pixels. */
    public static ImageKey thumbnail(TaskId task, int generation, int size) {
        return new ImageKey("%s/%d/thumbnail-%d.png".formatted(task, generation, size));
    }

    @Override
    public String toString() {
        return value;
    }
}
