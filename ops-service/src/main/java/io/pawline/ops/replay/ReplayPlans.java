package io.pawline.ops.replay;

import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.http.Parameters;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Keeps snapshots of what replays are to send. A plan that nobody named is deleted after a day. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class ReplayPlans {

    /** Most dead letters in a plan: their ids are one value of the database. */
    static final int MOST_DEAD_LETTERS = 1_000_000;

    /** Most tasks in a plan. */
    static final int MOST_TASKS = 50_000;

    /** Plans without a name are kept so long, and no more than so many. */
    private static final Duration KEPT = Duration.ofDays(1);

    private static final int MOST_UNNAMED = 50;

    private static final String SHOWN =
            "id, name, filter, restarts, tasks is not null as of_tasks, members, not_open, made_by, created_at";

    private static final String OF_DEAD_LETTERS = """
            insert into replay_plan (id, name, filter, restarts, letters, members, not_open, made_by, created_at)
            select :id, :name, cast(:filter as jsonb), :restarts,
                coalesce(array_agg(id order by failed_at, id) filter (where state = 'open'), '{}'),
                count(*) filter (where state = 'open'), count(*) filter (where state <> 'open'), :who, :now
            from dead_letter where <where>
            returning %s
            """.formatted(SHOWN);

    private static final String OF_TASKS = """
            insert into replay_plan (id, name, filter, restarts, tasks, members, not_open, made_by, created_at)
            select :id, :name, cast(:filter as jsonb), true, coalesce(array_agg(id order by id), '{}'), count(*), 0,
                :who, :now
            from (select id from task where <where> and erased_at is null limit :most) chosen
            returning %s
            """.formatted(SHOWN);

    private static final String DELETE_UNNAMED = """
            delete from replay_plan where name is null and (created_at < :before or id in (
                select id from replay_plan where name is null order by created_at desc offset :most))
            """;

    private static final String LIST = "select " + SHOWN + " from replay_plan";

    private final TaskDatabase database;
    private final Clock clock;

    ReplayPlans(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A snapshot, without its members.
     *
     * @param filter as it was asked for, JSON
     * @param restarts whether a replay begins with the photo, and not at the stage that gave up
     * @param ofTasks whether its members are tasks and not dead letters
     * @param members how many dead letters or tasks a replay takes
     * @param notOpen dead letters that the filter left and that were not open
     */
    record Plan(
            UUID id,
            @Nullable String name,
            String filter,
            boolean restarts,
            boolean ofTasks,
            int members,
            int notOpen,
            String madeBy,
            Instant createdAt) {}

    /**
     * Takes a snapshot of the open dead letters that a filter leaves.
     *
     * @param asked the filter as it was asked for, JSON
     * @throws io.pawline.web.ProblemException if there are too many
     */
    Plan ofDeadLetters(DeadLetterFilter filter, String asked, boolean restarts, @Nullable String name, String who) {
        DeadLetterFilter.Condition where = filter.condition();
        return make(
                MOST_DEAD_LETTERS,
                handle -> where.bindTo(bound(handle, OF_DEAD_LETTERS, asked, name, who))
                        .bind("restarts", restarts)
                        .map((row, _) -> plan(row))
                        .one());
    }

    /**
     * Takes a snapshot of tasks that have ended without success.
     *
     * @param asked the selection as it was asked for, JSON
     * @throws io.pawline.web.ProblemException if there are too many
     */
    Plan ofTasks(ReplayedTasks tasks, String asked, @Nullable String name, String who) {
        DeadLetterFilter.Condition where = tasks.condition();
        return make(
                MOST_TASKS,
                handle -> where.bindTo(bound(handle, OF_TASKS, asked, name, who))
                        .bind("most", MOST_TASKS + 1)
                        .map((row, _) -> plan(row))
                        .one());
    }

    private Query bound(Handle handle, String sql, String asked, @Nullable String name, String who) {
        return handle.createQuery(sql)
                .bind("id", UUID.randomUUID())
                .bind("now", clock.instant().atOffset(ZoneOffset.UTC))
                .bind("name", name)
                .bind("filter", asked)
                .bind("who", who);
    }

    private Plan make(int most, Function<Handle, Plan> maker) {
        return database.inTransaction(handle -> {
            HistoryPlans.use(handle);
            Plan plan = maker.apply(handle);
            if (plan.members() > most) {
                throw Parameters.invalid(
                        "more than %,d are meant, which no replay takes at once: narrow it down".formatted(most));
            }
            handle.createUpdate(DELETE_UNNAMED)
                    .bind("before", clock.instant().minus(KEPT).atOffset(ZoneOffset.UTC))
                    .bind("most", MOST_UNNAMED)
                    .execute();
            return plan;
        });
    }

    /** Gives a plan, which is there, a name. */
    Plan keep(UUID id, String name) {
        return database.inTransaction(
                handle -> handle.createQuery("update replay_plan set name = :name where id = :id returning " + SHOWN)
                        .bind("name", name)
                        .bind("id", id)
                        .map((row, _) -> plan(row))
                        .one());
    }

    /** Finds the plan of this id, if it is still kept. */
    Optional<Plan> find(UUID id) {
        return database.with(handle -> handle.createQuery(LIST + " where id = :id")
                .bind("id", id)
                .map((row, _) -> plan(row))
                .findOne());
    }

    /** Finds the newest plans that have a name, newest first. */
    List<Plan> named(int limit) {
        return database.with(
                handle -> handle.createQuery(LIST + " where name is not null order by created_at desc limit :limit")
                        .bind("limit", limit)
                        .map((row, _) -> plan(row))
                        .list());
    }

    private static Plan plan(ResultSet row) throws SQLException {
        return new Plan(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getString("filter"),
                row.getBoolean("restarts"),
                row.getBoolean("of_tasks"),
                row.getInt("members"),
                row.getInt("not_open"),
                row.getString("made_by"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
