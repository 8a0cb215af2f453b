package io.pawline.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Reads the tasks and the calls of a day from the database: of those tasks only that were submitted since its start.
 */
final class IncidentQueries implements AutoCloseable {

    private static final String CALLS =
            " from call_attempt c join task t on t.id = c.task_id where t.submitted_at >= ?";

    /** Counts the tasks by their state. */
    record Standing(int tasks, int open, int succeeded, int undelivered) {}

    /**
     * Counts the tasks that were submitted in some time.
     *
     * @param timeOfNineteenInTwenty 95th percentile of the time to their final states
     */
    record Submitted(int tasks, int expired, Duration timeOfNineteenInTwenty) {}

    private final Connection database;
    private final OffsetDateTime since;

    private IncidentQueries(Connection database, Instant since) {
        this.database = database;
        this.since = since.atOffset(ZoneOffset.UTC);
    }

    /**
     * Opens the database of a local stack.
     *
     * @param settings of the stack
     */
    static IncidentQueries open(Path settings, Instant since) throws IOException, SQLException {
        Properties stack = new Properties();
        try (Reader file = Files.newBufferedReader(settings)) {
            stack.load(file);
        }
        return new IncidentQueries(
                DriverManager.getConnection(
                        stack.getProperty("pawline.database.url"),
                        stack.getProperty("pawline.database.username"),
                        stack.getProperty("pawline.database.password")),
                since);
    }

    Standing standing() throws SQLException {
        try (PreparedStatement query = database.prepareStatement("""
                select count(*), count(*) filter (where state = 'accepted'), count(*) filter (where state = 'success'),
                       count(*) filter (where state <> 'accepted' and delivered_at is null)
                from task where submitted_at >= ?""")) {
            query.setObject(1, since);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new Standing(row.getInt(1), row.getInt(2), row.getInt(3), row.getInt(4));
            }
        }
    }

    /**
     * The number of calls that the ledger knows, plus the number of ends that it knows; it grows as long as either
     * does.
     */
    long callsKnown() throws SQLException {
        return count("select count(*) + count(c.ended_at)" + CALLS);
    }

    /** Calls by tasks and stages that made one. */
    double amplification() throws SQLException {
        long calls = count("select count(*)" + CALLS);
        long needed = count("select count(distinct (c.task_id, c.stage))" + CALLS);
        return needed == 0 ? 0 : (double) calls / needed;
    }

    long failedCalls() throws SQLException {
        return count("select count(*)" + CALLS + " and c.outcome = 'failed'");
    }

    long unclassifiedCalls() throws SQLException {
        return count("select count(*)" + CALLS + " and c.outcome = 'failed' and coalesce(c.reason, 'unclassified')"
                + " = 'unclassified'");
    }

    /**
     * Counts the calls that may have been charged for, without the first of each task and stage, where nobody knows of
     * at least one of them whether it was charged for.
     */
    long repeatedAfterUnknown() throws SQLException {
        return count("select coalesce(sum(repeats), 0) from (select count(*) - 1 as repeats" + CALLS
                + " and c.stage <> 'callback' and c.billed <> 'no' group by c.task_id, c.stage"
                + " having count(*) filter (where c.billed = 'unknown') > 0) as repeated");
    }

    /** Counts the calls that surely were charged for, without the first of each task and stage. */
    long repeatedAfterPaid() throws SQLException {
        return count("select coalesce(sum(repeats), 0) from (select count(*) - 1 as repeats" + CALLS
                + " and c.stage <> 'callback' and c.billed = 'yes' group by c.task_id, c.stage) as repeated");
    }

    /** Failed calls by stage and reason, most frequent first. */
    Map<String, Long> failures() throws SQLException {
        return byName("select c.stage || ' ' || coalesce(c.reason, '?'), count(*)" + CALLS
                + " and c.outcome = 'failed' group by 1 order by 2 desc");
    }

    /** Tasks without success, by the stage and reason that ended them. */
    Map<String, Long> finalStates() throws SQLException {
        return byName("select coalesce(ending_stage, '?') || ' ' || coalesce(reason, state), count(*) from task"
                + " where submitted_at >= ? and state <> 'success' group by 1 order by 2 desc");
    }

    /** The time from the given moment until 99 % of the tasks submitted before it were over; empty if they are not. */
    Optional<Duration> drainedAfter(Instant moment) throws SQLException {
        try (PreparedStatement query = database.prepareStatement("""
                select percentile_disc(0.99) within group (order by coalesce(ended_at, 'infinity'))
                from task where submitted_at >= ? and submitted_at < ?""")) {
            query.setObject(1, since);
            query.setObject(2, moment.atOffset(ZoneOffset.UTC));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                OffsetDateTime end = row.getObject(1, OffsetDateTime.class);
                return end == null || end.equals(OffsetDateTime.MAX)
                        ? Optional.empty()
                        : Optional.of(Duration.between(moment, end.toInstant()));
            }
        }
    }

    /** When each task ended; those that are open are left out. */
    Map<String, Instant> ends() throws SQLException {
        Map<String, Instant> ends = new HashMap<>();
        try (PreparedStatement query = database.prepareStatement(
                "select id, ended_at from task where submitted_at >= ? and ended_at is not null")) {
            query.setObject(1, since);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    ends.put(
                            row.getString(1),
                            row.getObject(2, OffsetDateTime.class).toInstant());
                }
            }
        }
        return ends;
    }

    Submitted submitted(Instant from, Instant to) throws SQLException {
        try (PreparedStatement query = database.prepareStatement("""
                select count(*), count(*) filter (where state = 'expired'),
                       coalesce(percentile_disc(0.95) within group (
                           order by extract(epoch from ended_at - submitted_at) * 1000)
                           filter (where ended_at is not null), 0)
                from task where submitted_at >= ? and submitted_at < ?""")) {
            query.setObject(1, from.atOffset(ZoneOffset.UTC));
            query.setObject(2, to.atOffset(ZoneOffset.UTC));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new Submitted(row.getInt(1), row.getInt(2), Duration.ofMillis(row.getLong(3)));
            }
        }
    }

    /** Returns what all calls cost, by tasks that succeeded; 0 if none did. */
    double costPerSuccess() throws SQLException {
        long succeeded = standing().succeeded();
        return succeeded == 0 ? 0 : count("select coalesce(sum(c.cost_micros), 0)" + CALLS) / 1e6 / succeeded;
    }

    private long count(String sql) throws SQLException {
        try (PreparedStatement query = database.prepareStatement(sql)) {
            query.setObject(1, since);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private Map<String, Long> byName(String sql) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        try (PreparedStatement query = database.prepareStatement(sql)) {
            query.setObject(1, since);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    counts.put(row.getString(1), row.getLong(2));
                }
            }
        }
        return counts;
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
