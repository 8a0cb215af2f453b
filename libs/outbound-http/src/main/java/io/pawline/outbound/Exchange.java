package io.pawline.outbound;

import io.pawline.events.CallPhase;
import io.pawline.schemas.Reason;
import java.util.Objects;
import java.util.Optional;
import okhttp3.Headers;

/** Says what came of one HTTP call. */
public sealed interface Exchange {

    /** The facts of the call that are known without a look into the answer. */
    CallFacts facts();

    /**
     * The other side answered, whatever the status.
     *
     * @param body the whole body; empty if there was none. Not copied: treat it as read-only
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    record Answered(int status, Headers headers, byte[] body) implements Exchange {
        public Answered {
            Objects.requireNonNull(headers, "headers");
            Objects.requireNonNull(body, "body");
        }

        @Override
        public CallFacts facts() {
            return CallFacts.endedIn(CallPhase.DONE, Optional.of(status));
        }
    }

    /**
     * There was no whole answer.
     *
     * @param detail one sentence for a person; it names the host and never the path or the query
     */
    record Died(Reason reason, CallPhase phase, String detail) implements Exchange {
        public Died {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(phase, "phase");
            Objects.requireNonNull(detail, "detail");
        }

        @Override
        public CallFacts facts() {
            return CallFacts.endedIn(phase, Optional.empty());
        }
    }
}
