package io.pawline.ingest.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pawline.ingest.task.Forecast;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.OpenTasks.EndedTask;
import io.pawline.taskstore.OpenTasks.OpenGroup;
import io.pawline.taskstore.OpenTasks.Queue;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

class TaskForecastsTest {

    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Queue SHOP = new Queue("shop", Priority.INTERACTIVE);
    private static final Queue BULK = new Queue("shop", Priority.BULK);
    private static final Queue OTHER = new Queue("other", Priority.INTERACTIVE);

    /** A pipeline whose tasks the test lets come and end. Its times are in seconds since the start. */
    private static final class Pipeline extends Clock implements TaskForecasts.Source {
        private final List<Task> open = new ArrayList<>();
        private final List<EndedTask> ended = new ArrayList<>();
        private final List<StageReached> reached = new ArrayList<>();
        private Instant now = START;
        private int reads;
        private Duration readTakes = Duration.ZERO;

        private final TaskForecasts forecasts = new TaskForecasts(this, this);

        Task comes(Queue queue, double second) {
            Task task = task(queue, at(second), null);
            open.add(task);
            return task;
        }

        /** A task that took so long ends, and was in the second stage from a part of that time on. */
        void ended(Queue queue, double second, double took, double generateAfter) {
            TaskId id = TaskId.next();
            reached.add(new StageReached(id, 1, Stage.GENERATE, at(second - took + generateAfter)));
            ended.add(new EndedTask(id, 1, queue, at(second - took), at(second), true));
        }

        @Override
        public List<OpenGroup> open() {
            return open.stream()
                    .map(task -> new OpenGroup(
                            queueOf(task), task.submission().submittedAt().truncatedTo(ChronoUnit.SECONDS), 1))
                    .collect(Collectors.toMap(
                            group -> List.of(group.queue(), group.second()),
                            group -> group,
                            (one, more) -> new OpenGroup(one.queue(), one.second(), one.tasks() + more.tasks())))
                    .values()
                    .stream()
                    .sorted(Comparator.comparing(OpenGroup::second))
                    .toList();
        }

        @Override
        public List<EndedTask> ended(Instant since, int limit) {
            reads++;
            now = now.plus(readTakes);
            return ended.stream()
                    .filter(task -> task.at().isAfter(since))
                    .sorted(Comparator.comparing(EndedTask::at).reversed())
                    .limit(limit)
                    .toList();
        }

        @Override
        public List<StageReached> reached(Collection<TaskId> tasks) {
            return reached.stream()
                    .filter(stage -> tasks.contains(stage.taskId()))
                    .toList();
        }

        Forecast forecast(Task task, @Nullable StageReached stage) {
            return forecasts.of(task, stage).orElseThrow();
        }

        /** Seconds from now to the predicted end. */
        double left(Task task, @Nullable StageReached stage) {
            return Duration.between(
                                    now,
                                    Objects.requireNonNull(forecast(task, stage).end()))
                            .toMillis()
                    / 1000.0;
        }

