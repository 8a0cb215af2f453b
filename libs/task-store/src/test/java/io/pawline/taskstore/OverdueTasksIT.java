package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.OverdueTasks.Overdue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OverdueTasksIT {

    private static final Duration GRACE = Duration.ofHours(1);
    private static final Duration AGAIN = Duration.ofHours(1);

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static OverdueTasks overdueTasks;

    // The statements use the clock of the database.
    private final Instant now = Instant.now();

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
        overdueTasks = new OverdueTasks(database, GRACE);
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

    @Test
    void takesWhatIsOpenSomeTimeAfterItsDeadline() {
        TaskId overdue = due(Duration.ofHours(-2));
        due(Duration.ofMinutes(-30));
        due(Duration.ofHours(1));
        tasks.close(due(Duration.ofHours(-2)), 1, TestingTasks.success());

        assertThat(overdueTasks.count()).isEqualTo(1);
        assertThat(overdueTasks.claim(AGAIN, 10)).containsExactly(new Overdue(overdue, false));
    }

    @Test
    void knowsWhetherATaskReachedKafka() {
        TaskId relayed = due(Duration.ofHours(-2));
        database.with(handle -> handle.execute("update task set relayed_at = now()"));
        TaskId waiting = due(Duration.ofHours(-2));

        assertThat(overdueTasks.claim(AGAIN, 10))
                .containsExactlyInAnyOrder(new Overdue(relayed, true), new Overdue(waiting, false));
    }

    @Test
    void aTaskComesAgainOnlyAfterAWhileAndIfItIsOpen() {
        TaskId open = due(Duration.ofHours(-2));
        TaskId ended = due(Duration.ofHours(-2));
        assertThat(overdueTasks.claim(AGAIN, 10)).hasSize(2);
        assertThat(overdueTasks.claim(AGAIN, 10)).isEmpty();
        tasks.close(ended, 1, TestingTasks.failure(Reason.NO_PET));

        passes(AGAIN.plusSeconds(1));

        assertThat(overdueTasks.claim(AGAIN, 10)).extracting(Overdue::id).containsExactly(open);
    }

    @Test
    void twoReapersGetDifferentTasksAndDoNotWait() {
        TaskId first = due(Duration.ofHours(-3));
        TaskId second = due(Duration.ofHours(-2));

        List<Overdue> ofTheOther = database.inTransaction(handle -> {
            handle.execute("update task set reaped_at = now() where id = ?", first.value());
            return CompletableFuture.supplyAsync(() -> overdueTasks.claim(AGAIN, 10))
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        });

        assertThat(ofTheOther).extracting(Overdue::id).containsExactly(second);
    }

    /** Otherwise the tasks of a stage that is paused would come again and again, and no other would. */
    @Test
    void tasksThatAreLookedForAgainHideNoOther() {
        IntStream.range(0, 5).forEach(_ -> due(Duration.ofHours(-9)));
        overdueTasks.claim(AGAIN, 5);
        passes(AGAIN.plusSeconds(1));
        TaskId later = due(Duration.ofHours(-2));
        TaskId earlier = due(Duration.ofHours(-3));

        assertThat(overdueTasks.claim(AGAIN, 1)).extracting(Overdue::id).containsExactly(earlier);
        assertThat(overdueTasks.claim(AGAIN, 1)).extracting(Overdue::id).containsExactly(later);
        assertThat(overdueTasks.claim(AGAIN, 10)).hasSize(5);
    }

    @Test
    void readsOnlyWhatIsStillOverdue() {
        TaskId overdue = due(Duration.ofHours(-2));
        TaskId ended = due(Duration.ofHours(-2));
        TaskId replayed = due(Duration.ofHours(-2));
        overdueTasks.claim(AGAIN, 10);
        tasks.close(ended, 1, TestingTasks.success());
        tasks.close(replayed, 1, TestingTasks.failure(Reason.OVERLOADED));
        database.inTransaction(handle -> GenerationOpener.reopen(handle, List.of(replayed.value()), now.plus(GRACE)));

        assertThat(overdueTasks.stillOverdue(List.of(overdue, ended, replayed)))
                .extracting(Task::id)
                .containsExactly(overdue);
    }

    @Test
    void anOverdueRowThatCannotBeReadHoldsUpNobody() {
        TaskId unreadable = due(Duration.ofHours(-2));
        TaskId other = due(Duration.ofHours(-2));
        database.with(handle ->
                handle.execute("update task set callback_url = 'no address at all' where id = ?", unreadable.value()));

        assertThat(overdueTasks.stillOverdue(List.of(unreadable, other)))
                .extracting(Task::id)
                .containsExactly(other);
    }

    /** Otherwise a hundred thousand lost tasks would promise new tasks a pace that no stage has. */
    @Test
    void lostTasksAreNotWorkedOff() {
        OpenTasks openTasks = new OpenTasks(database);
        TaskId lost = due(Duration.ofHours(-2));
        TaskId failed = due(Duration.ofHours(-2));
        due(Duration.ofHours(-2));
        tasks.close(lost, 1, new FinalState.Failure(now, TaskState.FAILED, Reason.LOST, null, null));
        tasks.close(failed, 1, new FinalState.Failure(now, TaskState.FAILED, Reason.NO_PET, null, null));
        tasks.close(
                due(Duration.ofHours(1)),
                1,
                new FinalState.Success(now, TestingTasks.success().pictures()));

        assertThat(openTasks.workedOffSince(now.minusSeconds(1))).isEqualTo(2);
        assertThat(openTasks.countOfTenants()).isEqualTo(Map.of("default", 1L));
    }

    private TaskId due(Duration fromNow) {
        Submission submission = TestingTasks.submission(null, now.plus(fromNow));
        tasks.accept(submission);
        return submission.id();
    }

    private static void passes(Duration time) {
        database.with(handle ->
                handle.execute("update task set reaped_at = reaped_at - make_interval(secs => ?)", time.toSeconds()));
    }
}
