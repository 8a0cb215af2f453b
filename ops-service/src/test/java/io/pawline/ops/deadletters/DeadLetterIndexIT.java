package io.pawline.ops.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.ledger.Prices;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DeadLetterIndexIT {

    private static final Instant NOW = TestingTasks.NOW;

    private static final TaskDatabase DATABASE = TestingDatabase.open();

    private final DeadLetterIndex index = new DeadLetterIndex(DATABASE);
    private final CallLedger ledger =
            new CallLedger(DATABASE, new Prices(Map.of()), Duration.ofDays(30), Clock.fixed(NOW, ZoneOffset.UTC));
    private final Submission task = TestingTasks.submission();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void aDeadLetterGetsTheProviderCodeInEitherOrder() {
        Submission other = TestingTasks.submission();
        ledger.note(
                List.of(failedCall(task, "connection_lost", null), failedCall(task, "moderated_prompt", "InputText")));
        index.add(List.of(deadLetter(task, "moderated_prompt")));
        index.add(List.of(deadLetter(other, "provider_error")));
        ledger.note(List.of(failedCall(other, "provider_error", null)));

        assertThat(providerCode(task)).isEqualTo("InputText");
        assertThat(providerCode(other)).isEqualTo("HTTP 400");
    }

    @Test
    void aCallThatFailedForAnotherReasonGivesNoProviderCode() {
        index.add(List.of(deadLetter(task, "inconsistent_result")));
        ledger.note(List.of(failedCall(task, "provider_error", "InternalServiceError")));

        assertThat(providerCode(task)).isEqualTo("none");
    }

    private static IndexedDeadLetter deadLetter(Submission task, String reason) {
        return TestingDeadLetters.deadLetter(task, "generate", reason, "It failed.", NOW);
    }

    private static Call failedCall(Submission task, String reason, @Nullable String code) {
        return new Call(
                TestingCallIds.idAt(NOW.minusSeconds(5)),
                task.id().value(),
                1,
                "default",
                "generate",
                "seedream",
                1,
                new Call.End(NOW, "failed", reason, "done", 400, code, "r-1", 100L, null, "no"),
                false);
    }

    private static String providerCode(Submission task) {
        return DATABASE.with(handle -> handle.createQuery(
                        "select coalesce(provider_code, 'none') from dead_letter where task_id = :id")
                .bind("id", task.id().value())
                .mapTo(String.class)
                .one());
    }
}
