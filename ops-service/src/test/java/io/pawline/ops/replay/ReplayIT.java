package io.pawline.ops.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.Ending;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskFinished;
import io.pawline.ops.TestingDatabase;
import io.pawline.ops.TestingOps;
import io.pawline.ops.audit.Audit;
import io.pawline.ops.deadletters.DeadLetterChanges;
import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.deadletters.DeadLetterIndex;
import io.pawline.ops.deadletters.IndexedDeadLetter;
import io.pawline.ops.deadletters.IndexedDeadLetter.OfTask;
import io.pawline.ops.deadletters.IndexedDeadLetter.Position;
import io.pawline.ops.ledger.Prices;
import io.pawline.ops.replay.ReplayActions.Move;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingSerde;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplayIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();
    private static final AtomicLong OFFSETS = new AtomicLong();
    private static final ReplaySettings SETTINGS = new ReplaySettings(Duration.ofHours(6), 2, Duration.ofHours(24));

    private final TaskDao tasks = new TaskDao(DATABASE);
    private final Clock clock = Clock.systemUTC();
    private final ReplayStore replays = new ReplayStore(DATABASE, SETTINGS, clock);
    private final ReplayActions actions = new ReplayActions(DATABASE, clock);
    private final ReplaySettlement settlement = new ReplaySettlement(DATABASE);
    private final ReplayReports reports = new ReplayReports(DATABASE);
    private final ReplayForecasts forecasts = new ReplayForecasts(
            DATABASE,
            SETTINGS,
            new Prices(Map.of("seedream", new BigDecimal("0.03"), "volcengine-visual", new BigDecimal("0.01"))),
            clock);

    @BeforeAll
    static void topics() throws InterruptedException {
        TestingKafka.freshTopics(2);
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate dead_letter, replay, audit, task cascade"));
    }

    @Test
    void sendsADeadLetterBackAsANewGenerationOfBulkPriority() {
        Submission task = failedTask();
        index(Stage.GENERATE, task, TestingOps.described(task, 1));

        run(create("{}"));

        ConsumerRecord<byte[], byte[]> record = onlyRecord(Stage.GENERATE, task);
        PetDescribed event = (PetDescribed) new TestingSerde.FromBytes().deserialize("", record.value());
        assertThat(event).isNotNull();
        assertThat(event.getDescription()).isEqualTo("a cat");
        assertThat(event.getContext().getGeneration()).isEqualTo(2);
        assertThat(event.getContext().getPriority()).isEqualTo("bulk");
        assertThat(event.getContext().getDeadline()).isAfter(Instant.now().plus(Duration.ofHours(5)));
        assertThat(Routing.isBulk(record.headers()))
                .as("the stage knows without reading the event")
                .isTrue();
        assertThat(record.headers().lastHeader("pawline-attempt"))
                .as("fresh attempts")
                .isNull();
        assertThat(row(task).state()).isEqualTo(TaskState.ACCEPTED);
        assertThat(row(task).generation()).isEqualTo(2);
        assertThat(row(task).submission().deadline())
                .isEqualTo(event.getContext().getDeadline());
    }

    @Test
    void notesWhatBecameOfEachAndGivesTheDeadLetterItsState() {
        Submission good = failedTask();
        Submission bad = failedTask();
        Submission late = failedTask();
        for (Submission task : List.of(good, bad, late)) {
            index(Stage.GENERATE, task, TestingOps.described(task, 1));
        }
        UUID replay = create("{}");
        run(replay);
        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("under_way", 3L));

        tasks.close(good.id(), 2, TestingTasks.success());
        tasks.close(bad.id(), 2, TestingTasks.failure(Reason.MODERATED_PROMPT));
        tasks.close(late.id(), 2, TestingTasks.failure(Reason.DEADLINE_PASSED));
        settlement.settle();

        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("succeeded", 1L, "failed", 1L, "expired", 1L));
        assertThat(progress(replay).failedWith()).isEqualTo(Map.of("moderated_prompt", 1L, "deadline_passed", 1L));
        assertThat(deadLetterState(good)).isEqualTo("replayed");
        assertThat(deadLetterState(bad)).as("its new dead letter stands for it").isEqualTo("failed_again");
        assertThat(deadLetterState(late)).as("no new dead letter comes of it").isEqualTo("open");
        assertThat(progress(replay).state()).isEqualTo("done");
    }

    @Test
    void publishesAFinalStateAgainAsItIsIfItWasNotDelivered() {
        Submission task = TestingTasks.submission();
        tasks.accept(task);
        tasks.close(task.id(), 1, TestingTasks.success());
        index(
                Stage.CALLBACK,
                task,
                TaskFinished.newBuilder()
                        .setContext(TestingOps.context(task, 1))
                        .setEnding(Ending.FAILED)
                        .setFinishedAt(TestingTasks.NOW)
                        .build());

        UUID replay = create("{}");
        run(replay);

        assertThat(Routing.receiverQueue(onlyRecord(Stage.CALLBACK, task).headers()))
                .as("the receiver's")
                .isNotEmpty();
        assertThat(row(task).state()).isEqualTo(TaskState.SUCCESS);
        assertThat(row(task).generation()).isEqualTo(2);
        assertThat(tasks.markDelivered(task.id(), 2, Instant.now())).isTrue();
        settlement.settle();
        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("succeeded", 1L));
    }

    @Test
    void skipsWhatTheDryRunSkipsAndForTheSameReasons() {
        Submission good = failedTask();
        index(Stage.GENERATE, good, TestingOps.described(good, 1));
        Submission cancelled = TestingTasks.submission();
        tasks.accept(cancelled);
        new Cancellations(DATABASE).cancel(cancelled.id(), cancelled.tenant(), Instant.now());
        index(Stage.GENERATE, cancelled, TestingOps.described(cancelled, 1));
        Submission succeeded = TestingTasks.submission();
        tasks.accept(succeeded);
        tasks.close(succeeded.id(), 1, TestingTasks.success());
        index(Stage.GENERATE, succeeded, TestingOps.described(succeeded, 1));
        Submission often = TestingTasks.submission();
        tasks.accept(often);
        tasks.close(often.id(), 3, TestingTasks.failure(Reason.PROVIDER_ERROR));
        index(Stage.GENERATE, often, TestingOps.described(often, 3));
        Submission gone = failedTask();
        index(Stage.MATTING, gone, TestingOps.described(gone, 1), Instant.now().minus(Duration.ofHours(25)));
        Submission garbled = failedTask();
        index(Stage.GENERATE, garbled, null);
        Submission unknown = TestingTasks.submission();
        index(Stage.GENERATE, unknown, TestingOps.described(unknown, 1));

        ReplayForecasts.Forecast forecast = forecasts.forecast(filter(), 20);
        UUID replay = create("{}");
        run(replay);

        Map<String, Long> skipped = Map.of(
                "cancelled", 1L, "succeeded", 1L, "replay_cap", 1L, "expired", 1L, "undecodable", 1L, "no_task", 1L);
        assertThat(forecast.deadLetters()).isEqualTo(7);
        assertThat(forecast.replayed()).isEqualTo(1);
        assertThat(forecast.skipped()).isEqualTo(skipped);
        assertThat(forecast.ages()).containsEntry("1h", 1L).containsEntry("older", 0L);
        assertThat(forecast.costMicros()).as("generate and matting").isEqualTo(40_000);
        assertThat(forecast.drainSeconds()).isEqualTo(0.05);
        assertThat(progress(replay).skipped()).isEqualTo(skipped);
        assertThat(onlyRecord(Stage.GENERATE, good)).isNotNull();
        assertThat(row(cancelled).generation()).isEqualTo(1);
        assertThat(deadLetterState(succeeded)).isEqualTo("replayed");
        assertThat(deadLetterState(gone)).isEqualTo("open");
    }

    @Test
    void keepsADeadLetterInOneReplayAndGivesItBackWhenAborted() {
        List<Submission> many = failedTasks(10);
        UUID first = create("{}");
        assertThat(actions.create(inWhateverState(), "{}", 20, "ann", "again"))
                .as("all dead letters are taken")
                .isEmpty();
        try (ReplayRunner runner = runner()) {
            assertThat(actions.move(first, Move.PAUSE, "ann", "wait a moment")).isTrue();
            runner.step();
            assertThat(progress(first).deadLetters()).isEqualTo(Map.of("waiting", 10L));
            assertThat(actions.move(first, Move.PAUSE, "ann", "twice")).isFalse();
        }
        assertThat(actions.move(first, Move.ABORT, "ann", "a mistake")).isTrue();
        assertThat(deadLetterState(many.getFirst())).isEqualTo("open");

        run(create("{}"));
        assertThat(published(Stage.GENERATE, many)).hasSize(10);
        assertThat(new Audit(DATABASE).newest(10))
                .extracting(audited -> audited.entry().action())
                .containsExactly("replay", "abort", "pause", "replay");
    }

    @Test
    void continuesWhereItPausedAndIsNeverFasterThanAsked() {
        List<Submission> many = failedTasks(20);
        UUID replay =
                actions.create(filter(), "{}", 5, "ann", "the provider is back").orElseThrow();
        try (ReplayRunner runner = runner()) {
            while (progress(replay).deadLetters().getOrDefault("under_way", 0L) < 4) {
                runner.step();
            }
            actions.move(replay, Move.PAUSE, "ann", "wait a moment");
            Map<String, Long> before = progress(replay).deadLetters();
            runner.step();
            runner.step();
            assertThat(progress(replay).deadLetters()).as("while it is paused").isEqualTo(before);
            assertThat(before.get("under_way"))
                    .as("in one step what it may in a second, at most")
                    .isLessThan(4 + 5);
            // The time begins here, for opening a replay takes a while.
            long began = System.nanoTime();
            actions.move(replay, Move.RESUME, "ann", "go on");
            stepUntilDone(replay, runner, new AtomicInteger());
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("twelve dead letters or more, of which five may have gathered, five a second")
                    .isGreaterThan(Duration.ofMillis(1_200));
        }

        assertThat(published(Stage.GENERATE, many)).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void whatHasBeenTakenIsPublishedByAProcessThatStops() {
        List<Submission> many = failedTasks(50);
        UUID replay = actions.create(filter(), "{}", 50, "ann", "the provider is back")
                .orElseThrow();

        try (ReplayRunner runner = runner()) {
            runner.step();
        }

        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("under_way", 50L));
        assertThat(published(Stage.GENERATE, many)).hasSize(50).doesNotHaveDuplicates();
    }

    @Test
    void ofTwoDeadLettersOfOneTaskOneIsReplayed() {
        Submission task = failedTask();
        index(Stage.GENERATE, task, TestingOps.described(task, 1));
        index(Stage.GENERATE, task, TestingOps.described(task, 1));

        UUID replay = create("{}");
        run(replay);

        assertThat(onlyRecord(Stage.GENERATE, task)).isNotNull();
        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("under_way", 1L, "skipped", 1L));
    }

    /**
     * This is the hardest case in one process: both shut each other out, wherever they stand, and the database fails.
     */
    @Test
    void publishesOnceThoughTwoProcessesFightAndTheDatabaseFails() throws Exception {
        List<Submission> many = failedTasks(400);
        DATABASE.with(handle -> handle.execute("""
                create function fail_sometimes() returns trigger language plpgsql as $$
                begin
                    if random() < 0.6 and exists (select from changed where state = 'published') then
                        raise exception 'lost';
                    end if;
                    return null;
                end $$;
                create trigger fail_sometimes after update on replay_letter referencing new table as changed
                for each statement execute function fail_sometimes()
                """));
        try {
            // This rate makes many steps, however slow the machine is.
            UUID replay = actions.create(filter(), "{}", 100, "ann", "the provider is back")
                    .orElseThrow();
            AtomicInteger failures = new AtomicInteger();
            List<Thread> rivals = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                rivals.add(Thread.ofPlatform().start(() -> {
                    try (ReplayRunner runner = runner()) {
                        stepUntilDone(replay, runner, failures);
                    }
                }));
            }
            for (Thread rival : rivals) {
                rival.join(Duration.ofMinutes(2));
            }
            assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("under_way", 400L));
            assertThat(failures.get()).as("steps that were cut off").isGreaterThan(3);
            assertThat(published(Stage.GENERATE, many)).hasSize(400).doesNotHaveDuplicates();
        } finally {
            DATABASE.with(handle -> handle.execute("drop function fail_sometimes cascade"));
        }
    }

    private void stepUntilDone(UUID replay, ReplayRunner runner, AtomicInteger failures) {
        while (!progress(replay).state().equals("done")) {
            try {
                runner.step();
            } catch (RuntimeException cutOff) {
                failures.incrementAndGet();
            }
        }
    }

    @Test
    void publishesNothingInDoubtOnceTheBrokerHasForgottenTheReplay() {
        List<Submission> many = failedTasks(3);
        UUID replay = create("{}");
        assertThat(replays.take(replay, 2)).as("and then the process is gone").isEqualTo(2);

        run(replay);

        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("in_doubt", 2L, "under_way", 1L));
        assertThat(published(Stage.GENERATE, many)).hasSize(1);
    }

    /** One was published after all, and the other was lost. */
    @Test
    void aDeadLetterInDoubtEndsWithItsTask() {
        List<Submission> many = failedTasks(3);
        UUID replay = create("{}");
        replays.take(replay, 3);
        run(replay);
        assertThat(many).extracting(ReplayIT::deadLetterState).containsOnly("replaying");
        tasks.close(many.get(0).id(), 2, TestingTasks.success());
        tasks.close(many.get(1).id(), 2, TestingTasks.failure(Reason.NO_PET));
        tasks.close(
                many.get(2).id(),
                2,
                new FinalState.Failure(clock.instant(), TaskState.FAILED, Reason.LOST, null, null));

        settlement.settle();

        assertThat(many).extracting(ReplayIT::deadLetterState).containsExactly("replayed", "failed_again", "open");
        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("succeeded", 1L, "failed", 2L));
    }

    @Test
    void replaysAnEditedDeadLetterAsEditedAndKeepsTheOriginal() {
        Submission task = failedTask();
        index(Stage.GENERATE, task, null);
        long deadLetter = DATABASE.with(handle -> handle.createQuery("select id from dead_letter")
                .mapTo(Long.class)
                .one());
        DeadLetterChanges changes = new DeadLetterChanges(DATABASE, clock);
        byte[] edited = TestingOps.bytes(new PetDescribed(TestingOps.context(task, 1), "a dog", null));

        assertThat(changes.edit(deadLetter, edited, "ann", "the bytes were broken"))
                .isEqualTo(2);
        run(create("{}"));

        PetDescribed event = (PetDescribed) new TestingSerde.FromBytes()
                .deserialize("", onlyRecord(Stage.GENERATE, task).value());
        assertThat(event).isNotNull();
        assertThat(event.getDescription()).isEqualTo("a dog");
        assertThat(changes.versions(deadLetter))
                .extracting(DeadLetterChanges.Version::version)
                .containsExactly(2);
        assertThat(changes.edit(deadLetter, edited, "ann", "too late"))
                .as("it is not open any more")
                .isZero();
        assertThat(changes.discard(inWhateverState(), "{}", "ann", "too late"))
                .as("nor is it discarded")
                .isZero();
    }

    private UUID create(String asked) {
        return actions.create(filter(), asked, 10_000, "ann", "the provider is back")
                .orElseThrow();
    }

    private void run(UUID replay) {
        try (ReplayRunner runner = runner()) {
            stepUntilDone(replay, runner, new AtomicInteger());
        }
    }

    private ReplayRunner runner() {
        return new ReplayRunner(
                replays,
                replay -> new ReplayPublisher(
                        replay, TestingKafka.connection(), new TestingSerde.ToBytes(), new TestingSerde.FromBytes()));
    }

    private ReplayReports.Progress progress(UUID replay) {
        return reports.find(replay).orElseThrow();
    }

    private Task row(Submission task) {
        return tasks.find(task.id()).orElseThrow();
    }

    private static DeadLetterFilter filter() {
        return new DeadLetterFilter(
                List.of(), "open", null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** Makes a filter as one that names dead letters by their ids. */
    private static DeadLetterFilter inWhateverState() {
        return new DeadLetterFilter(
                List.of(), null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    private static String deadLetterState(Submission task) {
        return DATABASE.with(handle -> handle.createQuery("select state from dead_letter where task_id = :id")
                .bind("id", task.id().value())
                .mapTo(String.class)
                .one());
    }

    private Submission failedTask() {
        Submission task = TestingTasks.submission();
        tasks.accept(task);
        tasks.close(task.id(), 1, TestingTasks.failure(Reason.PROVIDER_ERROR));
        return task;
    }

    private List<Submission> failedTasks(int count) {
        List<Submission> many = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Submission task = failedTask();
            many.add(task);
            index(Stage.GENERATE, task, TestingOps.described(task, 1));
        }
        return many;
    }

    private static void index(Stage stage, Submission task, @Nullable SpecificRecord event) {
        index(stage, task, event, Instant.now());
    }

    private static void index(Stage stage, Submission task, @Nullable SpecificRecord event, Instant workAt) {
        int generation =
                event instanceof PetDescribed described ? described.getContext().getGeneration() : 1;
        new DeadLetterIndex(DATABASE)
                .add(List.of(new IndexedDeadLetter(
                        new Position(stage.deadLetterTopic(), 0, OFFSETS.getAndIncrement()),
                        stage.code(),
                        "provider_error",
                        "It is down.",
                        Instant.now(),
                        null,
                        workAt,
                        3,
                        new OfTask(task.id().value(), generation, task.tenant(), task.style(), TestingTasks.NOW),
                        event == null ? "no event" : null,
                        task.id().toString().getBytes(UTF_8),
                        event == null ? new byte[] {1} : TestingOps.bytes(event),
                        List.of())));
    }

    private static ConsumerRecord<byte[], byte[]> onlyRecord(Stage stage, Submission task) {
        return TestingKafka.records(stage.workTopic()).stream()
                .filter(record ->
                        new String(record.key(), UTF_8).equals(task.id().toString()))
                .reduce((_, _) -> {
                    throw new AssertionError("published twice");
                })
                .orElseThrow();
    }

    private static List<String> published(Stage stage, List<Submission> tasks) {
        List<String> ids = tasks.stream().map(task -> task.id().toString()).toList();
        return TestingKafka.records(stage.workTopic()).stream()
                .map(record -> new String(record.key(), UTF_8))
                .filter(ids::contains)
                .toList();
    }
}
