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
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UndeliveredCallbacksIT {

    private static final Duration DAY = Duration.ofDays(1);

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static UndeliveredCallbacks undeliveredCallbacks;

    // The statements use the clock of the database too.
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final Instant longAgo = now.minus(DAY);
    private final Instant later = now.plus(DAY);

    private final List<TaskId> putBack = new ArrayList<>();
    private final UndeliveredCallbacks.Receiver stage =
            all -> putBack.addAll(all.stream().map(Task::id).toList());

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
        undeliveredCallbacks = new UndeliveredCallbacks(database);
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
    void listsUndeliveredFinalStates() {
        TaskId first = ended(success());
        TaskId second = ended(TestingTasks.failure(Reason.NO_PET));
        accepted();
        TaskId delivered = ended(success());
        tasks.markDelivered(delivered, 1, now);
        TaskId unwanted = accept(TestingTasks.submission(null));
        tasks.close(unwanted, 1, success());

        assertThat(undeliveredCallbacks.page("default", null, 10, later))
                .extracting(Task::id)
                .containsExactly(second, first);
        assertThat(undeliveredCallbacks.page("default", null, 1, later))
                .extracting(Task::id)
                .containsExactly(second);
        assertThat(undeliveredCallbacks.page("default", second, 10, later))
                .extracting(Task::id)
                .containsExactly(first);
        assertThat(undeliveredCallbacks.page("other", null, 10, later)).isEmpty();
    }

    @Test
    void listsWhatHasFailedOrHasWaited() {
        TaskId waiting = ended(success());
        TaskId tried = ended(success());
        tasks.recordDeliveryFailure(tried, 1, now, Reason.CALLBACK_REFUSED, "500.");
        Instant stillPending = now.plus(Delivery.PENDING_TIME);
        Instant over = stillPending.plusMillis(1);

        assertThat(ids(undeliveredCallbacks.page("default", null, 10, stillPending)))
                .containsExactly(tried);
        assertThat(find(waiting).deliveryState(stillPending)).contains(DeliveryState.PENDING);
        assertThat(find(tried).deliveryState(stillPending)).contains(DeliveryState.UNDELIVERED);

        assertThat(ids(undeliveredCallbacks.page("default", null, 10, over))).containsExactly(tried, waiting);
        assertThat(find(waiting).deliveryState(over)).contains(DeliveryState.UNDELIVERED);
    }

    /** As while callback-service is away: nothing has been tried, and most has ended within the last minute. */
    @Test
    void aPageDoesNotReadWhatHasEndedJustNow() throws Exception {
        database.jdbi().useHandle(handle -> {
            handle.execute("""
                    insert into task (id, tenant, style, photo_url, callback_url, submitted_at, deadline, state, ended_at,
                        relayed_at, delivery_attempted_at, delivery_attempts, result)
                    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
                            || lpad(to_hex(n %% 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid,
                        'busy', 'ink', 'https://photos.example/cat.jpg', 'https://shop.example/callback', at,
                        at + interval '1 hour', 'success',
                        case when n %% 2000 = 0 then at else now() - interval '10 seconds' end, at,
                        case when n %% 2000 = 1 then now() end, case when n %% 2000 = 1 then 1 else 0 end, cast('%s' as jsonb)
                    from (select n, now() - interval '5 minutes' + n * interval '10 milliseconds' as at
                        from generate_series(1, 20000) n) numbered
                    """.formatted(TaskRow.json(TestingTasks.success().pictures())));
            handle.execute("vacuum analyze task");
        });
        TestingPlans plans = new TestingPlans(database);

        TestingPlans.Cost cost = plans.of(() -> {
            assertThat(undeliveredCallbacks.page("busy", null, 51, now)).hasSize(20);
            return null;
        });

        assertThat(cost.sequential()).as(cost.plans()).isEmpty();
        assertThat(cost.removed()).as(cost.plans()).isLessThanOrEqualTo(10 * cost.returned());
        assertThat(cost.blocks()).as(cost.plans()).isLessThan(800);
    }

    /** The request is older than the replay, which sends a callback of its own. */
    @Test
    void aRequestBeforeAReplayHoldsUpNobody() throws InterruptedException {
        TaskId replayed = ended(TestingTasks.failure(Reason.OVERLOADED));
        TaskId notified = ended(success());
        TaskId other = ended(success());
        List.of(replayed, notified, other).forEach(this::resend);
        database.inTransaction(handle -> GenerationOpener.reopen(handle, List.of(replayed.value()), later));
        database.inTransaction(handle -> GenerationOpener.renotify(handle, List.of(notified.value())));

        assertThat(undeliveredCallbacks.putBackRequested(10, later, stage)).isEqualTo(1);

        assertThat(putBack).containsExactly(other);
        assertThat(find(replayed).delivery()).isEqualTo(Delivery.NONE);
    }

    /** As a version before this one may have left it. */
    @Test
    void anOpenRowWithARequestHoldsUpNobody() throws InterruptedException {
        TaskId open = accepted();
        TaskId other = ended(success());
        resend(other);
        database.with(handle -> handle.execute(
                "update task set resend_requested_at = now() - interval '1 day' where id = ?", open.value()));

        assertThat(undeliveredCallbacks.putBackRequested(10, later, stage)).isEqualTo(1);

        assertThat(putBack).containsExactly(other);
    }

    @Test
    void aRowThatCannotBeReadHoldsUpNobody() throws InterruptedException {
        TaskId unreadable = ended(TestingTasks.failure(Reason.NO_PET));
        TaskId other = ended(success());
        resend(unreadable);
        resend(other);
        database.with(handle ->
                handle.execute("update task set callback_url = 'no address at all' where id = ?", unreadable.value()));

        assertThat(undeliveredCallbacks.putBackRequested(1, later, stage)).isEqualTo(1);
        assertThat(undeliveredCallbacks.putBackRequested(1, later, stage)).isEqualTo(1);
        assertThat(undeliveredCallbacks.putBackRequested(1, later, stage)).isZero();

        assertThat(putBack).containsExactly(other);
    }

    @Test
    void putsBackARequestedCallbackOnceEvenIfDelivered() throws InterruptedException {
        TaskId id = ended(success());
        tasks.markDelivered(id, 1, now);
        assertThat(find(id).delivery().owed()).isFalse();

        assertThat(undeliveredCallbacks
                        .resend(id, "default", now)
                        .orElseThrow()
                        .delivery()
                        .owed())
                .isTrue();

        assertThat(undeliveredCallbacks.putBackRequested(10, later, stage)).isEqualTo(1);
        assertThat(undeliveredCallbacks.putBackRequested(10, later, stage)).isZero();
        assertThat(putBack).containsExactly(id);
        assertThat(tasks.markDelivered(id, 1, later)).isTrue();
        assertThat(find(id).delivery().owed()).isFalse();
        assertThat(find(id).delivery().delivered()).contains(now);
        undeliveredCallbacks.resend(id, "default", now);
        assertThat(undeliveredCallbacks.putBackRequested(10, later, stage)).isEqualTo(1);
    }

    @Test
    void noCallbackIsRequestedThatCannotBeSent() {
        TaskId open = accepted();
        TaskId unwanted = accept(TestingTasks.submission(null));
        tasks.close(unwanted, 1, success());
        TaskId ended = ended(success());

        assertThat(resend(open).delivery().resendRequestedAt()).isNull();
        assertThat(resend(unwanted).delivery().resendRequestedAt()).isNull();
        assertThat(undeliveredCallbacks.resend(ended, "other", now)).isEmpty();
        assertThat(undeliveredCallbacks.resend(TaskId.next(), "default", now)).isEmpty();
    }

    @Test
    void everyGenerationOwesItsOwnCallback() {
        TaskId id = ended(TestingTasks.failure(Reason.NO_PET));
        undeliveredCallbacks.resend(id, "default", now);

        tasks.close(id, 2, success());

        assertThat(find(id).delivery()).isEqualTo(Delivery.NONE);
    }

    @Test
    void putsBackFinalStatesThatNobodyWorksOn() throws InterruptedException {
        TaskId forgotten = ended(success());
        TaskId tried = ended(success());
        tasks.recordDeliveryFailure(tried, 1, later, Reason.READ_TIMEOUT, "No answer.");
        TaskId refusedForGood = ended(success());
        tasks.recordDeliveryFailure(refusedForGood, 1, now, Reason.CALLBACK_GONE, "410.");
        TaskId delivered = ended(success());
        tasks.markDelivered(delivered, 1, now);
        accepted();

        assertThat(forgotten(later)).isEqualTo(1);
        assertThat(putBack).containsExactly(forgotten);
        assertThat(forgotten(later)).as("not again while it may be at work").isZero();
        assertThat(forgotten(later.plus(DAY))).isEqualTo(2);
        assertThat(putBack).containsExactlyInAnyOrder(forgotten, forgotten, tried);
    }

    @Test
    void leavesAloneTasksThatEndedTooLongAgo() throws InterruptedException {
        ended(success());

        assertThat(undeliveredCallbacks.putBackForgotten(10, later, later, later, stage))
                .isZero();
    }

    @Test
    void keepsTasksThatDidNotArrive() throws InterruptedException {
        TaskId id = ended(success());
        undeliveredCallbacks.resend(id, "default", now);

        assertThatThrownBy(() -> undeliveredCallbacks.putBackRequested(10, later, _ -> {
                    throw new IllegalStateException("Kafka is away");
                }))
                .hasMessage("Kafka is away");

        assertThat(undeliveredCallbacks.putBackRequested(10, later, stage)).isEqualTo(1);
        assertThat(putBack).containsExactly(id);
    }

    @Test
    void givesTwoReconcilersDifferentTasks() throws InterruptedException {
        List<TaskId> asked = List.of(ended(success()), ended(success()));
        asked.forEach(this::resend);
        assertThat(putBackByTwo(each -> undeliveredCallbacks.putBackRequested(1, later, each)))
                .containsExactlyInAnyOrderElementsOf(asked);

        List<TaskId> forgotten = List.of(ended(success()), ended(success()));
        assertThat(putBackByTwo(each -> undeliveredCallbacks.putBackForgotten(1, longAgo, later, later, each)))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(id -> forgotten.contains(id) || asked.contains(id));
    }

    private interface PutBack {
        int to(UndeliveredCallbacks.Receiver receiver) throws InterruptedException;
    }

    /** Runs two reconcilers, the second while the first holds its rows; returns the tasks of both. */
    private static List<TaskId> putBackByTwo(PutBack putBack) throws InterruptedException {
        List<TaskId> given = new CopyOnWriteArrayList<>();
        UndeliveredCallbacks.Receiver taking =
                all -> given.addAll(all.stream().map(Task::id).toList());
        putBack.to(all -> {
            Thread other = Thread.startVirtualThread(() -> {
                try {
                    putBack.to(taking);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            });
            other.join();
            taking.take(all);
        });
        return given;
    }

    private FinalState success() {
        return new FinalState.Success(now, TestingTasks.success().pictures());
    }

    private static List<TaskId> ids(List<Task> page) {
        return page.stream().map(Task::id).toList();
    }

    private int forgotten(Instant before) throws InterruptedException {
        return undeliveredCallbacks.putBackForgotten(10, longAgo, before, before, stage);
    }

    private Task resend(TaskId id) {
        return undeliveredCallbacks.resend(id, "default", now).orElseThrow();
    }

    private static TaskId ended(FinalState finalState) {
        TaskId id = accepted();
        tasks.close(id, 1, finalState);
        return id;
    }

    private static TaskId accepted() {
        return accept(TestingTasks.submission());
    }

    private static TaskId accept(Submission submission) {
        tasks.accept(submission);
        return submission.id();
    }

    private static Task find(TaskId id) {
        return tasks.find(id).orElseThrow();
    }
}
