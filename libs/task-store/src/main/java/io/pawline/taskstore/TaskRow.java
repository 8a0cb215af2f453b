package io.pawline.taskstore;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Converts between a task and the columns of its row. */
final class TaskRow implements RowMapper<Task> {

    private static final Logger log = LoggerFactory.getLogger(TaskRow.class);

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    /** The task of the row. A row that cannot be read is logged and is no task, so that it holds up no other. */
    static Optional<Task> readable(ResultSet row, StatementContext context) throws SQLException {
        try {
            return Optional.of(new TaskRow().map(row, context));
        } catch (RuntimeException unreadable) {
            log.error("the row of task {} cannot be read and is left out", row.getObject("id", UUID.class), unreadable);
            return Optional.empty();
        }
    }

    @Override
    public Task map(ResultSet row, StatementContext context) throws SQLException {
        return new Task(
                submission(row),
                row.getInt("generation"),
                finalState(row),
                delivery(row),
                row.getObject("erased_at") != null);
    }

    private static Submission submission(ResultSet row) throws SQLException {
        return new Submission(
                new TaskId(row.getObject("id", UUID.class)),
                row.getString("tenant"),
                row.getString("style"),
                photo(row),
                uri(row, "callback_url"),
                instant(row, "submitted_at"),
                instant(row, "deadline"),
                Priority.ofCode(row.getString("priority")),
                row.getString("client_ref"),
                row.getString("metadata"),
                row.getString("trace_parent"),
                nullableInstant(row, "not_before"),
                Optional.ofNullable(row.getObject("batch_id", UUID.class))
                        .map(BatchId::new)
                        .orElse(null));
    }

    private static PhotoSource photo(ResultSet row) throws SQLException {
        String key = row.getString("photo_key");
        return key == null
                ? new PhotoSource.Remote(URI.create(row.getString("photo_url")))
                : new PhotoSource.Stored(key);
    }

    private static @Nullable FinalState finalState(ResultSet row) throws SQLException {
        TaskState state = TaskState.ofCode(row.getString("state"));
        return switch (state) {
            case ACCEPTED -> null;
            case SUCCESS -> new FinalState.Success(instant(row, "ended_at"), pictures(row.getString("result")));
            case FAILED, CANCELLED, EXPIRED ->
                new FinalState.Failure(
                        instant(row, "ended_at"),
                        state,
                        Objects.requireNonNull(reason(row.getString("reason"))),
                        stage(row.getString("ending_stage")),
                        row.getString("detail"));
        };
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        return new Delivery(
                nullableInstant(row, "delivered_at"),
                row.getInt("delivery_attempts"),
                nullableInstant(row, "delivery_attempted_at"),
                reason(row.getString("delivery_reason")),
                row.getString("delivery_detail"),
                nullableInstant(row, "resend_requested_at"));
    }

    /** Reads a reason. A code that a newer version has written becomes {@link Reason#UNCLASSIFIED}. */
    static @Nullable Reason reason(@Nullable String code) {
        return code == null ? null : Reason.ofCode(code).orElse(Reason.UNCLASSIFIED);
    }

    private static @Nullable Stage stage(@Nullable String code) {
        return code == null ? null : Stage.ofCode(code).orElse(null);
    }

    private static @Nullable URI uri(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        return text == null ? null : URI.create(text);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant nullableInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }

    /** The moment as the database takes it. One beyond its range, as a hostile event may have, becomes the limit. */
    static OffsetDateTime timestamp(Instant moment) {
        Instant bounded = moment.isBefore(EARLIEST) ? EARLIEST : moment.isAfter(LATEST) ? LATEST : moment;
        return bounded.atOffset(ZoneOffset.UTC);
    }

    /** The text as the database takes it: without NUL. */
    static @Nullable String text(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }

    static TaskImages pictures(String json) {
        return JSON.readValue(json, TaskImages.class);
    }

    static String json(TaskImages taskImages) {
        return JSON.writeValueAsString(taskImages);
    }
}
