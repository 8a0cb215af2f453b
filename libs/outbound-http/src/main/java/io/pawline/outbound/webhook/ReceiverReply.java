package io.pawline.outbound.webhook;

import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what a receiver did with a callback. */
public sealed interface ReceiverReply {

    /** The reason why the receiver has not taken it, if it has not. */
    default Optional<Reason> failure() {
        return this instanceof Refused refused ? Optional.of(refused.reason()) : Optional.empty();
    }

    /** The moment before which the receiver does not want to be called again, if it said so. */
    default Optional<Instant> notBeforeIfAny() {
        return this instanceof Refused refused ? Optional.ofNullable(refused.notBefore()) : Optional.empty();
    }

    /** The receiver has taken it. */
    record Taken() implements ReceiverReply {}

    /**
     * The receiver has not taken it, or nobody knows whether it has.
     *
     * @param detail one sentence for a person; names the host at most, never the path or the query
     * @param notBefore moment before which the receiver does not want to be called again; null: it did not say
     */
    record Refused(Reason reason, String detail, @Nullable Instant notBefore) implements ReceiverReply {
        public Refused {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
        }
    }
}
