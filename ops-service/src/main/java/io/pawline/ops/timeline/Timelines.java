package io.pawline.ops.timeline;

import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.timeline.Timeline.Event;
import io.pawline.taskstore.TaskDatabase;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is known of single tasks. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class Timelines {

    private static final String TASK = "select * from task where id = :task";

    /** The query lists all that happened, in the columns of a call; a column that does not apply is null. */
    private static final String EVENTS = """
            select * from (
                select submitted_at at, 'accepted' kind, null stage, 1 generation, null provider, null::int attempt,
                    null::boolean hedge, null outcome, null phase, null::int status, null provider_code, null request_id, null reason,
                    null::bigint latency_ms, null billed, null::bigint cost_micros, null detail, 0 place
                from task where id = :task
                union all
                select reached_at, 'reached', stage, generation, null, null, null, null, null, null, null, null, null, null,
                    null, null, null, 1
                from task_stage where task_id = :task
                union all
                select started_at, 'call', stage, generation, provider, attempt, nullif(hedge, false),
                    case when orphaned then 'orphaned' else coalesce(outcome, 'unknown') end, phase, http_status,
                    provider_code, request_id, reason, duration_ms, billed, cost_micros, null, 2
                from call_attempt where task_id = :task and started_at >= :accepted
                union all
                select failed_at, 'letter', stage, generation, null, attempts, null, state, null, null, provider_code,
                    null, reason, null, null, null, detail, 3
                from dead_letter where task_id = :task
                union all
                select replay.created_at, 'replay', dead_letter.stage, replay_letter.generation, null, null, null,
                    coalesce(outcome, replay_letter.skipped, replay_letter.state), null, null, null, null,
                    replay_letter.reason, null, null, null, replay.asked_by || ': ' || replay.why, 4
                from replay_letter join replay on replay.id = replay_id join dead_letter on dead_letter.id = letter_id
                where dead_letter.task_id = :task
                union all
                select ended_at, 'ended', ending_stage, generation, null, null, null, state, null, null, null, null, reason,
                    null, null, null, detail, 5
                from task where id = :task and ended_at is not null
                union all
                select delivered_at, 'delivered', 'callback', generation, null, delivery_attempts, null, null, null,
                    null, null, null, null, null, null, null, null, 6
                from task where id = :task and delivered_at is not null
            ) event order by at, place
            """;

    private final TaskDatabase database;
    private final WaitReason wait;

    Timelines(TaskDatabase database, WaitReason wait) {
        this.database = database;
        this.wait = wait;
    }

    /** Holds a timeline, and what of its row says whether the task waits. */
    private record Found(Timeline timeline, @Nullable Instant notBefore, boolean relayed) {}

    /** Finds what is known of a task, if there is such a one. */
    Optional<Timeline> find(UUID task) throws InterruptedException {
        Optional<Found> found = database.with(handle -> handle.createQuery(TASK)
                .bind("task", task)
                .map((row, _) -> new Found(
                        timeline(
                                row,
                                handle.createQuery(EVENTS)
                                        .bind("task", task)
                                        .bind("accepted", CallLedger.earliestOf(task))
                                        .map((event, _) -> event(event))
                                        .list()),
                        instant(row, "not_before"),
                        row.getString("relayed_at") != null))
                .findOne());
        if (found.isEmpty() || found.get().timeline().endedAt() != null) {
            return found.map(Found::timeline);
        }
        Found open = found.get();
        return Optional.of(open.timeline().waitingFor(wait.of(open.timeline(), open.notBefore(), open.relayed())));
    }

    private static Timeline timeline(ResultSet row, List<Event> events) throws SQLException {
        return new Timeline(
                row.getObject("id", UUID.class),
                row.getString("tenant"),
                row.getString("style"),
                row.getString("client_ref"),
                row.getString("state"),
                row.getString("reason"),
                row.getString("detail"),
                row.getObject("submitted_at", OffsetDateTime.class).toInstant(),
                row.getObject("deadline", OffsetDateTime.class).toInstant(),
                instant(row, "ended_at"),
                instant(row, "delivered_at"),
                row.getInt("generation"),
                null,
                events.stream()
                        .map(event -> event.cost() == null ? BigDecimal.ZERO : event.cost())
                        .reduce(BigDecimal.ZERO, BigDecimal::add),
                events);
    }

    private static Event event(ResultSet row) throws SQLException {
        Long cost = row.getObject("cost_micros", Long.class);
        return new Event(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("kind"),
                row.getString("stage"),
                row.getObject("generation", Integer.class),
                row.getString("provider"),
                row.getObject("attempt", Integer.class),
                row.getObject("hedge", Boolean.class),
                row.getString("outcome"),
                row.getString("phase"),
                row.getObject("status", Integer.class),
                row.getString("provider_code"),
                row.getString("request_id"),
                row.getString("reason"),
                row.getObject("latency_ms", Long.class),
                row.getString("billed"),
                cost == null ? null : BigDecimal.valueOf(cost, 6),
                row.getString("detail"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
