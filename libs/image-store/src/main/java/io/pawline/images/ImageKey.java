package io.pawline.images;

import io.pawline.schemas.TaskId;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names an image in the store. The name has segments of {@code a-z 0-9 . _ -} between slashes, and none starts with a
 * dot. So a key is also a safe relative path, even on a file system that ignores case, and a URL needs no escapes for
 * it.
 *
 * @param value the key as text, 200 characters at most
 */
public record ImageKey(String value) {

    private static final String PHOTO = "/photo";
    private static final String INCOMING = "incoming/";
    private static final int MAX_LENGTH = 200;
    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*");

    /** @throws IllegalArgumentException if the text is not a key */
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

    /** The key of this text; empty if it is none. */
    public static Optional<ImageKey> parse(String text) {
        try {
            return Optional.of(new ImageKey(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The task that the image belongs to; empty if the key does not begin with one. */
    public Optional<TaskId> task() {
        int end = value.indexOf('/');
        try {
            return end < 0 ? Optional.empty() : Optional.of(TaskId.parse(value.substring(0, end)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The photo that was uploaded with a task. */
    public static ImageKey photo(TaskId task) {
        return new ImageKey(task + PHOTO);
    }

    /** Whether it is the key of an uploaded photo. */
    public boolean isPhoto() {
        return value.endsWith(PHOTO);
    }

    /** The photo of a direct upload, which its client sends before a task names it. */
    public static ImageKey incoming(UUID upload) {
        return new ImageKey(INCOMING + upload);
    }

    /** Whether it is the key of a direct upload. */
    public boolean isIncoming() {
        return value.startsWith(INCOMING);
    }

    /**
     * The id of the direct upload with this key.
     *
     * @throws IllegalArgumentException if it is no key of a direct upload
     */
    public UUID upload() {
        if (!isIncoming()) {
            throw new IllegalArgumentException("%s is no key of a direct upload".formatted(value));
        }
        return UUID.fromString(value.substring(INCOMING.length()));
    }

    /** The place before the keys of all direct uploads, in a list of keys. */
    public static String beforeIncoming() {
        return INCOMING;
    }

    /**
     * The picture with its background, as a text-to-image provider that keeps none made it.
     *
     * @param call id of the call; each call has its own, as for {@link #cutOut}
     * @param extension of the file's name, such as {@code png}
     */
    public static ImageKey picture(TaskId task, int generation, UUID call, String extension) {
        return new ImageKey("%s/%d/picture-%s.%s".formatted(task, generation, call, extension));
    }

    /**
     * The picture without its background, as the matting provider made it. If it is good, it is the result in full
     * size.
     *
     * @param call id of the call; each call has its own, so that a process that was given up and still runs changes no
     *     result
     */
    public static ImageKey cutOut(TaskId task, int generation, UUID call) {
        return new ImageKey("%s/%d/cutout-%s.png".formatted(task, generation, call));
    }

    /** The task's result in full size, if the matting provider had kept it. */
    public static ImageKey result(TaskId task, int generation) {
        return new ImageKey("%s/%d/result.png".formatted(task, generation));
    }

    /**
     * The result with its longest side reduced to this many pixels.
     *
     * @param extension of the file's name, such as {@code png}
     */
    public static ImageKey thumbnail(TaskId task, int generation, int size, String extension) {
        return new ImageKey("%s/%d/thumbnail-%d.%s".formatted(task, generation, size, extension));
    }

    @Override
    public String toString() {
        return value;
    }
}
