package io.pawline.ingest.http;

/** Says that a body has a content coding that is not read. */
final class UnsupportedCodingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedCodingException() {
        super(
                "the body has a content coding that is not read: send it as it is, or once packed with gzip",
                null,
                false,
                false);
    }
}
