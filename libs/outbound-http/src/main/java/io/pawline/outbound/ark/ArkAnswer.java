package io.pawline.outbound.ark;

import io.pawline.outbound.CallFacts;
import io.pawline.schemas.Reason;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** What came of one call to Ark. */
public sealed interface ArkAnswer {

    CallFacts facts();

    /**
     * Ark did what was asked, by its own account.
     *
     * @param requestId Ark's name for the call, or ours if it gave none
     */
    record Ok(JsonNode body, String requestId, CallFacts facts) implements ArkAnswer {
        public Ok {
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(requestId, "requestId");
            Objects.requireNonNull(facts, "facts");
        }

        /**
         * The same answer, found to be of no use when it was looked at.
         *
         * @param what a sentence about the answer, as in {@link Failed#detail}
         */
        public Failed butFailed(Reason reason, String what) {
            return new Failed(reason, what + " (request " + requestId + ")", facts);
        }

        /** The same answer, in which this error stands in for what was asked. */
        public Failed butFailed(ArkError error, String what) {
            String code = error.code().orElse("an error without a code");
            return new Failed(
                    error.reason().orElse(Reason.PROVIDER_ERROR),
                    what + ": " + code + " (request " + requestId + ")",
                    facts.withProviderCode(error.code()));
        }
    }

    /**
     * It did not.
     *
     * @param detail one sentence for a person: no key, no address, no image
     */
    record Failed(Reason reason, String detail, CallFacts facts) implements ArkAnswer {
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(facts, "facts");
        }
    }
}
