package io.pawline.ops.audit;

import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps who did what to dead letters and to running processes, and why. Rows are only added, in the transaction of the
 * action itself.
 * Thread-safe.
 */
public final class Audit {

    /** The query counts what has become of a replay's dead letters by now, unless it is known for good. */
    private static final String WITH_OUTCOME = """
            select chosen.*, case when action = 'replay' then
                (select jsonb_object_agg(what, letters) from (
                    select coalesce(outcome, case state when 'published' then 'under_way' else state end) as what,
                        sum(letters) as letters
                    from (
                        select * from jsonb_to_recordset(tally) as told (state text, outcome text, letters bigint)
                        union all
                        select state, outcome, count(*) from replay_letter
                        where tally is null and replay_letter.replay_id = chosen.replay_id group by state, outcome
                    ) each group by 1) counted) end as outcome
            from (%s) chosen
                left join (select id as of_replay, tally from replay) replay on of_replay = chosen.replay_id
            """;

    private static final String NEWEST =
            WITH_OUTCOME.formatted("select * from audit order by id desc limit :limit") + "order by id desc";

    private static final String REPLAYS = WITH_OUTCOME.formatted("""
            select * from audit where action = 'replay' and at >= :from and at < :to order by at, id limit :limit
            """) + "order by at, id";

    private final TaskDatabase database;

    public Audit(TaskDatabase database) {
        this.database = database;
    }

    /**
     * An action as it was noted.
     *
     * @param filter which dead letters were asked for, JSON; null: one dead letter, or those of a replay
     * @param deadLetters how many it met
     * @param patch by which their payloads were changed, JSON; null: they were not
     */
    public record Entry(
            Instant at,
            String who,
            String action,
            String why,
            @Nullable String filter,
            int deadLetters,
            @Nullable UUID replay,
            @Nullable Long deadLetter,
            @Nullable String patch) {

        /** An action that patches nothing. */
        public Entry(
                Instant at,
                String who,
                String action,
                String why,
                @Nullable String filter,
                int deadLetters,
                @Nullable UUID replay,
                @Nullable Long deadLetter) {
            this(at, who, action, why, filter, deadLetters, replay, deadLetter, null);
        }
    }

    /** Adds an action, in the transaction of this handle. */
    public static void note(Handle handle, Entry entry) {
        handle.createUpdate("""
                        insert into audit (at, who, action, why, filter, letters, replay_id, letter_id, patch)
                        values (:at, :who, :action, :why, cast(:filter as jsonb), :letters, :replay, :letter,
                            cast(:patch as jsonb))
                        """)
                .bind("at", entry.at().atOffset(ZoneOffset.UTC))
                .bind("who", entry.who())
                .bind("action", entry.action())
                .bind("why", entry.why())
                .bind("filter", entry.filter())
                .bind("letters", entry.deadLetters())
                .bind("replay", entry.replay())
                .bind("letter", entry.deadLetter())
                .bind("patch", entry.patch())
                .execute();
    }

    /**
     * A live control as it was noted.
     *
     * @param subject what it is about, as the key of its record names it: {@code stage:…}, {@code limit:…}, {@code
     *     provider:…}, {@code off:…} or {@code task:…}; {@code canary:…} for a verdict and {@code release:…} for a
     *     deployment, which are no controls
     * @param limit calls in flight of each process; null: it sets none
     * @param until when it ends by itself; null: it does not
     */
    public record ControlEntry(
            Instant at,
            String who,
            String action,
            String why,
            String subject,
            @Nullable Integer limit,
            @Nullable Instant until) {}

    /** Adds a live control, in the transaction of this handle. */
    public static void note(Handle handle, ControlEntry entry) {
        handle.createUpdate("""
                        insert into audit (at, who, action, why, letters, subject, control_limit, control_until)
                        values (:at, :who, :action, :why, 0, :subject, :limit, :until)
                        """)
                .bind("at", entry.at().atOffset(ZoneOffset.UTC))
                .bind("who", entry.who())
                .bind("action", entry.action())
                .bind("why", entry.why())
                .bind("subject", entry.subject())
                .bind("limit", entry.limit())
                .bind("until", entry.until() == null ? null : entry.until().atOffset(ZoneOffset.UTC))
                .execute();
    }

