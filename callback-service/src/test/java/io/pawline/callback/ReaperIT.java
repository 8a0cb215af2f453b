package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.GenerationOpener;
import io.pawline.taskstore.OverdueTasks;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDao.CloseRequest;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.TestingTasks;
import io.pawline.taskstore.UndeliveredCallbacks.Receiver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs reapers against a real database and a pipeline that is a model. */
class ReaperIT {

    private static final Duration GRACE = Duration.ofMinutes(5);

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;

    private final Instant now = Instant.now();
    private final MeterRegistry metrics = new SimpleMeterRegistry();

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

    @BeforeEach
    void empty() {
        database.with(handle -> handle.execute("delete from task"));
    }

    /**
     * Three reapers at once die wherever they can, and begin anew. Meanwhile stages end tasks that they have, and the
     * rows follow sooner or later.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void endsOnceWhatIsNowhereAndNothingElse(long seed) throws InterruptedException {
        Random random = new Random(seed);
        Pipeline pipeline = new Pipeline(random.nextLong());
        Set<TaskId> nowhere = new HashSet<>();
        Set<TaskId> inAStage = new HashSet<>();
        Set<TaskId> notOverdue = new HashSet<>();
        for (int i = 0; i < 240; i++) {
            switch (random.nextInt(3)) {
                case 0 -> nowhere.add(accepted(Duration.ofHours(-1)));
                case 1 -> inAStage.add(accepted(Duration.ofHours(-1)));
                default -> notOverdue.add(accepted(Duration.ofHours(1)));
            }
        }
        relayed();
        pipeline.inAStage.addAll(inAStage);
        pipeline.inAStage.addAll(notOverdue);

        for (int round = 0; round < 12; round++) {
            boolean last = round == 11;
            List<Thread> reapers = Stream.generate(() -> new Reaper(
                            new OverdueTasks(database, GRACE),
                            last ? pipeline::knownNow : pipeline::known,
                            last ? pipeline::publish : pipeline::take,
                            Clock.systemUTC(),
                            metrics))
                    .limit(3)
                    .map(reaper -> Thread.startVirtualThread(() -> untilItDies(reaper)))
                    .toList();
            for (Thread reaper : reapers) {
                reaper.join();
            }
            fiveMinutesPass();
        }
        pipeline.rowsFollow(1);

        assertThat(pipeline.published).containsOnlyKeys(nowhere);
        assertThat(pipeline.published.values()).containsOnly(1);
        assertThat(tasks.find(nowhere))
                .hasSameSizeAs(nowhere)
                .allSatisfy(task -> assertThat(task.finalState())
                        .containsInstanceOf(FinalState.Failure.class)
                        .get()
                        .extracting("state", "reason")
                        .containsExactly(TaskState.FAILED, Reason.LOST));
        assertThat(pipeline.succeeded).as("tasks that a stage ended meanwhile").isNotEmpty();
        assertThat(tasks.find(pipeline.succeeded)).allMatch(task -> task.state() == TaskState.SUCCESS);
        assertThat(tasks.find(pipeline.inAStage)).allMatch(task -> task.state() == TaskState.ACCEPTED);
    }

    private static void untilItDies(Reaper reaper) {
        try {
            reaper.reap();
        } catch (Killed over) {
            // As if its process had ended
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFinalStateThatIsNotInItsRowYetIsPublishedNoSecondTime() throws InterruptedException {
        Pipeline pipeline = new Pipeline(1);
        TaskId id = accepted(Duration.ofHours(-1));
        relayed();
        Reaper reaper = reaper(pipeline::knownNow, pipeline::publish);

        reaper.reap();
        fiveMinutesPass();
        reaper.reap();

        assertThat(pipeline.published).isEqualTo(Map.of(id, 1));
        pipeline.rowsFollow(1);
        assertThat(task(id).state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void aTaskThatNeverReachedKafkaExpires() throws InterruptedException {
        Pipeline pipeline = new Pipeline(1);
        TaskId id = accepted(Duration.ofHours(-1));

        reaper(pipeline::knownNow, pipeline::publish).reap();
        pipeline.rowsFollow(1);

        assertThat(task(id).state()).isEqualTo(TaskState.EXPIRED);
        assertThat(reaped(Reason.DEADLINE_PASSED)).isEqualTo(1);
        assertThat(reaped(Reason.LOST)).isZero();
    }

    /** As a replay leaves it whose record nobody published. */
    @Test
    void aLaterGenerationEndsAsItself() throws InterruptedException {
        Pipeline pipeline = new Pipeline(1);
        TaskId id = accepted(Duration.ofHours(-2));
        relayed();
        tasks.close(id, 1, TestingTasks.failure(Reason.OVERLOADED));
        database.inTransaction(
                handle -> GenerationOpener.reopen(handle, List.of(id.value()), now.minus(Duration.ofHours(1))));

        reaper(pipeline::knownNow, pipeline::publish).reap();
        pipeline.rowsFollow(1);

        assertThat(task(id).generation()).isEqualTo(2);
        assertThat(task(id).finalState()).get().extracting("reason").isEqualTo(Reason.LOST);
    }

