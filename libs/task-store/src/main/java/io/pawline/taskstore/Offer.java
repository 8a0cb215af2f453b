package io.pawline.taskstore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Offers a submission that is to be kept, with the values that show whether it was kept before.
 *
 * @param key the key that it came with; null: none, and it may be folded into a running task
 */
record Offer(Submission submission, @Nullable IdempotencyKey key, Fingerprint fingerprint) {
    Offer {
        Objects.requireNonNull(submission, "submission");
        Objects.requireNonNull(fingerprint, "fingerprint");
    }

    /** An offer without a key. */
    Offer(Submission submission, Fingerprint fingerprint) {
        this(submission, null, fingerprint);
    }
}
