package io.pawline.ingest.follow;

/** Says that as many requests wait for tasks as are allowed. */
final class TooManySubscriptionsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySubscriptionsException(int limit) {
        super(limit + " requests wait already", null, false, false);
    }
}
