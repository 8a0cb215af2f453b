package io.pawline.ingest.follow;

/** As many requests wait as may. */
public final class TooManyWaitsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyWaitsException(int most) {
        super(most + " requests wait already", null, false, false);
    }
}
