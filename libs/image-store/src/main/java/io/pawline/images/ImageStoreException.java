package io.pawline.images;

import java.io.Serial;

/** The image store could not be read or written: lost infrastructure, which another attempt may find again. */
public final class ImageStoreException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public ImageStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
