package io.pawline.ops.report;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the tasks that were submitted in a period, each once. For one thread. */
final class TaskReader {

    private static final String TASKS = """
            select id, tenant, state, submitted_at, ended_at, delivered_at, callback_url is not null,
                delivery_attempts > 0 or delivered_at is not null, ending_stage, reason,
                hashtextextended(coalesce(client_ref, fingerprint), hashtext(tenant))
            from task where id >= :from and id < :to<tenant> order by id
            """;

    /** Tasks that are in memory at once. */
    private static final int FETCHED_AT_ONCE = 5_000;

    private final PeriodQueries period;
    private final Reading reading;

    TaskReader(PeriodQueries period, Reading reading) {
        this.period = period;
        this.reading = reading;
    }

    void forEach(Consumer<ReportedTask> consumer) {
        period.queryTasks(TASKS).setFetchSize(FETCHED_AT_ONCE).scanResultSet((rows, _) -> {
            ResultSet row = rows.get();
            for (long number = 1; row.next(); number++) {
                consumer.accept(task(row));
                if (number % FETCHED_AT_ONCE == 0) {
                    reading.reached(Reading.Part.TASKS, row.getObject(1, UUID.class));
                }
            }
            return true;
        });
    }

    private static ReportedTask task(ResultSet row) throws SQLException {
        return new ReportedTask(
                row.getString(2),
                row.getString(3),
                row.getObject(4, OffsetDateTime.class).toInstant(),
                instant(row.getObject(5, OffsetDateTime.class)),
                instant(row.getObject(6, OffsetDateTime.class)),
                row.getBoolean(7),
                row.getBoolean(8),
                row.getString(9),
                row.getString(10),
                row.getObject(11, Long.class));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
