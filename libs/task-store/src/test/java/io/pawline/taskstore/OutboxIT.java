package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.TaskId;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxIT {

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static Outbox outbox;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
        outbox = new Outbox(database, Clock.fixed(TestingTasks.NOW, ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        database.jdbi().useHandle(handle -> handle.execute("delete from task"));
    }

    @Test
    void relaysTheOldestFirstAndEachOnce() throws InterruptedException {
        List<TaskId> ids = accepted(5);
        List<TaskId> received = new ArrayList<>();
        assertThat(outbox.relay(3, all(received))).isEqualTo(new Outbox.Relayed(3, 3, null));
        assertThat(outbox.relay(3, all(received))).isEqualTo(new Outbox.Relayed(2, 2, null));
        assertThat(outbox.relay(3, all(received))).isEqualTo(new Outbox.Relayed(0, 0, null));
        assertThat(received).isEqualTo(ids);
    }

    @Test
    void keepsTasksThatDidNotArrive() throws InterruptedException {
        List<TaskId> ids = accepted(3);
        Throwable obstacle = new IllegalStateException("no broker");
        Outbox.Relayed first = outbox.relay(10, batch -> new Outbox.Handover(List.of(ids.get(1)), obstacle));
        assertThat(first).isEqualTo(new Outbox.Relayed(3, 1, obstacle));
        assertThat(first.fellShort()).isTrue();
        List<TaskId> received = new ArrayList<>();
        outbox.relay(10, all(received));
        assertThat(received).containsExactly(ids.get(0), ids.get(2));
    }

    @Test
    void keepsEverythingWhenTheReceiverBreaks() throws InterruptedException {
        List<TaskId> ids = accepted(2);
        assertThatThrownBy(() -> outbox.relay(10, batch -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        List<TaskId> received = new ArrayList<>();
        outbox.relay(10, all(received));
        assertThat(received).isEqualTo(ids);
    }

    @Test
    void givesTwoRelaysDifferentTasks() throws InterruptedException {
        List<TaskId> ids = accepted(4);
        List<TaskId> inner = new ArrayList<>();
        List<TaskId> outer = new ArrayList<>();
        outbox.relay(2, batch -> {
            Thread other = Thread.startVirtualThread(() -> relayAll(inner));
            other.join();
            return all(outer).take(batch);
        });
        assertThat(outer).isEqualTo(ids.subList(0, 2));
        assertThat(inner).isEqualTo(ids.subList(2, 4));
    }

    private static List<TaskId> accepted(int number) {
        return Stream.generate(TestingTasks::submission)
                .limit(number)
                .peek(tasks::accept)
                .map(Submission::id)
                .toList();
    }

    private static void relayAll(List<TaskId> received) {
        try {
            outbox.relay(10, all(received));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Outbox.Receiver all(List<TaskId> received) {
        return batch -> {
            List<TaskId> ids = batch.stream().map(Task::id).toList();
            received.addAll(ids);
            return new Outbox.Handover(ids, null);
        };
    }
}
