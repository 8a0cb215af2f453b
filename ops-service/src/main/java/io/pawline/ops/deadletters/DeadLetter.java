package io.pawline.ops.deadletters;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Shows a dead letter as the index has it, without its bytes.
 *
 * @param topic with {@code partition} and {@code offset}: where it stands in Kafka
 * @param state {@code open}, {@code replaying}, {@code replayed}, {@code failed_again} or {@code discarded}
 * @param undecodable why its bytes are no event; null: they are one
 */
record DeadLetter(
        long id,
        String topic,
        int partition,
        long offset,
        String state,
        String stage,
        String reason,
        String detail,
        @Nullable String providerCode,
        Instant failedAt,
        @Nullable Instant firstFailedAt,
        int attempts,
        @Nullable UUID taskId,
        @Nullable Integer generation,
        @Nullable String tenant,
        @Nullable String style,
        @Nullable String clientRef,
        @Nullable Instant submittedAt,
        @Nullable String undecodable) {

    /** The columns of this record; the full text of the search is another, and large. */
    static final String COLUMNS = "id, topic, partition, record_offset, state, stage, reason, detail, provider_code,"
            + " failed_at, first_failed_at, attempts, task_id, generation, tenant, style, client_ref, submitted_at,"
            + " undecodable";

    static DeadLetter of(ResultSet row) throws SQLException {
        int generation = row.getInt("generation");
        return new DeadLetter(
                row.getLong("id"),
                row.getString("topic"),
                row.getInt("partition"),
                row.getLong("record_offset"),
                row.getString("state"),
                row.getString("stage"),
                row.getString("reason"),
                row.getString("detail"),
                row.getString("provider_code"),
                row.getObject("failed_at", OffsetDateTime.class).toInstant(),
                instant(row, "first_failed_at"),
                row.getInt("attempts"),
                row.getObject("task_id", UUID.class),
                generation == 0 ? null : (Integer) generation,
                row.getString("tenant"),
                row.getString("style"),
                row.getString("client_ref"),
                instant(row, "submitted_at"),
                row.getString("undecodable"));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
