package io.pawline.outbound.ark;

import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What came of one call to Ark. */
public sealed interface ArkAnswer {

    /**
     * Ark did what was asked, by its own account.
     *
     * @param requestId Ark's name for the call, or ours if it gave none
     */
    record Ok(JsonNode body, String requestId) implements ArkAnswer {
        public Ok {
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(requestId, "requestId");
        }
    }

    /**
     * It did not.
     *
     * @param detail one sentence for a person: no key, no address, no image
     * @param status HTTP status, if there was an answer
     * @param providerCode Ark's name for the failure, if it gave one
     * @param notBefore when Ark wants to be called again, if it said so
     */
    record Failed(
            Reason reason,
            String detail,
            Optional<Integer> status,
            Optional<String> providerCode,
            Optional<Instant> notBefore)
            implements ArkAnswer {
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(status, "status");
            Objects.requireNonNull(providerCode, "providerCode");
            Objects.requireNonNull(notBefore, "notBefore");
        }

        /** A failure that only the answer's content shows. */
        public static Failed inAnswer(Reason reason, String detail) {
            return new Failed(reason, detail, Optional.of(200), Optional.empty(), Optional.empty());
        }
    }
}
