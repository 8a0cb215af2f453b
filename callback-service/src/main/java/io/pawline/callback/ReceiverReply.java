package io.pawline.callback;

import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a callback's receiver made of it. */
sealed interface ReceiverReply {

    /** Why it has not. */
    default Optional<Reason> failure() {
        return this instanceof Refused refused ? Optional.of(refused.reason()) : Optional.empty();
    }

    /** When it wants to be called again, if it said so. */
    default Optional<Instant> notBeforeIfAny() {
        return this instanceof Refused refused ? Optional.ofNullable(refused.notBefore()) : Optional.empty();
    }

    /** It has taken it. */
    record Taken() implements ReceiverReply {}

    /**
     * It has not, or is not known to have.
     *
     * @param detail one sentence for a person; names the host at most, never the path or the query
     * @param notBefore when it wants to be called again; null: it did not say
     */
    record Refused(Reason reason, String detail, @Nullable Instant notBefore) implements ReceiverReply {
        public Refused {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
        }
    }
}
