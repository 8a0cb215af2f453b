package io.pawline.ingest.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.Ending;
import io.pawline.taskstore.Photo;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskMarks.Mark;
import io.pawline.taskstore.TaskState;
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

class WaitsTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    private final TestingTasks tasks = new TestingTasks();
    private long nanos = Duration.ofDays(1).toNanos();
    private final Waits waits = new Waits(tasks, 20_000, () -> nanos);

    /** Tasks that are open until they are ended, and how often they are asked for. */
    private static final class TestingTasks implements Waits.Tasks {

        private final Map<TaskId, Task> rows = new HashMap<>();
        private int queries;
        private boolean lost;

        TaskId submit() {
            Task task = new Task(
                    new Submission(
                            TaskId.next(),
                            "default",
                            "ink",
                            new Photo.Remote(URI.create("https://photos.example/cat.jpg")),
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
            Ending ending = new Ending.Failure(NOW, TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null);
            rows.computeIfPresent(id, (_, task) -> new Task(task.submission(), 1, ending, task.delivery()));
        }

        @Override
        public Map<TaskId, Mark> marks(Collection<TaskId> ids) {
            count();
            Map<TaskId, Mark> marks = new HashMap<>();
            ids.forEach(id -> marks.put(id, new Mark(1, 0, row(id).ending().isPresent())));
            return marks;
        }

        @Override
        public List<News> news(Collection<TaskId> ids) {
            count();
            return ids.stream().map(id -> new News(row(id), List.of())).toList();
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
    void tellsThousandsThatEndAtOnceWithAHandfulOfQueries() {
        List<TaskId> ids = Stream.generate(tasks::submit).limit(10_000).toList();
        Queue<News> told = new ConcurrentLinkedQueue<>();
        ids.forEach(id -> waits.open(id, told::add));
        waits.look();
        await().until(() -> told.size() == ids.size());
        told.clear();
        ids.forEach(tasks::end);
        tasks.queries = 0;

        waits.look();

        await().until(() -> told.size() == ids.size());
        assertThat(tasks.queries).isLessThanOrEqualTo(10);
        assertThat(told.stream().map(news -> news.task().id())).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(told).allSatisfy(news -> assertThat(news.task().ending()).isPresent());
    }

    @Test
    void asksForNoNewsWhileNothingMoves() {
        waits.open(tasks.submit(), _ -> {});
        waits.look();
        tasks.queries = 0;

        waits.look();

        assertThat(tasks.queries).isEqualTo(1);
    }

    @Test
    void tellsWhoComesLaterAndNobodyTwice() {
        TaskId id = tasks.submit();
        Queue<String> told = new ConcurrentLinkedQueue<>();
        waits.open(id, _ -> told.add("first"));
        waits.look();
        await().until(() -> told.size() == 1);
        waits.open(id, _ -> told.add("second"));
        waits.look();
        await().until(() -> told.size() == 2);

        assertThat(told).containsExactly("first", "second");
    }

    @Test
    void knowsHowATaskStandsOnlyWhileItIsLookedAfter() {
        TaskId id = tasks.submit();
        Waits.Wait wait = waits.open(id, _ -> {});
        assertThat(wait.latest()).isEmpty();
        waits.look();
        assertThat(wait.latest()).map(News::stage).contains(Stage.DETECT);
        tasks.end(id);
        waits.look();
        assertThat(wait.latest()).map(News::stage).contains(Stage.CALLBACK);

        tasks.lost = true;
        nanos += Duration.ofSeconds(6).toNanos();
        assertThatThrownBy(waits::look).hasMessage("lost");

        assertThat(wait.latest()).isEmpty();
    }
}
