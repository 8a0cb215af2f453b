package io.pawline.ingest.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TaskVersions.TaskVersion;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TaskSubscriptionsTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    private final TestingTasks tasks = new TestingTasks();
    private long nanos = Duration.ofDays(1).toNanos();
    private final TaskSubscriptions taskSubscriptions = new TaskSubscriptions(tasks, 20_000, () -> nanos);

    /** Keeps tasks that are open until the test ends them, and counts the queries. */
    private static final class TestingTasks implements TaskSubscriptions.Tasks {

        private final Map<TaskId, Task> rows = new HashMap<>();
        private int queries;
        private boolean lost;

        TaskId submit() {
            Task task = new Task(
                    new Submission(
                            TaskId.next(),
                            "default",
                            "ink",
                            new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                            null,
                            NOW,
                            NOW.plusSeconds(60)),
                    1,
                    null,
                    new Delivery(null, 0, null, null, null, null));
            rows.put(task.id(), task);
            return task.id();
        }

        void end(TaskId id) {
            FinalState finalState = new FinalState.Failure(NOW, TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null);
            rows.computeIfPresent(id, (_, task) -> new Task(task.submission(), 1, finalState, task.delivery()));
        }

        @Override
        public Map<TaskId, TaskVersion> versions(Collection<TaskId> ids) {
            count();
            Map<TaskId, TaskVersion> versions = new HashMap<>();
            ids.forEach(id ->
                    versions.put(id, new TaskVersion(1, 0, row(id).finalState().isPresent())));
            return versions;
        }

        @Override
        public List<TaskSnapshot> snapshots(Collection<TaskId> ids) {
            count();
            return ids.stream().map(id -> new TaskSnapshot(row(id), List.of())).toList();
        }

        private Task row(TaskId id) {
            return Objects.requireNonNull(rows.get(id));
        }

        private void count() {
            queries++;
            if (lost) {
                throw new IllegalStateException("lost");
            }
        }
    }

    @Test
    void notifiesThousandsAtOnceWithAHandfulOfQueries() {
        List<TaskId> ids = Stream.generate(tasks::submit).limit(10_000).toList();
        Queue<TaskSnapshot> notified = new ConcurrentLinkedQueue<>();
        ids.forEach(id -> taskSubscriptions.open("shop", id, notified::add));
        taskSubscriptions.refresh();
        await().until(() -> notified.size() == ids.size());
        notified.clear();
        ids.forEach(tasks::end);
        tasks.queries = 0;

        taskSubscriptions.refresh();

        await().until(() -> notified.size() == ids.size());
        assertThat(tasks.queries).isLessThanOrEqualTo(10);
        assertThat(notified.stream().map(snapshot -> snapshot.task().id())).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(notified)
                .allSatisfy(taskSnapshot ->
                        assertThat(taskSnapshot.task().finalState()).isPresent());
    }

    @Test
    void readsNoSnapshotsWhileNothingChanges() {
        taskSubscriptions.open("shop", tasks.submit(), _ -> {});
        taskSubscriptions.refresh();
        tasks.queries = 0;

        taskSubscriptions.refresh();

        assertThat(tasks.queries).isEqualTo(1);
    }

    @Test
    void notifiesALateListenerAndNobodyTwice() {
        TaskId id = tasks.submit();
        Queue<String> notified = new ConcurrentLinkedQueue<>();
        taskSubscriptions.open("shop", id, _ -> notified.add("first"));
        taskSubscriptions.refresh();
        await().until(() -> notified.size() == 1);
        taskSubscriptions.open("shop", id, _ -> notified.add("second"));
        taskSubscriptions.refresh();
        await().until(() -> notified.size() == 2);

        assertThat(notified).containsExactly("first", "second");
    }

    @Test
    void knowsTheStateOfATaskOnlyWhileRoundsSucceed() {
        TaskId id = tasks.submit();
        TaskSubscriptions.Subscription subscription = taskSubscriptions.open("shop", id, _ -> {});
        assertThat(subscription.latest()).isEmpty();
        taskSubscriptions.refresh();
        assertThat(subscription.latest()).map(TaskSnapshot::stage).contains(Stage.DETECT);
        tasks.end(id);
        taskSubscriptions.refresh();
        assertThat(subscription.latest()).map(TaskSnapshot::stage).contains(Stage.CALLBACK);

        tasks.lost = true;
        nanos += Duration.ofSeconds(6).toNanos();
        assertThatThrownBy(taskSubscriptions::refresh).hasMessage("lost");

        assertThat(subscription.latest()).isEmpty();
    }
}