        void passTo(double second) {
            now = at(second);
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private final Pipeline pipeline = new Pipeline();

    private static Instant at(double second) {
        return START.plusMillis(Math.round(second * 1000));
    }

    private static Queue queueOf(Task task) {
        return new Queue(task.submission().tenant(), task.submission().priority());
    }

    private static Task task(Queue queue, Instant submittedAt, @Nullable Instant notBefore) {
        return new Task(
                new Submission(
                        TaskId.next(),
                        queue.tenant(),
                        "ink",
                        new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                        null,
                        submittedAt,
                        submittedAt.plusSeconds(3600),
                        queue.priority(),
                        null,
                        null,
                        null,
                        notBefore,
                        null),
                1,
                null,
                new Delivery(null, 0, null, null, null, null));
    }

    /** Tasks of twenty seconds, two of them each second, of which none waits. */
    private void flowing(Queue queue, double from, double to) {
        for (double second = from; second < to; second += 0.5) {
            pipeline.ended(queue, second, 20, 5);
        }
    }

    @Example
    void whileNothingWaitsATaskTakesAsLongAsTheLastOnes() {
        flowing(SHOP, 0, 50);
        pipeline.passTo(50);
        Task fresh = pipeline.comes(SHOP, 50);
        assertThat(pipeline.left(fresh, null)).isCloseTo(20, within(0.1));
        Task older = pipeline.comes(SHOP, 43);
        assertThat(pipeline.left(older, null)).isCloseTo(13, within(0.1));
        assertThat(pipeline.left(older, new StageReached(older.id(), 1, Stage.GENERATE, at(48))))
                .isCloseTo(13, within(0.1));
    }

    /** Two end each second, and a task in a longer and longer queue waits for those before it. */
    @Property(tries = 50)
    void inAQueueATaskEndsWhenThoseBeforeItHaveEnded(@ForAll @IntRange(min = 100, max = 5_000) int waiting) {
        Pipeline slow = new Pipeline();
        for (double second = 0; second < 40; second += 0.5) {
            slow.ended(SHOP, second, 20, 5);
        }
        slow.passTo(40);
        slow.forecast(slow.comes(SHOP, 40), null); // learns what nothing waiting is like
        for (double second = 40; second < 140; second += 0.5) {
            slow.ended(SHOP, second, 60, 45);
        }
        for (int i = 0; i < waiting; i++) {
            slow.comes(SHOP, 50 + 80.0 * i / waiting);
        }
        slow.passTo(140);
        Task fresh = slow.comes(SHOP, 140);
        assertThat(slow.forecast(fresh, null).position()).isEqualTo(waiting + 1L);
        assertThat(slow.left(fresh, null)).isCloseTo(Math.max(20, (waiting + 1) / 2.0), within(waiting / 40.0));
    }

    @Example
    void aQueueHasItsOwnRateAndItsOwnPlaces() {
        flowing(SHOP, 0, 40);
        pipeline.passTo(40);
        pipeline.forecast(pipeline.comes(SHOP, 39), null);
        for (int i = 0; i < 120; i++) {
            pipeline.ended(SHOP, 50 + i * 0.25, 60, 40);
            if (i % 4 == 0) {
                pipeline.ended(OTHER, 50 + i * 0.25, 60, 40);
            }
        }
        for (int i = 0; i < 200; i++) {
            pipeline.comes(SHOP, 50 + i * 0.1);
            pipeline.comes(OTHER, 50 + i * 0.1);
        }
        pipeline.passTo(80);
        Task ofShop = pipeline.comes(SHOP, 80);
        Task ofOther = pipeline.comes(OTHER, 80);
        assertThat(pipeline.forecast(ofShop, null).position()).isEqualTo(201);
        assertThat(pipeline.forecast(ofOther, null).position()).isEqualTo(200);
        assertThat(pipeline.left(ofShop, null)).isCloseTo(50, within(3.0));
        assertThat(pipeline.left(ofOther, null)).isCloseTo(200, within(12.0));
        assertThat(pipeline.forecast(pipeline.comes(BULK, 80), null).position()).isZero();
    }

    /** The second has hardly begun when the tasks are counted, so all that are counted came in its beginning. */
    @Example
    void allThatCameEarlierInTheSameSecondAreAhead() {
        for (int i = 0; i < 100; i++) {
            pipeline.comes(SHOP, 50 + i * 0.002);
        }
        pipeline.passTo(50.2);
        assertThat(pipeline.forecast(pipeline.comes(SHOP, 50.2), null).position())
                .isEqualTo(100);
        pipeline.passTo(50.3);
        assertThat(pipeline.forecast(pipeline.comes(SHOP, 50.3), null).position())
                .as("by the same figures")
                .isEqualTo(101);
        assertThat(pipeline.forecast(pipeline.comes(SHOP, 50.1), null).position())
                .isEqualTo(50);
        assertThat(pipeline.reads).isEqualTo(1);
    }

    @Example
    void aQueueThatHasBeenWorkedOffKeepsNobodyWaiting() {
        flowing(SHOP, 0, 40);
        pipeline.passTo(40);
        pipeline.forecast(pipeline.comes(SHOP, 39), null);
        pipeline.open.clear();
        for (double second = 40; second < 90; second += 0.5) {
            pipeline.ended(SHOP, second, 60, 45);
        }
        pipeline.comes(SHOP, 89);
        pipeline.passTo(90);
        assertThat(pipeline.left(pipeline.comes(SHOP, 90), null)).isBetween(20.0, 24.0);
    }

    @Example
    void aTaskOverItsTimeIsNotExpectedInThePast() {
        flowing(SHOP, 0, 50);
        pipeline.passTo(50);
        assertThat(pipeline.left(pipeline.comes(SHOP, 0), null)).isEqualTo(4);
    }

    @Example
    void whileNothingEndsThereIsNoTime() {
        flowing(SHOP, 0, 50);
        pipeline.passTo(50);
        Task task = pipeline.comes(SHOP, 49);
        assertThat(pipeline.forecast(task, null).end()).isNotNull();
        pipeline.passTo(170);
        assertThat(pipeline.forecast(task, null).end()).isNull();
        assertThat(pipeline.forecast(pipeline.comes(SHOP, 169), null).position())
                .isEqualTo(1);
    }

    /** A quiet night is no standstill. */
    @Example
    void afterAQuietTimeATaskIsExpectedToTakeAsLongAsBefore() {
        flowing(SHOP, 0, 50);
        pipeline.passTo(50);
        pipeline.forecast(pipeline.comes(SHOP, 50), null);
        pipeline.open.clear();
        pipeline.passTo(5_000);
        assertThat(pipeline.left(pipeline.comes(SHOP, 5_000), null)).isCloseTo(20, within(0.1));
    }

    @Example
    void aTaskThatStartsLaterHasNoPlaceYet() {
        flowing(SHOP, 0, 50);
        pipeline.passTo(50);
        Forecast forecast = pipeline.forecast(task(SHOP, at(50), at(1_000)), null);
        assertThat(forecast.position()).isNull();
        assertThat(forecast.end()).isEqualTo(at(1_020));
        pipeline.passTo(1_001);
        assertThat(pipeline.forecast(task(SHOP, at(50), at(1_000)), null).position())
                .isZero();
    }

    @Example
    void oneSlowReadMakesNoForecastOld() {
        Task task = pipeline.comes(SHOP, 0);
        pipeline.readTakes = Duration.ofSeconds(3);
        pipeline.forecast(task, null);
        pipeline.forecast(task, null);
        assertThat(pipeline.reads).isEqualTo(2);
    }

    @Example
    void howeverManyAskTheFiguresAreReadOnceInAWhile() {
        Task task = pipeline.comes(SHOP, 0);
        Stream.generate(() -> pipeline.forecast(task, null)).limit(1_000).forEach(_ -> {});
        assertThat(pipeline.reads).isEqualTo(1);
        pipeline.passTo(0.25);
        pipeline.forecast(task, null);
        assertThat(pipeline.reads).isEqualTo(2);
    }
}
