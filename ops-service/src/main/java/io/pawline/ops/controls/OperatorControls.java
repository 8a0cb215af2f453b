package io.pawline.ops.controls;

import io.pawline.controls.ControlPublisher;
import io.pawline.ops.audit.Audit;
import io.pawline.ops.audit.Audit.ControlEntry;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.CloseResult;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives live controls in the name of an operator. The entry in the audit is written before the control is published,
 * and is committed when Kafka has the control: a control that Kafka refuses is not in the audit. If that commit fails,
 * the control is in force nevertheless, and the topic says by whom; to give it again does no harm. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost, and
 * {@link io.pawline.controls.ControlPublishException} when Kafka does not take the control.
 */
public final class OperatorControls {

    private static final Logger log = LoggerFactory.getLogger(OperatorControls.class);

    private final TaskDatabase database;
    private final TaskDao tasks;
    private final Cancellations cancellations;
    private final ControlPublisher publisher;
    private final Clock clock;

    OperatorControls(TaskDatabase database, Cancellations cancellations, ControlPublisher publisher, Clock clock) {
        this.database = database;
        this.tasks = new TaskDao(database);
        this.cancellations = cancellations;
        this.publisher = publisher;
        this.clock = clock;
    }

    /** Names who gives a control, and why. */
    public record Order(String who, String why) {}

    ControlEntry pause(Stage stage, Order order) {
        return give(
                entry("pause", "stage:" + stage.code(), order, null, null),
                () -> publisher.pause(stage, order.who(), order.why()));
    }

    ControlEntry resume(Stage stage, Order order) {
        return give(
                entry("resume", "stage:" + stage.code(), order, null, null),
                () -> publisher.resume(stage, order.who(), order.why()));
    }

    /** @param callsInFlight of each process, 1 or more */
    ControlEntry limit(Stage stage, int callsInFlight, Order order) {
        return give(
                entry("limit", "limit:" + stage.code(), order, callsInFlight, null),
                () -> publisher.limit(stage, OptionalInt.of(callsInFlight), order.who(), order.why()));
    }

    ControlEntry clearLimit(Stage stage, Order order) {
        return give(
                entry("clear_limit", "limit:" + stage.code(), order, null, null),
                () -> publisher.limit(stage, OptionalInt.empty(), order.who(), order.why()));
    }

    /** @param thousandths of a weight, 1 or more */
    ControlEntry weight(String tenant, int thousandths, Order order) {
        return give(
                entry("weight", "weight:" + tenant, order, thousandths, null),
                () -> publisher.weight(tenant, OptionalInt.of(thousandths), order.who(), order.why()));
    }

    ControlEntry clearWeight(String tenant, Order order) {
        return give(
                entry("clear_weight", "weight:" + tenant, order, null, null),
                () -> publisher.weight(tenant, OptionalInt.empty(), order.who(), order.why()));
    }

    /** @param time at most {@link ControlPublisher#LONGEST_COOL_DOWN} */
    ControlEntry coolDown(String provider, Duration time, Order order) {
        Instant until = clock.instant().plus(time);
        return give(
                entry("cool_down", "provider:" + provider, order, null, until),
                () -> publisher.coolDown(provider, until, order.who(), order.why()));
    }

    ControlEntry endCoolDown(String provider, Order order) {
        return give(
                entry("end_cool_down", "provider:" + provider, order, null, null),
                () -> publisher.liftCoolDown(provider, order.who(), order.why()));
    }

    /** Lets nobody call a provider until it is switched on. */
    public ControlEntry switchOff(String provider, Order order) {
        return give(
                entry("pause", "off:" + provider, order, null, null),
                () -> publisher.switchOff(provider, order.who(), order.why()));
    }

    ControlEntry switchOn(String provider, Order order) {
        return give(
                entry("resume", "off:" + provider, order, null, null),
                () -> publisher.switchOn(provider, order.who(), order.why()));
    }

    /** What came of a request to cancel a task. */
    sealed interface Cancelled {
        /** It is cancelled now. */
        record Now(ControlEntry entry) implements Cancelled {}

        /** It has this final state and keeps it. */
        record Ended(String state) implements Cancelled {}

        /** There is no such task. */
        record Unknown() implements Cancelled {}
    }

    /**
     * Cancels a task of any tenant: first in its row, which decides, then in the stages. If Kafka is away, ingest-service
     * publishes the cancellation later.
     */
    Cancelled cancel(TaskId id, Order order) {
        Cancelled result =
                tasks.find(id).<Cancelled>map(task -> cancelRow(task, order)).orElseGet(Cancelled.Unknown::new);
        if (result instanceof Cancelled.Now now) {
            publishCancellation(id, Objects.requireNonNull(now.entry().until()), order);
        }
        return result;
    }

    private Cancelled cancelRow(Task task, Order order) {
        Submission submission = task.submission();
        Instant now = clock.instant();
        return database.inTransaction(handle -> {
            Optional<CloseResult> closed = Cancellations.cancel(handle, task.id(), submission.tenant(), now);
            if (closed.isEmpty()) {
                return new Cancelled.Unknown();
            }
            if (!closed.get().byThisCall()) {
                return new Cancelled.Ended(closed.get().task().state().code());
            }
            ControlEntry entry = entry("cancel", "task:" + task.id(), order, null, submission.deadline());
            Audit.note(handle, entry);
            return new Cancelled.Now(entry);
        });
    }

    private void publishCancellation(TaskId id, Instant until, Order order) {
        try {
            publisher.cancel(id, until, order.who(), order.why());
            cancellations.markPublished(id);
        } catch (RuntimeException later) {
            log.warn("the cancellation of a task is not published yet and will be later: {}", later.getMessage());
        }
    }

    private ControlEntry give(ControlEntry entry, Runnable publish) {
        return database.inTransaction(handle -> {
            Audit.note(handle, entry);
            publish.run();
            return entry;
        });
    }

    private ControlEntry entry(
            String action, String subject, Order order, @Nullable Integer limit, @Nullable Instant until) {
        return new ControlEntry(clock.instant(), order.who(), action, order.why(), subject, limit, until);
    }
}
