package io.pawline.ops.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
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
import java.time.ZoneOffset;
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
    /** How long a runner that was shut out stands back, where this is not what the test is about. */
    private static final Duration SHORT = Duration.ofMillis(200);

    private static final AtomicLong OFFSETS = new AtomicLong();
    private static final ReplaySettings SETTINGS = new ReplaySettings(Duration.ofHours(6), 2, Duration.ofHours(24));

    private final TaskDao tasks = new TaskDao(DATABASE);
    private final Clock clock = Clock.systemUTC();
    private final ReplayStore replays = new ReplayStore(DATABASE, SETTINGS, clock);
    private final ReplayActions actions = new ReplayActions(DATABASE, clock);
    private final ReplayPlans plans = new ReplayPlans(DATABASE, clock);
    private final ReplayEvents records = new ReplayEvents(
            new TestingSerde.ToBytes(), new TestingSerde.FromBytes(), new ReplaySpans(OpenTelemetry.noop()));
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
        DATABASE.with(handle ->
                handle.execute("truncate dead_letter, replay, replay_plan, live_window, audit, task cascade"));
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

        ReplayForecasts.Forecast forecast = forecasts.forecast(plan(filter()), 20);
        UUID replay = create("{}");
        run(replay);

        Map<String, Long> skipped = Map.of(
                "cancelled", 1L, "succeeded", 1L, "replay_cap", 1L, "expired", 1L, "undecodable", 1L, "no_task", 1L);
        assertThat(forecast.members()).isEqualTo(7);
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
        assertThat(actions.create(plan(inWhateverState()), order(20), "ann", "again"))
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
        UUID replay = actions.create(plan(filter()), order(5), "ann", "the provider is back")
                .orElseThrow();
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
            stepUntilDone(replay, runner::step, new AtomicInteger());
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("twelve dead letters or more, of which five may have gathered, five a second")
                    .isGreaterThan(Duration.ofMillis(1_200));
        }

        assertThat(published(Stage.GENERATE, many)).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void whatHasBeenTakenIsPublishedByAProcessThatStops() {
        List<Submission> many = failedTasks(50);
        UUID replay = actions.create(plan(filter()), order(50), "ann", "the provider is back")
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

    @Test
    void whoIsShutOutLeavesTheReplaysToTheOther() {
        List<Submission> many = failedTasks(200);
        UUID replay = actions.create(plan(filter()), order(100), "ann", "the provider is back")
                .orElseThrow();
        AtomicInteger failures = new AtomicInteger();
        try (ReplayRunner first = runner(Duration.ofDays(1));
                ReplayRunner second = runner(Duration.ofDays(1))) {
            first.step();
            // Each step of the first comes before one of the second, as a livelock has it.
            stepUntilDone(
                    replay,
                    () -> {
                        second.step();
                        first.step();
                    },
                    failures);
        }

        assertThat(failures)
                .as("the first is shut out once, and the second never")
                .hasValue(1);
        assertThat(published(Stage.GENERATE, many)).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void whoStoodBackGoesOnWhenTheOtherIsGone() {
        List<Submission> many = failedTasks(20);
        UUID replay = actions.create(plan(filter()), order(10), "ann", "the provider is back")
                .orElseThrow();
        AtomicInteger failures = new AtomicInteger();
        try (ReplayRunner first = runner();
                ReplayRunner second = runner()) {
            first.step();
            // From here on it does nothing, as a process that is killed; it is closed when all is published.
            second.step();
            stepUntilDone(replay, first::step, failures);
        }

        assertThat(failures).as("shut out once").hasValue(1);
        assertThat(published(Stage.GENERATE, many)).hasSize(20).doesNotHaveDuplicates();
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
            UUID replay = actions.create(plan(filter()), order(100), "ann", "the provider is back")
                    .orElseThrow();
            AtomicInteger failures = new AtomicInteger();
            List<Thread> rivals = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                rivals.add(Thread.ofPlatform().start(() -> {
                    try (ReplayRunner runner = runner()) {
                        stepUntilDone(replay, runner::step, failures);
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

    private void stepUntilDone(UUID replay, Runnable step, AtomicInteger failures) {
        Instant patience = Instant.now().plus(Duration.ofMinutes(2));
        while (!progress(replay).state().equals("done")) {
            try {
                step.run();
            } catch (RuntimeException cutOff) {
                failures.incrementAndGet();
                assertThat(Instant.now()).as("it does not come to its end").isBefore(patience);
            }
        }
    }

    @Test
    void publishesNothingInDoubtOnceTheBrokerHasForgottenTheReplay() {
        List<Submission> many = failedTasks(3);
        UUID replay = create("{}");
        assertThat(replays.take(replay, 2, records))
                .as("and then the process is gone")
                .isEqualTo(2);

        run(replay);

        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("in_doubt", 2L, "under_way", 1L));
        assertThat(published(Stage.GENERATE, many)).hasSize(1);
    }

    /** One was published after all, and the other was lost. */
    @Test
    void aDeadLetterInDoubtEndsWithItsTask() {
        List<Submission> many = failedTasks(3);
        UUID replay = create("{}");
        replays.take(replay, 3, records);
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

    @Test
    void sendsWhatTheDryRunShowedAndNothingThatCameSince() {
        Submission seen = failedTask();
        index(Stage.GENERATE, seen, TestingOps.described(seen, 1));
        Submission discarded = failedTask();
        index(Stage.GENERATE, discarded, TestingOps.described(discarded, 1));
        ReplayPlans.Plan plan = plans.ofDeadLetters(filter(), "{}", false, "after the outage", "ann");
        Submission later = failedTask();
        index(Stage.GENERATE, later, TestingOps.described(later, 1));
        DATABASE.with(handle -> handle.execute(
                "update dead_letter set state = 'discarded' where task_id = ?",
                discarded.id().value()));

        UUID replay = actions.create(plan, order(10_000), "ann", "it is back").orElseThrow();
        run(replay);

        assertThat(published(Stage.GENERATE, List.of(seen, discarded, later)))
                .containsExactly(seen.id().toString());
        assertThat(progress(replay).skipped()).isEqualTo(Map.of("not_open", 1L));
        assertThat(progress(replay).name()).isEqualTo("after the outage");
        assertThat(deadLetterState(later)).isEqualTo("open");
        assertThat(plans.named(10)).extracting(ReplayPlans.Plan::id).containsExactly(plan.id());
        assertThat(forecasts.forecast(plan, 20).skipped())
                .as("a plan that is kept is judged anew")
                .isEqualTo(Map.of("not_open", 1L, "under_way", 1L));
    }

    @Test
    void theForecastKnowsAllStagesAheadAndSaysWhatItDoesNotKnow() {
        Submission task = failedTask();
        index(Stage.DETECT, task, TestingOps.described(task, 1));
        index(Stage.MATTING, task, TestingOps.described(task, 1));
        minute("detect", 600);
        minute("generate", 30);
        minute("callback", 6_000);
        minute("task", 1);

        ReplayForecasts.Forecast forecast = forecasts.forecast(plan(filter()), 1_000);

        assertThat(forecast.costMicros()).as("one picture, two cuts").isEqualTo(50_000);
        assertThat(forecast.unpriced()).containsExactly("ark-vision");
        assertThat(forecast.callsPerSecond()).isEqualTo(Map.of("detect", 10.0, "generate", 0.5, "callback", 100.0));
        assertThat(forecast.unmeasured()).containsExactly("matting", "finalize");
        assertThat(forecast.drainSeconds())
                .as("generate is the slowest, also for detect's")
                .isEqualTo(2.0);
    }

    @Test
    void aCostThatNobodyKnowsIsNoCost() {
        Submission task = failedTask();
        index(Stage.GENERATE, task, TestingOps.described(task, 1));

        ReplayForecasts.Forecast forecast =
                new ReplayForecasts(DATABASE, SETTINGS, new Prices(Map.of()), clock).forecast(plan(filter()), 20);

        assertThat(forecast.costMicros()).isNull();
        assertThat(forecast.unpriced()).containsExactly("seedream", "volcengine-visual");
    }

    private static void minute(String stage, long succeeded) {
        DATABASE.with(handle -> handle.createUpdate("""
                        insert into live_window values (60, date_trunc('minute', now()) - interval '2 minutes', :stage, 1,
                            1, 1, :succeeded, 0, 0, 0, '{}', '{}')
                        """)
                .bind("stage", stage)
                .bind("succeeded", succeeded)
                .execute());
    }

    @Test
    void severalReplaysGoOnTogetherEachAtItsRate() {
        List<Submission> slow = failedTasks(40);
        UUID first = actions.create(plan(filter()), order(1), "ann", "slowly, please")
                .orElseThrow();
        List<Submission> fast = failedTasks(20);
        UUID second = actions.create(plan(filter()), order(10_000), "ann", "it is back")
                .orElseThrow();

        try (ReplayRunner runner = runner()) {
            while (!progress(second).state().equals("done")) {
                runner.step();
            }
            assertThat(progress(first).state())
                    .as("it is not in the way of the other")
                    .isEqualTo("running");
            actions.move(first, Move.ABORT, "ann", "it was only a test");
        }

        assertThat(published(Stage.GENERATE, fast)).hasSize(20).doesNotHaveDuplicates();
        assertThat(published(Stage.GENERATE, slow)).hasSizeLessThan(40);
    }

    @Test
    void allReplaysTogetherAreNotFasterThanIsAllowed() {
        failedTasks(4);
        UUID first = create("{}");
        failedTasks(4);
        UUID second = create("{}");

        try (ReplayRunner runner = new ReplayRunner(
                replays, records, () -> new ReplayPublisher(TestingKafka.connection(), records), 4, SHORT)) {
            long began = System.nanoTime();
            runner.step();
            stepUntilDone(first, runner::step, new AtomicInteger());
            stepUntilDone(second, runner::step, new AtomicInteger());
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("four dead letters each, two a second")
                    .isGreaterThan(Duration.ofMillis(1_500));
        }
    }

    @Test
    void aDeadLetterThatCannotBeSentIsSetAsideAndItsTaskStays() {
        List<Submission> many = failedTasks(3);
        DATABASE.with(handle -> handle.execute("""
                update dead_letter_record set record_value = '\\x0102' from dead_letter
                where dead_letter.id = letter_id and task_id = ?
                """, many.get(1).id().value()));

        UUID replay = create("{}");
        run(replay);

        assertThat(published(Stage.GENERATE, many)).hasSize(2);
        assertThat(progress(replay).skipped()).isEqualTo(Map.of("unpublishable", 1L));
        assertThat(deadLetterState(many.get(1))).isEqualTo("open");
        assertThat(row(many.get(1)).generation()).isEqualTo(1);
        assertThat(row(many.get(1)).state()).isEqualTo(TaskState.FAILED);
    }

    /** Its size is known to Kafka only, and then the generation of its task is open. */
    @Test
    void aRecordThatKafkaRefusesIsSetAsideAndItsTaskEnds() {
        List<Submission> many = failedTasks(2);
        Submission large = failedTask();
        index(Stage.GENERATE, large, new PetDescribed(TestingOps.context(large, 1), "x".repeat(2_000_000), null));
        List<Submission> more = failedTasks(2);

        UUID replay = create("{}");
        run(replay);

        assertThat(published(Stage.GENERATE, many)).hasSize(2).doesNotHaveDuplicates();
        assertThat(published(Stage.GENERATE, more)).hasSize(2).doesNotHaveDuplicates();
        assertThat(progress(replay).skipped()).isEqualTo(Map.of("unpublishable", 1L));
        assertThat(deadLetterState(large)).isEqualTo("open");
        assertThat(row(large).submission().deadline())
                .as("the reaper ends it, and the front end is notified")
                .isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void anExpiredTaskBeginsAgainWithItsPhotoAndANewDeadline() {
        Submission late = TestingTasks.submission();
        tasks.accept(late);
        tasks.close(late.id(), 1, TestingTasks.failure(Reason.DEADLINE_PASSED));
        DATABASE.with(handle -> handle.execute("update task set relayed_at = now()"));
        ReplayPlans.Plan plan = plans.ofTasks(
                new ReplayedTasks("expired", null, null, null, List.of(late.id().value())), "{}", null, "ann");

        assertThat(forecasts.forecast(plan, 20).replayed()).isEqualTo(1);
        UUID replay = actions.create(
                        plan, new ReplayOrder(null, 20, Duration.ofMinutes(30), null, null), "ann", "they still wait")
                .orElseThrow();
        run(replay);

        assertThat(row(late).state()).isEqualTo(TaskState.ACCEPTED);
        assertThat(row(late).generation()).isEqualTo(2);
        assertThat(row(late).submission().deadline())
                .isBetween(Instant.now().plusSeconds(1_700), Instant.now().plusSeconds(1_801));
        assertThat(inOutbox(late))
                .as("the relay publishes it as any accepted task")
                .isTrue();
        tasks.close(late.id(), 2, TestingTasks.success());
        settlement.settle();
        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("succeeded", 1L));
    }

    @Test
    void aCancelledTaskWaitsUntilTheStagesHaveForgottenThat() {
        Submission task = TestingTasks.submission();
        tasks.accept(task);
        Cancellations cancellations = new Cancellations(DATABASE);
        cancellations.cancel(task.id(), task.tenant(), Instant.now());
        DATABASE.with(handle -> handle.execute("update task set relayed_at = now()"));
        ReplayedTasks chosen = new ReplayedTasks(
                "cancelled", null, null, null, List.of(task.id().value()));

        assertThat(forecasts
                        .forecast(plans.ofTasks(chosen, "{}", null, "ann"), 20)
                        .skipped())
                .isEqualTo(Map.of("cancellation_stands", 1L));
        cancellations.markPublished(task.id());
        cancellations.markWithdrawn(task.id());

        run(actions.create(
                        plans.ofTasks(chosen, "{}", null, "ann"),
                        new ReplayOrder(null, 20, Duration.ofMinutes(30), null, null),
                        "ann",
                        "it was a mistake")
                .orElseThrow());
        assertThat(row(task).state()).isEqualTo(TaskState.ACCEPTED);
    }

    @Test
    void aDeadLetterWhosePictureIsGoneBeginsWithThePhoto() {
        Submission gone = failedTask();
        DATABASE.with(handle -> handle.execute("update task set relayed_at = now()"));
        index(Stage.MATTING, gone, TestingOps.described(gone, 1), Instant.now().minus(Duration.ofHours(25)));

        UUID replay = actions.create(
                        plans.ofDeadLetters(filter(), "{}", true, null, "ann"), order(20), "ann", "from the photo")
                .orElseThrow();
        run(replay);

        assertThat(inOutbox(gone)).isTrue();
        assertThat(published(Stage.MATTING, List.of(gone))).isEmpty();
        assertThat(progress(replay).deadLetters()).isEqualTo(Map.of("under_way", 1L));
        tasks.close(gone.id(), 2, TestingTasks.success());
        settlement.settle();
        assertThat(deadLetterState(gone)).isEqualTo("replayed");
    }

    @Test
    void tasksThatRestartAreNotFasterThanAsked() {
        failedTasks(3);
        UUID replay = actions.create(
                        plans.ofDeadLetters(filter(), "{}", true, null, "ann"), order(1), "ann", "from the photo")
                .orElseThrow();

        try (ReplayRunner runner = runner()) {
            long began = System.nanoTime();
            runner.step();
            stepUntilDone(replay, runner::step, new AtomicInteger());
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("two more, one a second, and then the end is noticed")
                    .isGreaterThan(Duration.ofMillis(1_500));
        }
    }

    @Test
    void aScheduledReplayBeginsAtItsTimeAndKeepsItsDeadLetters() {
        List<Submission> many = failedTasks(2);
        Instant at = Instant.now().plus(Duration.ofHours(3));
        UUID replay = actions.create(
                        plan(filter()), new ReplayOrder("tonight", 20, null, at, 30), "ann", "when it is quiet")
                .orElseThrow();
        ReplaySchedule early = new ReplaySchedule(DATABASE, Clock.fixed(at.minusSeconds(1), ZoneOffset.UTC));

        early.step();
        try (ReplayRunner runner = runner()) {
            runner.step();
        }
        assertThat(progress(replay).state()).isEqualTo("scheduled");
        assertThat(many).extracting(ReplayIT::deadLetterState).containsOnly("replaying");
        assertThat(published(Stage.GENERATE, many)).isEmpty();

        new ReplaySchedule(DATABASE, Clock.fixed(at, ZoneOffset.UTC)).step();
        run(replay);
        assertThat(published(Stage.GENERATE, many)).hasSize(2);
    }

    @Test
    void aReplayPausesWhenTooManyFailAndCountsAnewWhenResumed() {
        List<Submission> many = failedTasks(ReplaySchedule.ENOUGH + 5);
        UUID replay = actions.create(
                        plan(filter()),
                        new ReplayOrder(null, ReplaySchedule.ENOUGH, null, null, 30),
                        "ann",
                        "it is back")
                .orElseThrow();
        replays.take(replay, ReplaySchedule.ENOUGH, records);
        replays.markPublished(replay, ReplaySchedule.ENOUGH);
        ReplaySchedule schedule = new ReplaySchedule(DATABASE, clock);
        for (int i = 0; i < ReplaySchedule.ENOUGH; i++) {
            tasks.close(
                    many.get(i).id(), 2, i < 7 ? TestingTasks.failure(Reason.PROVIDER_ERROR) : TestingTasks.success());
            settlement.settle();
            schedule.step();
            if (i < ReplaySchedule.ENOUGH - 1) {
                assertThat(progress(replay).state())
                        .as("few results say nothing")
                        .isEqualTo("running");
            }
        }

        assertThat(progress(replay).state()).isEqualTo("paused");
        assertThat(progress(replay).pausedBecause()).startsWith("7 of the 20 results so far are no success");
        assertThat(new Audit(DATABASE).newest(1).getFirst().entry().who()).isEqualTo("pawline");
        assertThat(actions.move(replay, Move.RESUME, "ann", "we saw why")).isTrue();
        schedule.step();
        assertThat(progress(replay).state())
                .as("what failed before no longer counts")
                .isEqualTo("running");
    }

    private static boolean inOutbox(Submission task) {
        return DATABASE.with(handle -> handle.createQuery("select relayed_at is null from task where id = :id")
                .bind("id", task.id().value())
                .mapTo(Boolean.class)
                .one());
    }

    private UUID create(String asked) {
        return actions.create(
                        plans.ofDeadLetters(filter(), asked, false, null, "ann"), order(10_000), "ann", "it is back")
                .orElseThrow();
    }

    private ReplayPlans.Plan plan(DeadLetterFilter filter) {
        return plans.ofDeadLetters(filter, "{}", false, null, "ann");
    }

    private static ReplayOrder order(int perSecond) {
        return new ReplayOrder(null, perSecond, null, null, null);
    }

    private void run(UUID replay) {
        try (ReplayRunner runner = runner()) {
            stepUntilDone(replay, runner::step, new AtomicInteger());
        }
    }

    private ReplayRunner runner() {
        return runner(SHORT);
    }

    private ReplayRunner runner(Duration standBack) {
        return new ReplayRunner(
                replays, records, () -> new ReplayPublisher(TestingKafka.connection(), records), 10_000, standBack);
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
                        new Position(stage.deadLetterTopic(), "made-once", 0, OFFSETS.getAndIncrement()),
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
                        List.of(),
                        "")));
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
