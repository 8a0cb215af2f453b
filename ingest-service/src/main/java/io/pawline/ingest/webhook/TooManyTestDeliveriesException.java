package io.pawline.ingest.webhook;

import java.time.Duration;

/** Says that a tenant has asked for as many test deliveries as it may for now. */
final class TooManyTestDeliveriesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    TooManyTestDeliveriesException(Duration retryAfter) {
        super(
                "a tenant may have %d test deliveries in a minute, and has had them: send this one later"
                        .formatted(TestDeliveryLimit.PER_MINUTE),
                null,
                false,
                false);
        this.retryAfter = retryAfter;
    }

    /** The time until another one would be made. */
    Duration retryAfter() {
        return retryAfter;
    }
}
