package io.pawline.ops.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.deadletters.IndexedDeadLetter.Position;
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

    @Test
    void aTopicMadeAnewHasDeadLettersOfItsOwn() {
        Submission other = TestingTasks.submission();
        index.add(List.of(at("first", 7, task, NOW)));
        index.add(List.of(at("first", 7, task, NOW)));
        index.add(List.of(at("second", 7, other, NOW)));

        assertThat(incarnations(7)).containsExactly("first " + task.id(), "second " + other.id());
    }

    /** An earlier version kept no incarnation. */
    @Test
    void aRowOfOldTakesTheIncarnationOfTheSameRecordOnly() {
        Submission other = TestingTasks.submission();
        index.add(List.of(at("", 8, task, NOW), at("", 9, task, NOW)));

        index.add(List.of(at("first", 8, task, NOW), at("first", 9, other, NOW.plusSeconds(60))));

        assertThat(incarnations(8)).containsExactly("first " + task.id());
        assertThat(incarnations(9)).containsExactly(" " + task.id(), "first " + other.id());
    }

    private static IndexedDeadLetter at(String topicId, long offset, Submission task, Instant failedAt) {
        IndexedDeadLetter deadLetter =
                TestingDeadLetters.deadLetter(task, "generate", "provider_error", "It failed.", failedAt);
        return new IndexedDeadLetter(
                new Position("pawline.generate.dlt", topicId, 99, offset),
                deadLetter.stage(),
                deadLetter.reason(),
                deadLetter.detail(),
                deadLetter.failedAt(),
                deadLetter.firstFailedAt(),
                deadLetter.workAt(),
                deadLetter.attempts(),
                deadLetter.task(),
                deadLetter.undecodable(),
                new byte[] {1},
                new byte[] {2},
                deadLetter.headers(),
                deadLetter.text());
    }

    private static List<String> incarnations(long offset) {
        return DATABASE.with(handle -> handle.createQuery("""
                        select topic_id || ' ' || task_id from dead_letter
                        where partition = 99 and record_offset = :offset order by id
                        """)
                .bind("offset", offset)
                .mapTo(String.class)
                .list());
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
