package io.pawline.ops.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ops.letters.Letter;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** A dead letter as the API shows it; what does not apply is left out. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record LetterView(
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

    static LetterView of(Letter letter) {
        return new LetterView(
                letter.id(),
                letter.state(),
                letter.stage(),
                letter.reason(),
                letter.detail(),
                letter.providerCode(),
                letter.failedAt(),
                letter.firstFailedAt(),
                letter.attempts(),
                letter.taskId(),
                letter.generation(),
                letter.tenant(),
                letter.style(),
                letter.clientRef(),
                letter.submittedAt(),
                letter.undecodable(),
                letter.topic(),
                letter.partition(),
                letter.offset());
    }
}
