package io.pawline.ingest.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.Outbox.Handover;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPlans;
import io.pawline.taskstore.TestingTasks;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskReleaseIT {

    private static final int WINDOW = 90;
    private static final int BATCH = 30;

    /** So that ids are in the order in which tasks are made. */
    private static final AtomicLong ACCEPTED = new AtomicLong();

    private static TestingRelay relay;
    private static TaskDatabase database;

    private final List<Task> received = new ArrayList<>();
    private final Set<String> spent = new HashSet<>();
    private final AtomicLong nanos = new AtomicLong();

    @BeforeAll
    static void start() {
        relay = new TestingRelay();
        database = relay.database();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @BeforeEach
    void empty() {
        relay.deleteTasks();
    }

    @Test
    void theOldestGoFirstWhileTheStagesHaveRoom() throws InterruptedException {
        List<TaskId> ids = List.of(
                accept("one", Priority.BULK), accept("two", Priority.INTERACTIVE), accept("one", Priority.INTERACTIVE));

        releaseAll(release(this::takeAll));

        assertThat(received).extracting(Task::id).isEqualTo(ids);
    }

    @Test
    void aLightTenantPassesTheManyOfAnother() throws InterruptedException {
        TaskRelease release = release(this::takeAll);
        accept("heavy", 500);
        releaseAll(release);
        assertThat(receivedOf("heavy")).isEqualTo(WINDOW);

        accept("light", 3);
        releaseAll(release);

        assertThat(receivedOf("light")).isEqualTo(3);
        assertThat(receivedOf("heavy")).isEqualTo(WINDOW);
    }

    @Test
    void aTenantThatWasNeverSeenPassesWhenManyShareTheWindow() throws InterruptedException {
        TaskRelease release = release(this::takeAll);
        IntStream.range(0, 2 * WINDOW).forEach(tenant -> accept("tenant-" + tenant, 2));
        releaseAll(release);

        accept("light", 1);
        releaseAll(release);

        assertThat(receivedOf("light")).isEqualTo(1);
    }

    @Test
    void whatEndsMakesRoomForAsMuch() throws InterruptedException {
        TaskRelease release = release(this::takeAll);
        accept("heavy", 500);
        releaseAll(release);

        end(receivedIds().subList(0, 40));
        releaseAll(release);

        assertThat(received).hasSize(WINDOW + 40);
    }

    @Test
    void tenantsShareTheWindowByTheirWeights() throws InterruptedException {
        accept("double", 300);
        accept("single", 300);

        releaseAll(release(this::takeAll));

        assertThat(receivedOf("double")).isBetween(WINDOW * 2L / 3 - 1, WINDOW * 2L / 3 + 1);
        assertThat(receivedOf("single")).isBetween(WINDOW / 3L - 1, WINDOW / 3L + 1);
    }

    @Test
    void tenantsTakeTurnsInTheOrderOfSending() throws InterruptedException {
        accept("one", 300);
        accept("two", 300);

        release(this::takeAll).next();

        assertThat(received.subList(0, 10))
                .filteredOn(task -> task.submission().tenant().equals("two"))
                .hasSize(5);
    }

    @Test
    void aTenantWithoutMoneyTakesNoPlaceOfOthers() throws InterruptedException {
        TaskRelease release = release(this::takeAll, spent::contains);
        accept("poor", 200);
        releaseAll(release);
        assertThat(receivedOf("poor")).isEqualTo(WINDOW);

        spent.add("poor");
        accept("other", 200);
        releaseAll(release);

        assertThat(receivedOf("other")).isEqualTo(WINDOW);
        assertThat(receivedOf("poor")).isEqualTo(WINDOW);
    }

    @Test
    void tasksThatWaitForMoneyAreReleasedWhenThereIsSome() throws InterruptedException {
        TaskRelease release = release(this::takeAll, spent::contains);
        spent.add("poor");
        accept("poor", 3);
        releaseAll(release);
        assertThat(received).isEmpty();

        spent.clear();
        releaseAll(release);

        assertThat(receivedOf("poor")).isEqualTo(3);
    }

    @Test
    void bulkTasksOfATenantGetATenthWhileItHasOthers() throws InterruptedException {
        IntStream.range(0, 300).forEach(_ -> accept("one", Priority.BULK));
        accept("one", 300);

        releaseAll(release(this::takeAll));

        assertThat(received)
                .filteredOn(task -> task.submission().priority() == Priority.BULK)
                .hasSizeBetween(WINDOW / 10 - 1, WINDOW / 10 + 1);
    }

    @Test
    void aTaskCancelledInTheOutboxIsPassedOnAtOnce() throws InterruptedException {
        TaskRelease release = release(this::takeAll);
        accept("heavy", 200);
        TaskId last = accept("heavy", Priority.INTERACTIVE);
        releaseAll(release);
        received.clear();

        new Cancellations(database).cancel(last, "heavy", TestingTasks.NOW);
        releaseAll(release);

        assertThat(received)
                .singleElement()
                .satisfies(task -> assertThat(state(task)).isEqualTo(TaskState.CANCELLED));
    }

    @Test
    void aTaskInTheOutboxExpiresAtItsDeadline() throws InterruptedException {
        TaskRelease release = release(this::takeAll);
        accept("heavy", 200);
        releaseAll(release);
        TaskId late = accept("heavy", Priority.INTERACTIVE, TestingTasks.NOW.minusSeconds(1));
        received.clear();

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        releaseAll(release);

        assertThat(received).singleElement().satisfies(task -> {
            assertThat(task.id()).isEqualTo(late);
            assertThat(state(task)).isEqualTo(TaskState.EXPIRED);
        });
    }

    @Test
    void twoProcessesReleaseAShareOnce() throws InterruptedException {
        accept("heavy", 300);
        accept("other", 300);
        TaskRelease other = release(this::takeAll);
        TaskRelease first = release(tasks -> {
            Thread beside = Thread.startVirtualThread(() -> {
                try {
                    assertThat(other.next().relayed().taken()).isZero();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            beside.join();
            return takeAll(tasks);
        });

        releaseAll(first);
        releaseAll(other);

        assertThat(received).hasSize(WINDOW);
    }

    @Test
    void whatDidNotArriveComesAgain() throws InterruptedException {
        accept("heavy", 500);
        TaskRelease release = release(tasks -> new Handover(List.of(), new IllegalStateException("no broker")));
        assertThat(release.next().relayed().fellShort()).isTrue();

        releaseAll(release(this::takeAll));

        assertThat(received).hasSize(WINDOW);
    }

    @Test
    void aRoundCostsNoMoreWhenManyWait() throws Exception {
        database.jdbi().useHandle(handle -> {
            handle.execute("""
                    insert into task (id, tenant, style, photo_url, submitted_at, deadline, priority)
                    select uuidv7(), 'heavy', 'oil', 'https://photos.example/cat.jpg', now(),
                        now() + interval '1 day', 'bulk' from generate_series(1, 20000)""");
            handle.execute("analyze task");
        });
        TaskRelease release = release(this::takeAll);
        releaseAll(release);
        accept("light", 2);

        TestingPlans.Cost cost = new TestingPlans(database).of(release::next);

        assertThat(cost.sequential()).as(cost.plans()).doesNotContain("task_first");
        assertThat(cost.removed()).as(cost.plans()).isLessThan(BATCH);
        assertThat(cost.blocks()).as(cost.plans()).isLessThan(300);
    }

    private Handover takeAll(List<Task> tasks) {
        received.addAll(tasks);
        return new Handover(tasks.stream().map(Task::id).toList(), null);
    }

    private static void releaseAll(TaskRelease release) throws InterruptedException {
        while (release.next().more()) {
            // once more
        }
    }

    private TaskRelease release(Outbox.Receiver receiver) {
        return release(receiver, _ -> false);
    }

    private TaskRelease release(Outbox.Receiver receiver, Predicate<String> waitsForMoney) {
        return relay.release(
                receiver,
                TestingRelay.settings(BATCH, Duration.ofSeconds(1), WINDOW),
                new FairShares(tenant -> tenant.equals("double") ? 2 : 1),
                waitsForMoney,
                nanos::get);
    }

    private static TaskState state(Task task) {
        return task.finalState().orElseThrow().state();
    }

    private long receivedOf(String tenant) {
        return received.stream()
                .filter(task -> task.submission().tenant().equals(tenant))
                .count();
    }

    private List<TaskId> receivedIds() {
        return received.stream().map(Task::id).toList();
    }

    private static void end(List<TaskId> tasks) {
        TaskDao dao = new TaskDao(database);
        tasks.forEach(task -> dao.close(task, 1, TestingTasks.success()));
    }

    private static void accept(String tenant, int count) {
        IntStream.range(0, count).forEach(_ -> accept(tenant, Priority.INTERACTIVE));
    }

    private static TaskId accept(String tenant, Priority priority) {
        return accept(tenant, priority, TestingTasks.NOW.plus(Duration.ofHours(1)));
    }

    private static TaskId accept(String tenant, Priority priority, Instant deadline) {
        Submission submission = new Submission(
                TaskId.at(TestingTasks.NOW.plus(ACCEPTED.incrementAndGet(), ChronoUnit.MICROS)),
                tenant,
                "oil",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                null,
                TestingTasks.NOW,
                deadline,
                priority,
                null,
                null);
        new TaskDao(database).accept(submission);
        return submission.id();
    }
}
