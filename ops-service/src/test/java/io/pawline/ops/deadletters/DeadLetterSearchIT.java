package io.pawline.ops.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.PetDescribed;
import io.pawline.ops.TestingDatabase;
import io.pawline.ops.TestingOps;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.ledger.Prices;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingSerde;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Finds dead letters by words in what is known of them, in English and in Chinese. */
class DeadLetterSearchIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();

    private final DeadLetterIndex index = new DeadLetterIndex(DATABASE);
    private final DeadLetterQueries queries = new DeadLetterQueries(DATABASE);
    private final Submission task = TestingTasks.submission();
    private final PetDescribed event =
            new PetDescribed(TestingOps.context(task, 1), "一只橘猫坐在窗台上，wearing a red scarf", null);

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void fill() {
        DATABASE.with(handle -> handle.execute("truncate dead_letter, call_attempt cascade"));
        index.add(List.of(deadLetter(task, "供应商返回：账户额度不足，请充值 (AccountOverdue)", EventTexts.of(event))));
        index.add(List.of(deadLetter(TestingTasks.submission(), "The provider is down.", "a grey dog")));
        new CallLedger(
                        DATABASE,
                        new Prices(Map.of()),
                        Duration.ofDays(30),
                        Clock.fixed(TestingTasks.NOW, ZoneOffset.UTC))
                .note(List.of(new Call(
                        TestingCallIds.idAt(TestingTasks.NOW.minusSeconds(5)),
                        task.id().value(),
                        1,
                        "default",
                        "generate",
                        "seedream",
                        1,
                        new Call.End(
                                TestingTasks.NOW,
                                "failed",
                                "billing",
                                "done",
                                403,
                                "Overdue",
                                "req-0217ab",
                                100L,
                                null,
                                "no"),
                        false)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "额度 | 1",
                "额度不足 | 1",
                "账户 充值 | 1",
                "橘猫 | 1",
                "猫 | 1",
                "上 | 1",
                "scarf 窗台 | 1",
                "AccountOverdue | 1",
                "req-0217ab | 1",
                "额足 | 0",
                "不足额 | 0",
                "-额度 | 1",
                "-猫 | 1",
                "provider -额度 | 1",
                "~\"red scarf\"~ | 1",
                "~\"scarf red\"~ | 0",
                "dog or 橘猫 | 2",
                "， | 0",
            })
    void findsWords(String words, int found) {
        assertThat(search(words)).hasSize(found);
    }

    @Test
    void whatAnEarlierVersionLeftIsFoundOnceItIsWritten() {
        DATABASE.with(
                handle -> handle.execute("""
                update dead_letter_record set record_value = ? from dead_letter
                where dead_letter.id = letter_id and task_id = ?
                """, TestingOps.bytes(event), task.id().value()));
        DATABASE.with(handle -> handle.execute("update dead_letter set search = null"));
        assertThat(search("橘猫")).isEmpty();
        DeadLetterSearch unwritten = new DeadLetterSearch(
                DATABASE,
                new EventJson(
                        new TestingSerde.FromBytes(),
                        new TestingSerde.ToBytes(),
                        Map.of(Stage.GENERATE, PetDescribed.class)));

        assertThat(unwritten.write(1)).isOne();
        assertThat(unwritten.write(10)).isOne();
        assertThat(unwritten.write(10)).as("nothing is left").isZero();

        assertThat(search("橘猫")).containsExactly(task.id().value());
        assertThat(search("额度 req-0217ab")).containsExactly(task.id().value());
        assertThat(search("down")).hasSize(1);
    }

    private List<UUID> search(String words) {
        return queries
                .page(
                        new DeadLetterFilter(
                                List.of(), "open", null, null, null, null, null, null, null, null, null, null, null,
                                null, words),
                        null,
                        10)
                .stream()
                .map(DeadLetter::taskId)
                .toList();
    }

    private static IndexedDeadLetter deadLetter(Submission task, String detail, String text) {
        IndexedDeadLetter bare = TestingDeadLetters.deadLetter(task, "generate", "billing", detail, TestingTasks.NOW);
        return new IndexedDeadLetter(
                bare.position(),
                bare.stage(),
                bare.reason(),
                bare.detail(),
                bare.failedAt(),
                bare.firstFailedAt(),
                bare.workAt(),
                bare.attempts(),
                bare.task(),
                bare.undecodable(),
                new byte[] {1},
                new byte[] {2},
                bare.headers(),
                text);
    }
}
