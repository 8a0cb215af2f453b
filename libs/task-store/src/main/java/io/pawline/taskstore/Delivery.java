package io.pawline.taskstore;

import io.pawline.schemas.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says how far the delivery of a final state to the front end has come.
 *
 * @param deliveredAt when the receiver answered with 2xx; null: not yet
 * @param attempts attempts made, including the successful one
 * @param attemptedAt when the last attempt ended; null: none yet
 * @param reason why the last attempt failed; null: it did not
 * @param detail one sentence about that failure
 * @param resendRequestedAt when somebody asked for the callback once more; null: nobody has since it was delivered last
 */
public record Delivery(
        @Nullable Instant deliveredAt,
        int attempts,
        @Nullable Instant attemptedAt,
        @Nullable Reason reason,
        @Nullable String detail,
        @Nullable Instant resendRequestedAt) {

    /** Time after a final state in which its callback is not called undelivered, unless an attempt has failed. */
    public static final Duration PENDING_TIME = Duration.ofSeconds(60);

    /** A delivery without any attempt. */
    static final Delivery NONE = new Delivery(null, 0, null, null, null, null);

    /** Whether a callback has to be sent: it is not delivered yet, or somebody asked for it once more. */
    public boolean owed() {
        return deliveredAt == null || resendRequestedAt != null;
    }

    /** When the final state was delivered; empty if it was not. */
    public Optional<Instant> delivered() {
        return Optional.ofNullable(deliveredAt);
    }
}
