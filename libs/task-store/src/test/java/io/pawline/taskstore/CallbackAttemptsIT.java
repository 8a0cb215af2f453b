package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackAttemptsIT {

    private static final Instant NOW = TestingTasks.NOW;

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static CallbackAttempts attempts;

    private final TaskId task = TaskId.next();

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
        attempts = new CallbackAttempts(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        database.jdbi().useHandle(handle -> handle.execute("truncate task, callback_attempt"));
    }

    @Test
    void listsTheAttemptsOfOneTaskOldestFirst() {
        CallbackAttempt refused = attempt(1, 1, 500, Reason.CALLBACK_REFUSED, NOW.plusSeconds(5));
        CallbackAttempt silent = attempt(1, 2, null, Reason.READ_TIMEOUT, NOW.plusSeconds(30));
        CallbackAttempt taken = attempt(1, 3, 200, null, null);
        CallbackAttempt replayed = attempt(2, 1, 204, null, null);

        attempts.write(List.of(replayed, taken, of(TaskId.next(), 1, 1, NOW), refused));
        attempts.write(List.of(silent));

        assertThat(attempts.of(task)).containsExactly(refused, silent, taken, replayed);
    }

    @Test
    void keepsTheNewestTwentyOfATask() {
        TaskId other = TaskId.next();
        attempts.write(List.of(of(other, 1, 1, NOW)));

        attempts.write(IntStream.rangeClosed(1, 15)
                .mapToObj(number -> of(task, 1, number, NOW.plusSeconds(number)))
                .toList());
        attempts.write(IntStream.rangeClosed(1, 15)
                .mapToObj(number -> of(task, 2, number, NOW.plusSeconds(100 + number)))
                .toList());

        assertThat(rows()).isEqualTo(CallbackAttempts.MOST + 1);
        assertThat(attempts.of(task)).hasSize(CallbackAttempts.MOST);
        assertThat(attempts.of(task).getFirst()).isEqualTo(of(task, 1, 11, NOW.plusSeconds(11)));
        assertThat(attempts.of(task).getLast()).isEqualTo(of(task, 2, 15, NOW.plusSeconds(115)));
        assertThat(attempts.of(other)).hasSize(1);
    }

    /** As a process does that does not know whether its first write was committed. */
    @Test
    void writesAnAttemptOnceThatComesTwice() {
        CallbackAttempt first = of(task, 1, 1, NOW.plusNanos(123_456_789));
        attempts.write(List.of(first));

        attempts.write(List.of(first, of(task, 1, 2, NOW)));

        assertThat(attempts.of(task)).extracting(CallbackAttempt::number).containsExactly(1, 2);
    }

    /** Two processes may have made them, the second because the first was killed before it had noted its own. */
    @Test
    void keepsTwoAttemptsOfTheSameNumber() {
        attempts.write(List.of(of(task, 1, 1, NOW)));
        attempts.write(List.of(of(task, 1, 1, NOW.plusMillis(1))));

        assertThat(attempts.of(task)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"number = 0", "generation = -1", "duration_ms = -5"})
    void leavesOutARowThatCannotBeRead(String broken) {
        attempts.write(List.of(of(task, 1, 1, NOW), of(task, 1, 2, NOW), of(task, 1, 3, NOW)));
        database.with(handle -> handle.execute(
                "update callback_attempt set " + broken + " where task_id = ? and number = 2", task.value()));

        assertThat(attempts.of(task)).extracting(CallbackAttempt::number).containsExactly(1, 3);
    }

    @Test
    void showsAnAttemptOfANewerVersionAsFarAsItIsKnown() {
        attempts.write(List.of(attempt(1, 1, 500, Reason.CALLBACK_REFUSED, null)));
        database.with(handle -> handle.execute("update callback_attempt set reason = 'of_tomorrow', at = 'infinity'"));

        assertThat(attempts.of(task)).singleElement().satisfies(attempt -> {
            assertThat(attempt.failure()).contains(Reason.UNCLASSIFIED);
            assertThat(attempt.answer()).contains(500);
            assertThat(attempt.at()).isBefore(Instant.parse("+10000-01-01T00:00:00Z"));
        });
    }

    @Test
    void goWithTheirTask() {
        TaskId kept = accepted();
        TaskId deleted = accepted();
        attempts.write(List.of(of(kept, 1, 1, NOW), of(deleted, 1, 1, NOW), of(deleted, 1, 2, NOW)));

        database.with(handle -> handle.execute("delete from task where id = ?", deleted.value()));

        assertThat(attempts.of(deleted)).isEmpty();
        assertThat(attempts.of(kept)).hasSize(1);
    }

    @Test
    void goAfterThirtyDays() {
        Instant old = NOW.minus(CallbackAttempts.KEPT);
        attempts.write(List.of(of(task, 1, 1, old.minusMillis(1)), of(task, 1, 2, old)));

        assertThat(attempts.deleteOld(NOW)).isEqualTo(1);

        assertThat(attempts.of(task)).extracting(CallbackAttempt::number).containsExactly(2);
        assertThat(attempts.deleteOld(NOW)).isZero();
    }

    /** As a migration or a person may lock it. Some of the others wait for a connection when the writer gives up. */
    @Test
    @Timeout(60)
    void aLockedTableHoldsUpNobodyElse() throws Exception {
        CallbackAttempt attempt = of(task, 1, 1, NOW);
        try (TaskDatabase elsewhere = TaskDatabase.open(postgres.database());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            elsewhere.jdbi().useTransaction(locked -> {
                locked.execute("lock table callback_attempt in access exclusive mode");
                Future<?> writer = threads.submit(() -> attempts.write(List.of(attempt)));
                while (!writer.isDone()
                        && !locked.createQuery("""
                                        select exists (
                                            select from pg_locks join pg_database on pg_database.oid = database
                                            where not granted and datname = current_database())
                                        """).mapTo(Boolean.class).one()) {
                    Thread.onSpinWait();
                }

                List<Future<?>> others = new ArrayList<>();
                for (int i = 0; i < 24; i++) {
                    others.add(threads.submit(() -> database.with(handle -> handle.execute("select pg_sleep(0.2)"))));
                }

                assertThatThrownBy(writer::get).hasCauseInstanceOf(DatabaseUnavailableException.class);
                assertThat(others).anyMatch(other -> !other.isDone());
                for (Future<?> other : others) {
                    other.get();
                }
            });
        }

        attempts.write(List.of(attempt));
        assertThat(attempts.of(task)).containsExactly(attempt);
    }

    @Test
    void saysWhenTheNextAttemptIsDueIfOneIs() {
        TaskId id = accepted();
        tasks.close(id, 1, TestingTasks.success());
        Instant due = NOW.plusSeconds(30);
        List<CallbackAttempt> made = List.of(
                new CallbackAttempt(id, 1, 1, NOW, Duration.ZERO, 500, Reason.CALLBACK_REFUSED, NOW.plusSeconds(5)),
                new CallbackAttempt(id, 1, 2, NOW, Duration.ZERO, 500, Reason.CALLBACK_REFUSED, due));

        assertThat(next(id, made)).isEqualTo(due);
        assertThat(next(id, List.of())).as("none was made").isNull();
        assertThat(next(id, List.of(of(id, 1, 1, NOW)))).as("given up").isNull();

        new UndeliveredCallbacks(database).resend(id, "default", NOW);
        assertThat(next(id, made)).as("asked for, so at once").isNull();

        tasks.markDelivered(id, 1, NOW);
        assertThat(next(id, made)).as("delivered").isNull();

        tasks.close(id, 2, TestingTasks.success());
        assertThat(next(id, made)).as("of an earlier generation").isNull();
    }

    private static @Nullable Instant next(TaskId id, List<CallbackAttempt> made) {
        return CallbackAttempts.next(tasks.find(id).orElseThrow(), made).orElse(null);
    }

    private CallbackAttempt attempt(
            int generation, int number, @Nullable Integer status, @Nullable Reason reason, @Nullable Instant next) {
        return new CallbackAttempt(
                task, generation, number, NOW.plusSeconds(number), Duration.ofMillis(120), status, reason, next);
    }

    private static CallbackAttempt of(TaskId task, int generation, int number, Instant at) {
        return new CallbackAttempt(
                task,
                generation,
                number,
                at.truncatedTo(ChronoUnit.MICROS),
                Duration.ofMillis(7),
                500,
                Reason.CALLBACK_REFUSED,
                null);
    }

    private static TaskId accepted() {
        Submission submission = TestingTasks.submission();
        tasks.accept(submission);
        return submission.id();
    }

    private static int rows() {
        return database.with(handle -> handle.createQuery("select count(*) from callback_attempt")
                .mapTo(Integer.class)
                .one());
    }
}