    @Test
    void countsWhatItEndsAndWhatIsOverdue() throws InterruptedException {
        Pipeline pipeline = new Pipeline(1);
        for (int i = 0; i < 250; i++) {
            TaskId id = accepted(Duration.ofHours(-1));
            if (i < 20) {
                pipeline.inAStage.add(id);
            }
        }
        relayed();
        Reaper reaper = reaper(pipeline::knownNow, pipeline::publish);

        reaper.reap();
        assertThat(overdue()).isEqualTo(250);
        pipeline.rowsFollow(1);
        reaper.reap();

        assertThat(overdue()).as("those that a stage has").isEqualTo(20);
        assertThat(reaped(Reason.LOST)).isEqualTo(230);
    }

    @Test
    void endsNothingWhileNobodyKnowsWhatIsUnderWay() throws InterruptedException {
        Pipeline pipeline = new Pipeline(1);
        TaskId id = accepted(Duration.ofHours(-1));
        relayed();
        Reaper reaper = reaper(
                _ -> {
                    throw new IllegalStateException("no broker");
                },
                pipeline::publish);

        assertThatThrownBy(reaper::reap).hasMessage("no broker");

        assertThat(pipeline.published).isEmpty();
        fiveMinutesPass();
        reaper(pipeline::knownNow, pipeline::publish).reap();
        assertThat(pipeline.published).containsOnlyKeys(id);
    }

    private Reaper reaper(Reaper.Work work, Receiver stage) {
        return new Reaper(new OverdueTasks(database, GRACE), work, stage, Clock.systemUTC(), metrics);
    }

    private double reaped(Reason reason) {
        return metrics.get("pawline.callback.reaped")
                .tag("reason", reason.code())
                .counter()
                .count();
    }

    private double overdue() {
        return metrics.get("pawline.callback.overdue").gauge().value();
    }

    private TaskId accepted(Duration deadline) {
        Submission submission = TestingTasks.submission(null, now.plus(deadline));
        tasks.accept(submission);
        return submission.id();
    }

    private static Task task(TaskId id) {
        return tasks.find(id).orElseThrow();
    }

    private static void relayed() {
        database.with(handle -> handle.execute("update task set relayed_at = now()"));
    }

    private static void fiveMinutesPass() {
        database.with(handle -> handle.execute("update task set reaped_at = reaped_at - interval '5 minutes'"));
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** The stages, and the topic of final states, from which the rows are written. */
    private static final class Pipeline {

        private final Random random;
        final Set<TaskId> inAStage = new HashSet<>();
        final Set<TaskId> succeeded = new HashSet<>();
        private final List<CloseRequest> unread = new ArrayList<>();
        /** How often a reaper published the final state of a task. */
        final Map<TaskId, Integer> published = new HashMap<>();

        Pipeline(long seed) {
            random = new Random(seed);
        }

        synchronized Set<TaskId> known(Set<TaskId> asked) {
            dieNowAndThen();
            // What happens after the claim and before the look into the topics
            Set<TaskId> ending =
                    inAStage.stream().filter(_ -> random.nextInt(50) == 0).collect(Collectors.toSet());
            inAStage.removeAll(ending);
            succeeded.addAll(ending);
            ending.forEach(id -> unread.add(new CloseRequest(id, 1, TestingTasks.success())));
            if (random.nextBoolean()) {
                rowsFollow(random.nextDouble());
            }
            Set<TaskId> known = knownNow(asked);
            if (random.nextBoolean()) {
                rowsFollow(random.nextDouble());
            }
            dieNowAndThen();
            return known;
        }

        synchronized Set<TaskId> knownNow(Set<TaskId> asked) {
            return Stream.concat(inAStage.stream(), unread.stream().map(CloseRequest::id))
                    .filter(asked::contains)
                    .collect(Collectors.toSet());
        }

        synchronized void take(List<Task> finished) {
            dieNowAndThen();
            publish(finished);
            dieNowAndThen();
        }

        synchronized void publish(List<Task> finished) {
            for (Task task : finished) {
                published.merge(task.id(), 1, Integer::sum);
                unread.add(new CloseRequest(
                        task.id(), task.generation(), task.finalState().orElseThrow()));
            }
        }

        /** Writes this share of the final states into their rows. */
        synchronized void rowsFollow(double share) {
            List<CloseRequest> read = unread.subList(0, (int) Math.ceil(share * unread.size()));
            tasks.closeAll(List.copyOf(read));
            read.clear();
        }

        private void dieNowAndThen() {
            if (random.nextInt(6) == 0) {
                throw new Killed();
            }
        }
    }
}
