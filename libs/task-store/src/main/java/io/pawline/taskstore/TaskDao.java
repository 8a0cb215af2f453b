package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.text;
import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the rows of {@code task}: accepts, finds and closes tasks, and notes their delivery. Each method
 * changes rows by one statement, which is committed when the method returns. States go forward only. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class TaskDao {

    /** Stands for the generation that the row is in. */
    public static final int CURRENT_GENERATION = 0;

    private static final String ACCEPT = """
            insert into task (id, tenant, style, photo_url, photo_key, callback_url, submitted_at, deadline,
                priority, client_ref, metadata, fingerprint, trace_parent, not_before, batch_id, relayed_at)
            values (:id, :tenant, :style, :photoUrl, :photoKey, :callbackUrl, :submittedAt, :deadline,
                :priority, :clientRef, cast(:metadata as json), :fingerprint, :trace, cast(:notBefore as timestamptz), cast(:batch as uuid),
                case when cast(:notBefore as timestamptz) is null then null else timestamptz 'infinity' end)
            """;

    // The caller goes on to send the callback, so the row counts as requeued and no other process sends it meanwhile. A
    // final state of a later generation opens and closes that generation in one step.
    private static final String CLOSE = """
            update task set generation = greatest(generation, :generation), state = :state, ended_at = :endedAt,
                ending_stage = :stage, reason = :reason, detail = :detail, result = cast(:result as jsonb),
                delivered_at = null, delivery_attempts = 0, delivery_attempted_at = null, delivery_reason = null,
                delivery_detail = null, resend_requested_at = null, requeued_at = now()
            where id = :id and (:generation > generation
                or (state = 'accepted' and :generation in (0, generation)))
            returning *
            """;

    private static final String DELIVERED = """
            update task set delivered_at = coalesce(delivered_at, :at), delivery_attempts = delivery_attempts + 1,
                delivery_attempted_at = :at, delivery_reason = null, delivery_detail = null, resend_requested_at = null
            where id = :id and generation = :generation and ended_at is not null
                and (delivered_at is null or resend_requested_at is not null)
            """;

    private static final String DELIVERY_FAILED = """
            update task set delivery_attempts = delivery_attempts + 1, delivery_attempted_at = :at,
                delivery_reason = :reason, delivery_detail = :detail
            where id = :id and generation = :generation and ended_at is not null
                and (delivered_at is null or resend_requested_at is not null)
            """;

    private final TaskDatabase database;

    public TaskDao(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Keeps a new task. It is in the outbox until an {@link Outbox} has relayed it, after {@link LaterTasks} if it starts
     * later.
     */
    public void accept(Submission submission) {
        database.with(handle -> insert(handle, submission, null));
    }

    private static int insert(Handle handle, Submission submission, @Nullable String fingerprint) {
        return bind(handle.createUpdate(ACCEPT), submission, fingerprint).execute();
    }

    /** Keeps new tasks in one round trip. */
    static void insert(Handle handle, List<Offer> offers) {
        if (offers.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(ACCEPT);
        offers.forEach(offer ->
                bind(batch, offer.submission(), offer.fingerprint().value()).add());
        batch.execute();
    }

    private static <S extends SqlStatement<S>> S bind(S insert, Submission submission, @Nullable String fingerprint) {
        PhotoSource photoSource = submission.photo();
        return insert.bind("id", submission.id().value())
                .bind("tenant", submission.tenant())
                .bind("style", submission.style())
                .bind("photoUrl", photoSource instanceof PhotoSource.Remote(URI url) ? url.toString() : null)
                .bind("photoKey", photoSource instanceof PhotoSource.Stored(String key) ? key : null)
                .bind("callbackUrl", submission.callbackUrl().map(URI::toString).orElse(null))
                .bind("submittedAt", timestamp(submission.submittedAt()))
                .bind("deadline", timestamp(submission.deadline()))
                .bind("priority", submission.priority().code())
                .bind("clientRef", submission.reference())
                .bind("metadata", submission.json())
                .bind("fingerprint", fingerprint)
                .bind("trace", submission.trace())
                .bind("notBefore", submission.notBefore().map(TaskRow::timestamp))
                .bind("batch", submission.batchId().map(BatchId::value));
    }

    /** The task of this id; empty if there is none. */
    public Optional<Task> find(TaskId id) {
        return database.with(handle -> find(handle, id));
    }

    /** Those of these tasks that exist, in no order. */
    public List<Task> find(Collection<TaskId> ids) {
        return database.with(handle -> handle.createQuery("select * from task where id = any(:ids)")
                .bindArray("ids", UUID.class, ids.stream().map(TaskId::value).toList())
                .map(new TaskRow())
                .list());
    }

    private static Optional<Task> find(Handle handle, TaskId id) {
        return handle.createQuery("select * from task where id = :id")
                .bind("id", id.value())
                .map(new TaskRow())
                .findOne();
    }

    /**
     * Writes the final state of a generation of a task, unless it has one: the first final state stands. A final state
     * of a later generation than the row's also opens that generation. One of an earlier generation is ignored.
     *
     * <p>It reads the row first, because the row is closed already as a rule, and an update that finds nothing to do
     * costs more than a read.
     *
     * @param generation the generation that has ended, or {@link #CURRENT_GENERATION}
     * @return the row afterwards, and whether this call closed it; empty if there is no such task
     */
    public Optional<CloseResult> close(TaskId id, int generation, FinalState finalState) {
        return database.with(handle -> {
            Optional<Task> before = find(handle, id);
            Optional<Task> closed = before.filter(task -> closes(generation, task))
                    .flatMap(_ -> closeOpen(handle, id, generation, finalState));
            if (closed.isPresent()) {
                return closed.map(task -> new CloseResult(task, true));
            }
            // Somebody else may have closed it between the read and the update
            Optional<Task> after =
                    before.filter(task -> closes(generation, task)).isPresent() ? find(handle, id) : before;
            return after.map(task -> new CloseResult(task, false));
        });
    }

    /** Whether a final state of this generation changes the row. The statement decides by the same rule. */
    private static boolean closes(int generation, Task task) {
        return generation > task.generation()
                || (task.finalState().isEmpty()
                        && (generation == CURRENT_GENERATION || generation == task.generation()));
    }

    /**
     * Ends a generation of each of these tasks, as {@link #close} does, in one transaction.
     *
     * @return how many this call closed
     */
    public int closeAll(List<CloseRequest> requests) {
        return database.inTransaction(handle -> (int) requests.stream()
                // In one order, so that two processes that close the same tasks do not wait for each other
                .sorted(Comparator.comparing(request -> request.id().value()))
                .filter(request -> closeOpen(handle, request.id(), request.generation(), request.finalState())
                        .isPresent())
                .count());
    }

    /**
     * Names a generation of a task and the final state that ends it.
     *
     * @param generation 1 or more, or {@link #CURRENT_GENERATION}
     */
    public record CloseRequest(TaskId id, int generation, FinalState finalState) {
        public CloseRequest {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(finalState, "finalState");
        }
    }

    private static Optional<Task> closeOpen(Handle handle, TaskId id, int generation, FinalState finalState) {
        var close = handle.createQuery(CLOSE)
                .bind("id", id.value())
                .bind("generation", generation)
                .bind("state", finalState.state().code())
                .bind("endedAt", timestamp(finalState.at()));
        return switch (finalState) {
            case FinalState.Success success ->
                close.bind("stage", Optional.<String>empty())
                        .bind("reason", Optional.<String>empty())
                        .bind("detail", Optional.<String>empty())
                        .bind("result", TaskRow.json(success.pictures()))
                        .map(new TaskRow())
                        .findOne();
            case FinalState.Failure failure ->
                close.bind("stage", failure.failedStage().map(Stage::code))
                        .bind("reason", failure.reason().code())
                        .bind("detail", text(failure.detail()))
                        .bind("result", Optional.<String>empty())
                        .map(new TaskRow())
                        .findOne();
        };
    }

    /** Notes that the receiver has the final state of this generation; false if it was not owed, or is outdated. */
    public boolean markDelivered(TaskId id, int generation, Instant at) {
        return database.with(handle -> handle.createUpdate(DELIVERED)
                        .bind("id", id.value())
                        .bind("generation", generation)
                        .bind("at", timestamp(at))
                        .execute()
                == 1);
    }

    /**
     * Notes a failed attempt to deliver the final state of this generation; false if it was not owed, or is outdated.
     *
     * @param detail one sentence for a person: no secret, no signed address
     */
    public boolean recordDeliveryFailure(TaskId id, int generation, Instant at, Reason reason, String detail) {
        return database.with(handle -> handle.createUpdate(DELIVERY_FAILED)
                        .bind("id", id.value())
                        .bind("generation", generation)
                        .bind("at", timestamp(at))
                        .bind("reason", reason.code())
                        .bind("detail", text(detail))
                        .execute()
                == 1);
    }
}
