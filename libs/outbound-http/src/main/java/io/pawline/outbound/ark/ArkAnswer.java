package io.pawline.outbound.ark;

import io.pawline.outbound.CallFacts;
import io.pawline.schemas.Reason;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** Says what came of one call to Ark. */
public sealed interface ArkAnswer {

    CallFacts facts();

    /** Returns the tokens that Ark says the call has used; 0 if it says nothing of them. */
    default long tokens() {
        return 0;
    }

    /**
     * Ark says that it did what was asked.
     *
     * @param operation what was asked
     * @param requestId Ark's name for the call, or Pawline's if Ark gave none
     */
    record Ok(ArkOperation operation, JsonNode body, String requestId, CallFacts facts) implements ArkAnswer {
        public Ok {
            Objects.requireNonNull(operation, "operation");
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(requestId, "requestId");
            Objects.requireNonNull(facts, "facts");
        }

        @Override
        public long tokens() {
            return Math.max(0, body.path("usage").path("total_tokens").asLong(0));
        }

        /**
         * The same answer, which turned out to be useless.
         *
         * @param what a sentence about the answer, as in {@link Failed#detail}
         */
        public Failed butFailed(Reason reason, String what) {
            return new Failed(reason, what + " (request " + requestId + ")", facts);
        }

        /** The same answer, which has this error in the place of the result. */
        public Failed butFailed(ArkError error, String what) {
            String code = error.code().orElse("an error without a code");
            return new Failed(
                    error.reason(operation).orElse(Reason.PROVIDER_ERROR),
                    what + ": " + code + " (request " + requestId + ")",
                    facts.withProviderCode(error.code()));
        }
    }

    /**
     * Ark did not do what was asked.
     *
     * @param detail one sentence for a person, without key, address and image
     */
    record Failed(Reason reason, String detail, CallFacts facts) implements ArkAnswer {
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(facts, "facts");
        }
    }
}
