package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UndeliveredIT {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant LONG_AGO = NOW.minus(DAY);
    private static final Instant LATER = NOW.plus(DAY);

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static Undelivered undelivered;

    private final List<TaskId> putBack = new ArrayList<>();
    private final Undelivered.Receiver stage =
            all -> putBack.addAll(all.stream().map(Task::id).toList());

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.start();
        database = TaskDatabase.open(postgres.database("postgres"));
        tasks = new TaskDao(database);
        undelivered = new Undelivered(database);
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
    void listsEndingsThatAReceiverHasNotTaken() {
        TaskId first = ended(TestingTasks.success());
        TaskId second = ended(TestingTasks.failure(Reason.NO_PET));
        accepted();
        TaskId delivered = ended(TestingTasks.success());
        tasks.markDelivered(delivered, 1, NOW);
        TaskId unwanted = accept(TestingTasks.submission(null));
        tasks.close(unwanted, 1, TestingTasks.success());

        assertThat(undelivered.page("default", null, 10)).extracting(Task::id).containsExactly(second, first);
        assertThat(undelivered.page("default", null, 1)).extracting(Task::id).containsExactly(second);
        assertThat(undelivered.page("default", second, 10)).extracting(Task::id).containsExactly(first);
        assertThat(undelivered.page("other", null, 10)).isEmpty();
    }

    @Test
    void putsBackOnceWhatSomebodyAskedForAlsoIfItWasDelivered() throws InterruptedException {
        TaskId id = ended(TestingTasks.success());
        tasks.markDelivered(id, 1, NOW);
        assertThat(find(id).delivery().owed()).isFalse();

        assertThat(undelivered
                        .resend(id, "default", NOW)
                        .orElseThrow()
                        .delivery()
                        .owed())
                .isTrue();

        assertThat(undelivered.putBackRequested(10, LATER, stage)).isEqualTo(1);
        assertThat(undelivered.putBackRequested(10, LATER, stage)).isZero();
        assertThat(putBack).containsExactly(id);
        assertThat(tasks.markDelivered(id, 1, LATER)).isTrue();
        assertThat(find(id).delivery().owed()).isFalse();
        assertThat(find(id).delivery().delivered()).contains(NOW);
        undelivered.resend(id, "default", NOW);
        assertThat(undelivered.putBackRequested(10, LATER, stage)).isEqualTo(1);
    }

    @Test
    void asksForNothingThatCannotBeTold() {
        TaskId open = accepted();
        TaskId unwanted = accept(TestingTasks.submission(null));
        tasks.close(unwanted, 1, TestingTasks.success());
        TaskId ended = ended(TestingTasks.success());

        assertThat(resend(open).delivery().resendRequestedAt()).isNull();
        assertThat(resend(unwanted).delivery().resendRequestedAt()).isNull();
        assertThat(undelivered.resend(ended, "other", NOW)).isEmpty();
        assertThat(undelivered.resend(TaskId.next(), "default", NOW)).isEmpty();
    }

    @Test
    void aNewGenerationIsOwedForItself() {
        TaskId id = ended(TestingTasks.failure(Reason.NO_PET));
        undelivered.resend(id, "default", NOW);

        tasks.close(id, 2, TestingTasks.success());

        assertThat(find(id).delivery()).isEqualTo(Delivery.NONE);
    }

    @Test
    void putsBackWhatNobodyCanBeWorkingOn() throws InterruptedException {
        TaskId forgotten = ended(TestingTasks.success());
        TaskId tried = ended(TestingTasks.success());
        tasks.recordDeliveryFailure(tried, 1, LATER, Reason.READ_TIMEOUT, "No answer.");
        TaskId refusedForGood = ended(TestingTasks.success());
        tasks.recordDeliveryFailure(refusedForGood, 1, NOW, Reason.CALLBACK_GONE, "410.");
        TaskId delivered = ended(TestingTasks.success());
        tasks.markDelivered(delivered, 1, NOW);
        accepted();

        assertThat(forgotten(LATER)).isEqualTo(1);
        assertThat(putBack).containsExactly(forgotten);
        assertThat(forgotten(LATER)).as("not again while it may be at work").isZero();
        assertThat(forgotten(LATER.plus(DAY))).isEqualTo(2);
        assertThat(putBack).containsExactlyInAnyOrder(forgotten, forgotten, tried);
    }

    @Test
    void leavesAloneWhatEndedTooLongAgo() throws InterruptedException {
        ended(TestingTasks.success());

        assertThat(undelivered.putBackForgotten(10, LATER, LATER, LATER, stage)).isZero();
    }

    @Test
    void keepsWhatDidNotArrive() throws InterruptedException {
        TaskId id = ended(TestingTasks.success());
        undelivered.resend(id, "default", NOW);

        assertThatThrownBy(() -> undelivered.putBackRequested(10, LATER, _ -> {
                    throw new IllegalStateException("Kafka is away");
                }))
                .hasMessage("Kafka is away");

        assertThat(undelivered.putBackRequested(10, LATER, stage)).isEqualTo(1);
        assertThat(putBack).containsExactly(id);
    }

    private int forgotten(Instant before) throws InterruptedException {
        return undelivered.putBackForgotten(10, LONG_AGO, before, before, stage);
    }

    private static Task resend(TaskId id) {
        return undelivered.resend(id, "default", NOW).orElseThrow();
    }

    private static TaskId ended(Ending ending) {
        TaskId id = accepted();
        tasks.close(id, 1, ending);
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
