package io.pawline.ops.deadletters;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Shows a dead letter in the API; what does not apply is left out. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeadLetterView(
        long id,
        String state,
        String stage,
        String reason,
        String detail,
        @Nullable String providerCode,
        Instant failedAt,
        @Nullable Instant firstFailedAt,
        int attempts,
        @Nullable UUID taskId,
        @Nullable Integer generation,
        @Nullable String tenant,
        @Nullable String style,
        @Nullable String clientRef,
        @Nullable Instant submittedAt,
        @Nullable String undecodable,
        String topic,
        int partition,
        long offset) {

    static DeadLetterView of(DeadLetter deadLetter) {
        return new DeadLetterView(
                deadLetter.id(),
                deadLetter.state(),
                deadLetter.stage(),
                deadLetter.reason(),
                deadLetter.detail(),
                deadLetter.providerCode(),
                deadLetter.failedAt(),
                deadLetter.firstFailedAt(),
                deadLetter.attempts(),
                deadLetter.taskId(),
                deadLetter.generation(),
                deadLetter.tenant(),
                deadLetter.style(),
                deadLetter.clientRef(),
                deadLetter.submittedAt(),
                deadLetter.undecodable(),
                deadLetter.topic(),
                deadLetter.partition(),
                deadLetter.offset());
    }
}
