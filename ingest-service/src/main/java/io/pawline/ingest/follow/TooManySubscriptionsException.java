package io.pawline.ingest.follow;

/** Says that as many requests wait for tasks as are allowed, or as many of the tenant as are its share. */
final class TooManySubscriptionsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySubscriptionsException(int limit) {
        super("the tenant has its share of the %d requests that may wait".formatted(limit), null, false, false);
    }
}
