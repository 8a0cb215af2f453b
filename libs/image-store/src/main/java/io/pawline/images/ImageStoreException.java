package io.pawline.images;

import java.io.Serial;

/** Says that the image store could not be read or written. Another attempt may succeed. */
public final class ImageStoreException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public ImageStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
