package io.pawline.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.Ending;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingEvents;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that no final state keeps those of its batch from their rows. */
class FinalStateListenerIT {

    private static final String TOPIC = Stage.CALLBACK.workTopic();

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @Test
    void aFinalStateThatTheDatabaseRefusesHoldsUpNobody() {
        TaskId refused = accepted();
        TaskId other = accepted();
        database.with(handle -> handle.execute(
                "alter table task add constraint refused check (id <> '%s' or state = 'accepted')".formatted(refused)));

        close(TestingFinalStates.success(refused, 1), TestingFinalStates.success(other, 1));

        assertThat(state(other)).isEqualTo(TaskState.SUCCESS);
        assertThat(state(refused)).isEqualTo(TaskState.ACCEPTED);
    }

    @Test
    void aHostileFinalStateEndsItsTaskLikeAnyOther() {
        TaskId hostile = accepted();
        TaskId other = accepted();
        TaskFinished event = TestingFinalStates.finished(hostile, 1)
                .setEnding(Ending.FAILED)
                .setFinishedAt(Instant.ofEpochMilli(Long.MAX_VALUE))
                .setDetail("a NUL: \0")
                .build();

        close(event, TestingFinalStates.success(other, 1));

        assertThat(state(other)).isEqualTo(TaskState.SUCCESS);
        assertThat(state(hostile)).isEqualTo(TaskState.FAILED);
    }

    private static void close(TaskFinished... events) {
        List<ConsumerRecord<byte[], byte[]>> records = Stream.of(events)
                .map(event -> new ConsumerRecord<>(
                        TOPIC,
                        0,
                        0,
                        event.getContext().getTaskId().getBytes(UTF_8),
                        TestingEvents.serializer().serialize(TOPIC, event)))
                .toList();
        new FinalStateListener(tasks, TestingEvents.deserializer(TaskFinished.class)).close(records);
    }

    private static TaskId accepted() {
        Submission submission = TestingTasks.submission();
        tasks.accept(submission);
        return submission.id();
    }

    private static TaskState state(TaskId id) {
        return tasks.find(id).orElseThrow().state();
    }
}
