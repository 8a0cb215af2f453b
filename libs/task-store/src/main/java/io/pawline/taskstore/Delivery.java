package io.pawline.taskstore;

import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the front end has been told of a task's ending.
 *
 * @param deliveredAt when the receiver took it; null: not yet
 * @param attempts tries made, the successful one counted
 * @param attemptedAt when the last try ended; null: none yet
 * @param reason why the last try failed; null: it did not
 * @param detail one sentence about that failure
 * @param resendRequestedAt when somebody asked for it to be told once more; null: nobody has since it was told last
 */
public record Delivery(
        @Nullable Instant deliveredAt,
        int attempts,
        @Nullable Instant attemptedAt,
        @Nullable Reason reason,
        @Nullable String detail,
        @Nullable Instant resendRequestedAt) {

    /** Not tried yet. */
    static final Delivery NONE = new Delivery(null, 0, null, null, null, null);

    /** Whether the receiver is to be told: it has not taken it yet, or it is to have it once more. */
    public boolean owed() {
        return deliveredAt == null || resendRequestedAt != null;
    }

    /** When the receiver took it, if it has. */
    public Optional<Instant> delivered() {
        return Optional.ofNullable(deliveredAt);
    }
}
