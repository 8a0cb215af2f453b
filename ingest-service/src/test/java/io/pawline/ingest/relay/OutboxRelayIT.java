package io.pawline.ingest.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ingest.IngestProperties;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.Outbox.Handover;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TestingTasks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxRelayIT {

    /** A pause so long that only a nudge relays a task during a test. */
    private static final Duration NEVER = Duration.ofHours(1);

    private static final Duration SOON = Duration.ofMillis(20);

    private static TestingRelay testing;

    private final List<TaskId> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();

    @BeforeAll
    static void start() {
        testing = new TestingRelay();
    }

    @AfterAll
    static void stop() {
        testing.close();
    }

    @BeforeEach
    void empty() {
        testing.deleteTasks();
    }

    @Test
    void relaysAtOnceWhenNudged() {
        OutboxRelay relay = relay(this::takeAll, NEVER);
        TaskId found = accepted();
        relay.start();
        try {
            // From here on the relay does not poll
            await().until(() -> received.equals(List.of(found)));
            TaskId id = accepted();
            relay.nudge();
            await().until(() -> received.equals(List.of(found, id)));
        } finally {
            relay.stop();
        }
        assertThat(relay.isRunning()).isFalse();
    }

    @Test
    void findsTasksThatAnotherProcessLeftBehind() {
        OutboxRelay relay = relay(this::takeAll, SOON);
        relay.start();
        try {
            TaskId id = accepted();
            await().until(() -> received.equals(List.of(id)));
        } finally {
            relay.stop();
        }
    }

    @Test
    void emptiesTheOutboxBatchByBatch() {
        List<TaskId> ids = List.of(accepted(), accepted(), accepted(), accepted(), accepted());
        OutboxRelay relay = relay(this::takeAll, NEVER);
        relay.start();
        try {
            await().until(() -> received.equals(ids));
            assertThat(calls).hasValue(3);
        } finally {
            relay.stop();
        }
    }

    @Test
    void continuesAfterAFailureAndLosesNothing() {
        List<TaskId> ids = List.of(accepted(), accepted());
        OutboxRelay relay = relay(
                tasks -> switch (calls.getAndIncrement()) {
                    case 0 -> throw new IllegalStateException("broken");
                    case 1 -> new Handover(List.of(), new IllegalStateException("no broker"));
                    case 2 -> throw new NoClassDefFoundError("a jar that was replaced");
                    default -> takeAll(tasks);
                },
                SOON);
        relay.start();
        try {
            await().until(() -> received.equals(ids));
        } finally {
            relay.stop();
        }
    }

    private Handover takeAll(List<Task> tasks) {
        calls.incrementAndGet();
        List<TaskId> ids = tasks.stream().map(Task::id).toList();
        received.addAll(ids);
        return new Handover(ids, null);
    }

    private static OutboxRelay relay(Outbox.Receiver receiver, Duration pollInterval) {
        IngestProperties.Relay settings = TestingRelay.settings(2, pollInterval, 1_000);
        return new OutboxRelay(testing.release(receiver, settings, new FairShares(_ -> 1), System::nanoTime), settings);
    }

    private static TaskId accepted() {
        Submission submission = TestingTasks.submission();
        new TaskDao(testing.database()).accept(submission);
        return submission.id();
    }
}