    /**
     * Adds a deployment, in the transaction of this handle, unless it is the one that was noted last.
     *
     * @param what the version and its settings
     * @return whether it is another one
     */
    public static boolean noteDeployment(Handle handle, String what, Instant at) {
        return handle.createUpdate("""
                        insert into audit (at, who, action, why, letters, subject)
                        select :at, 'chart', 'deploy', :what, 0, :subject
                        where :what is distinct from
                            (select why from audit where subject = :subject order by id desc limit 1)
                        """)
                        .bind("at", at.atOffset(ZoneOffset.UTC))
                        .bind("what", what)
                        .bind("subject", "release:pawline")
                        .execute()
                > 0;
    }

    /** Finds the newest live control of each subject that is no task, sorted by subject. */
    public List<ControlEntry> lastControls() {
        return database.with(handle ->
                handle.createQuery("""
                        select distinct on (subject) * from audit
                        where subject is not null and subject not like all ('{task:%,canary:%,release:%}')
                        order by subject, id desc
                        """).map((row, _) -> controlEntry(row)).list());
    }

    /**
     * Finds the live controls and deployments of a period that are about no single task, oldest first, on the connection
     * of this handle.
     *
     * @param limit at most so many: the oldest
     */
    public static List<ControlEntry> controls(Handle handle, Instant from, Instant to, int limit) {
        return handle.createQuery("""
                        select * from audit where subject is not null and subject not like 'task:%' and at >= :from and at < :to
                        order by at, id limit :limit
                        """)
                .bind("from", from.atOffset(ZoneOffset.UTC))
                .bind("to", to.atOffset(ZoneOffset.UTC))
                .bind("limit", limit)
                .map((row, _) -> controlEntry(row))
                .list();
    }

    /**
     * An action and what has come of it.
     *
     * @param control the live control; null: the action met dead letters
     * @param outcome of a replay: how many dead letters by what became of each, JSON; null: of no replay
     */
    public record Audited(
            Entry entry,
            @Nullable ControlEntry control,
            @Nullable String outcome) {}

    /** Finds the newest actions, newest first. */
    public List<Audited> newest(int limit) {
        return database.with(handle -> handle.createQuery(NEWEST)
                .bind("limit", limit)
                .map((row, _) -> audited(row))
                .list());
    }

    /**
     * Finds the replays that were ordered in a period, oldest first, on the connection of this handle.
     *
     * @param limit at most so many: the oldest
     */
    public static List<Audited> replays(Handle handle, Instant from, Instant to, int limit) {
        return handle.createQuery(REPLAYS)
                .bind("from", from.atOffset(ZoneOffset.UTC))
                .bind("to", to.atOffset(ZoneOffset.UTC))
                .bind("limit", limit)
                .map((row, _) -> audited(row))
                .list();
    }

    private static Audited audited(ResultSet row) throws SQLException {
        return new Audited(
                entry(row), row.getString("subject") == null ? null : controlEntry(row), row.getString("outcome"));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("who"),
                row.getString("action"),
                row.getString("why"),
                row.getString("filter"),
                row.getInt("letters"),
                row.getObject("replay_id", UUID.class),
                row.getObject("letter_id", Long.class),
                row.getString("patch"));
    }

    private static ControlEntry controlEntry(ResultSet row) throws SQLException {
        OffsetDateTime until = row.getObject("control_until", OffsetDateTime.class);
        return new ControlEntry(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("who"),
                row.getString("action"),
                row.getString("why"),
                row.getString("subject"),
                row.getObject("control_limit", Integer.class),
                until == null ? null : until.toInstant());
    }
}
