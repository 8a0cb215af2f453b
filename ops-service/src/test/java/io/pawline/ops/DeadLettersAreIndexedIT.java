package io.pawline.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.uuid.Generators;
import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Reads dead letters and calls from their topics into the tables. */
class DeadLettersAreIndexedIT {

    private static final byte[] NO_EVENT = {0, 0, 0, 0, 9, -1, 0, 127};

    @Test
    void indexesEveryDeadLetterOnceHoweverOftenItIsRead() throws Exception {
        TestingKafka.freshTopics(2);
        List<ProducerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
        Submission task = TestingTasks.submission();
        for (Stage stage : Stage.values()) {
            deadLetters.add(TestingOps.deadLetter(
                    stage,
                    task,
                    TestingOps.bytes(TestingOps.described(task, 1)),
                    Reason.PROVIDER_ERROR,
                    "It is down."));
            deadLetters.add(TestingOps.deadLetter(stage, task, NO_EVENT, Reason.UNDECODABLE, "no\0event"));
            // A record of somebody else's tool has no key, no value and no header.
            deadLetters.add(new ProducerRecord<>(stage.deadLetterTopic(), null, null));
        }
        TestingKafka.send(deadLetters);
        TestingKafka.send(List.of(attempt(task)));
        DatabaseProperties properties = TestingDatabase.create();
        try (TestingOps ops = new TestingOps(properties)) {
            TaskDatabase database = ops.bean(TaskDatabase.class);
            new TaskDao(database).accept(task);
            await().atMost(Duration.ofSeconds(60)).until(() -> count(database, "dead_letter") == deadLetters.size());
            await().atMost(Duration.ofSeconds(60)).until(() -> count(database, "call_attempt") == 1);
        }
        forgetWhatWasRead();
        TestingKafka.send(deadLetters.subList(0, 1));
        try (TestingOps ops = new TestingOps(properties)) {
            TaskDatabase database = ops.bean(TaskDatabase.class);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> count(database, "dead_letter") == deadLetters.size() + 1);
            assertThat(count(database, "dead_letter_record")).isEqualTo(deadLetters.size() + 1);
            assertDecoded(database, task);
            assertUndecodable(database, task);
        }
    }

    private static void assertDecoded(TaskDatabase database, Submission task) {
        assertThat(rows(database, "where undecodable is null and stage = 'matting'"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row).containsEntry("task_id", task.id().value()).containsEntry("generation", 1);
                    assertThat(row).containsEntry("reason", "provider_error").containsEntry("attempts", 3);
                    assertThat(row).containsEntry("style", "watercolour").containsEntry("state", "open");
                    assertThat(row.get("first_failed_at")).isNotNull();
                    assertThat(row.get("work_at")).isNotNull();
                });
    }

    private static void assertUndecodable(TaskDatabase database, Submission task) {
        assertThat(rows(database, "where reason = 'undecodable' and stage = 'detect'"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row).containsEntry("task_id", task.id().value());
                    assertThat(row).containsEntry("record_value", NO_EVENT);
                    assertThat(row).containsEntry("detail", "no\uFFFDevent");
                });
        assertThat(rows(database, "where task_id is null")).hasSize(Stage.values().length);
    }

    private static ProducerRecord<byte[], byte[]> attempt(Submission task) {
        CallAttempt end = CallAttempt.newBuilder()
                .setContext(TestingOps.context(task, 1))
                .setCallId(Generators.timeBasedEpochGenerator().generate().toString())
                .setMoment(CallMoment.END)
                .setAt(Instant.now())
                .setStage("generate")
                .setProvider("seedream")
                .setAttempt(1)
                .setOutcome(CallOutcome.FAILED)
                .setReason("provider_error")
                .setHttpStatus(500)
                .setBilled(Billed.NO)
                .build();
        return new ProducerRecord<>(Topics.ATTEMPTS, task.id().toString().getBytes(UTF_8), TestingOps.bytes(end));
    }

    private static void forgetWhatWasRead() throws Exception {
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            admin.deleteConsumerGroups(List.of("pawline.ops.dead-letters"))
                    .all()
                    .get();
        }
    }

    private static int count(TaskDatabase database, String table) {
        return database.with(handle -> handle.createQuery("select count(*) from " + table)
                .mapTo(Integer.class)
                .one());
    }

    private static List<Map<String, Object>> rows(TaskDatabase database, String where) {
        return database.with(handle -> handle.createQuery(
                        "select * from dead_letter join dead_letter_record on letter_id = id " + where)
                .mapToMap()
                .list());
    }
}
