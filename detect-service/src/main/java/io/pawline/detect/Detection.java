package io.pawline.detect;

import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** What the vision model saw. */
sealed interface Detection {

    /** Why the call was of no use; it was of use if there is no pet, too. */
    default Optional<Reason> failure() {
        return this instanceof Unknown unknown ? Optional.of(unknown.reason()) : Optional.empty();
    }

    /**
     * A pet.
     *
     * @param description what it looks like: one line, not empty
     */
    record Pet(String description) implements Detection {
        public Pet {
            if (description.isBlank()) {
                throw new IllegalArgumentException("a description must not be empty");
            }
        }
    }

    /** No pet. */
    record NoPet() implements Detection {}

    /**
     * Nothing that we know of.
     *
     * @param notBefore when the provider wants to be called again, if it said so
     */
    record Unknown(Reason reason, String detail, Optional<Instant> notBefore) implements Detection {
        public Unknown {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(notBefore, "notBefore");
        }

        Unknown(Reason reason, String detail) {
            this(reason, detail, Optional.empty());
        }
    }
}
