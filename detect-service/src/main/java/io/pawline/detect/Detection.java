package io.pawline.detect;

import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Says what the vision model saw in the photo. */
sealed interface Detection {

    /** The reason why the call was useless. The answer that there is no pet is useful. */
    default Optional<Reason> failure() {
        return this instanceof Unknown unknown ? Optional.of(unknown.reason()) : Optional.empty();
    }

    /**
     * The model saw a pet.
     *
     * @param description description of the pet; one line, not empty
     */
    record Pet(String description) implements Detection {
        public Pet {
            if (description.isBlank()) {
                throw new IllegalArgumentException("a description must not be empty");
            }
        }
    }

    /** The model saw no pet. */
    record NoPet() implements Detection {}

    /**
     * Nobody knows what the model saw.
     *
     * @param notBefore moment before which the provider does not want to be called again, if it said so
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
