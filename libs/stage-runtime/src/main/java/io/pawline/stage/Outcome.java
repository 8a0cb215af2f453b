package io.pawline.stage;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Says what became of one attempt at one task. */
public sealed interface Outcome {

    /** Says that the stage has done its work; {@code next}, if present, goes to the stage that follows. */
    record Done(Optional<Next> next) implements Outcome {}

    /**
     * Says that the attempt failed and that another one may succeed. The runtime decides when it is made, and gives up
     * when the attempts are used up.
     *
     * @param detail one sentence for a person: no secret, no signed address
     * @param notBefore the earliest moment of the next attempt, as a {@code Retry-After} has it; null:
     *     the stage's backoff
     */
    record Retry(Reason reason, String detail, @Nullable Instant notBefore) implements Outcome {
        public Retry {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
        }

        public Retry(Reason reason, String detail) {
            this(reason, detail, null);
        }
    }

    /**
     * Says that the attempt failed and that no other one can succeed. The record becomes a dead letter, and the task
     * ends as failed.
     *
     * @param detail one sentence for a person: no secret, no signed address
     */
    record Rejected(Reason reason, String detail) implements Outcome {
        public Rejected {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
        }
    }

    /** Carries an event for the stage that follows. */
    record Next(Stage stage, SpecificRecord event) {
        public Next {
            Objects.requireNonNull(stage, "stage");
            Objects.requireNonNull(event, "event");
        }
    }

    /** Makes a success whose event goes to that stage under the same task id. */
    static Outcome done(Stage stage, SpecificRecord event) {
        return new Done(Optional.of(new Next(stage, event)));
    }

    /** Makes a success that nothing follows. */
    static Outcome done() {
        return new Done(Optional.empty());
    }

    /** Makes a retry or a rejection, as the reason's kind requires. */
    static Outcome failed(Reason reason, String detail) {
        return failed(reason, detail, Optional.empty());
    }

    /**
     * Makes a retry or a rejection, as the reason's kind requires.
     *
     * @param notBefore the earliest moment of a retry, if the other side named one
     */
    static Outcome failed(Reason reason, String detail, Optional<Instant> notBefore) {
        return switch (reason.kind()) {
            case TRANSIENT -> new Retry(reason, detail, notBefore.orElse(null));
            case PERMANENT -> new Rejected(reason, detail);
        };
    }
}
