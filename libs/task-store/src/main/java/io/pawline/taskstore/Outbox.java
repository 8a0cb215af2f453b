package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Relays the accepted tasks that are not in Kafka yet, as a transactional outbox (<a
 * href="https://microservices.io/patterns/data/transactional-outbox.html">Richardson</a>). Several processes may relay
 * at once; each takes rows that no other has. Thread-safe.
 */
public final class Outbox {

    private static final String NEXT = """
            select * from task where relayed_at is null order by id limit :limit for update skip locked
            """;

    // Reads one row of each tenant, then as many of each as are asked for: never all that wait. The order is that of
    // the
    // index, so that the planner takes it whatever it believes about the rows.
    private static final String LOAD = """
            with recursive waiting (tenant) as (
                (select tenant from task where relayed_at is null and state = 'accepted'
                    order by tenant, priority, submitted_at, id limit 1)
                union all
                select (select tenant from task where relayed_at is null and state = 'accepted'
                        and tenant > waiting.tenant order by tenant, priority, submitted_at, id limit 1)
                from waiting where waiting.tenant is not null),
            counted as (
                select tenant,
                    (select count(*) from (select from task where relayed_at is null and state = 'accepted'
                        and task.tenant = waiting.tenant and priority = 'interactive'
                        order by submitted_at, id limit :most) as them) as interactive,
                    (select count(*) from (select from task where relayed_at is null and state = 'accepted'
                        and task.tenant = waiting.tenant and priority = 'bulk'
                        order by submitted_at, id limit :most) as them) as bulk
                from waiting where tenant is not null),
            released as (
                select tenant, count(*) as released from task
                where state = 'accepted' and relayed_at < 'infinity' group by tenant)
            select tenant, coalesce(released, 0) as released, coalesce(interactive, 0) as interactive,
                coalesce(bulk, 0) as bulk
            from counted full join released using (tenant) order by tenant
            """;

    // One process at a time, so that two do not release the same share twice.
    private static final String LOCK = "select pg_try_advisory_xact_lock(hashtextextended('pawline.outbox', 0))";

    private static final String ENDED = """
            select * from task where relayed_at is null and state <> 'accepted'
            order by id limit :limit for update skip locked
            """;

    private static final String CHOSEN = """
            select task.* from unnest(cast(:tenants as text[]), cast(:priorities as text[]), cast(:counts as int[]))
                as chosen (tenant, priority, count)
            cross join lateral (
                select * from task where relayed_at is null and state = 'accepted'
                    and task.tenant = chosen.tenant and task.priority = chosen.priority
                order by submitted_at, id limit chosen.count for update skip locked) as task
            """;

    private static final String EXPIRE = """
            update task set state = 'expired', ended_at = :at, reason = :reason, detail = :detail
            where state = 'accepted' and id = any(array(
                select id from task where state = 'accepted' and deadline < :at and relayed_at is null
                order by deadline limit :limit for update skip locked))
            """;

    private static final String RELAYED = "update task set relayed_at = :at where id = any(:ids)";

    private final TaskDatabase database;
    private final Clock clock;

    public Outbox(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Sends tasks on. */
    @FunctionalInterface
    public interface Receiver {

        /**
         * Sends these tasks on, in this order, and waits until it is known which of them arrived.
         *
         * @return the tasks that have surely arrived; the others come again
         */
        Handover take(List<Task> tasks) throws InterruptedException;
    }

    /**
     * What became of the tasks of one round.
     *
     * @param arrived the tasks that have surely arrived
     * @param obstacle what prevented the others; null if nothing did
     */
    public record Handover(List<TaskId> arrived, @Nullable Throwable obstacle) {
        public Handover {
            arrived = List.copyOf(arrived);
        }
    }

    /**
     * Sends on the oldest tasks of the outbox, and notes those that arrived, in one transaction. After a crash in
     * between, they are sent again: each arrives at least once.
     *
     * @throws DatabaseUnavailableException when the database is lost
     */
    public Relayed relay(int limit, Receiver receiver) throws InterruptedException {
        return database.inTransaction(handle -> {
            List<Task> tasks = handle.createQuery(NEXT)
                    .bind("limit", limit)
                    .map(new TaskRow())
                    .list();
            Handover handover = tasks.isEmpty() ? new Handover(List.of(), null) : receiver.take(tasks);
            markRelayed(handle, handover.arrived());
            return new Relayed(tasks.size(), handover.arrived().size(), handover.obstacle());
        });
    }

    /**
     * Says how many tasks of a tenant there are.
     *
     * @param released tasks that the stages have
     * @param interactive interactive tasks in the outbox, as far as they were counted
     * @param bulk bulk tasks in the outbox, as far as they were counted
     */
    public record TenantLoad(String tenant, int released, int interactive, int bulk) {
        public TenantLoad {
            Objects.requireNonNull(tenant, "tenant");
        }

        /** The tasks in the outbox, as far as they were counted. */
        public int waiting() {
            return interactive + bulk;
        }
    }

    /** Says how many tasks of a tenant and a priority are sent on. */
    public record Portion(OpenTasks.Queue queue, int count) {
        public Portion {
            Objects.requireNonNull(queue, "queue");
        }
    }

    /** Chooses what is sent on, from the load of the tenants. */
    @FunctionalInterface
    public interface Choice {
        List<Portion> of(List<TenantLoad> load);

        /** Puts the tasks in the order in which they are sent. */
        default List<Task> ordered(List<Task> tasks) {
            return tasks;
        }
    }

    /**
     * Counts the tasks of each tenant that has any.
     *
     * @param most tasks of a tenant and a priority in the outbox that are counted, 1 or more
     * @throws DatabaseUnavailableException when the database is lost
     */
    public List<TenantLoad> load(int most) {
        return database.with(handle -> load(handle, most));
    }

    private static List<TenantLoad> load(Handle handle, int most) {
        return handle.createQuery(LOAD)
                .bind("most", most)
                .map((row, _) -> new TenantLoad(
                        row.getString("tenant"), row.getInt("released"), row.getInt("interactive"), row.getInt("bulk")))
                .list();
    }

    /**
     * Sends on tasks of several tenants as chosen, and the final states of tasks that ended in the outbox, as
     * {@link #relay} does. One process does so at a time; in another one nothing is taken meanwhile.
     *
     * @param limit most final states, and most tasks of a tenant and a priority that are counted for the choice
     * @throws DatabaseUnavailableException when the database is lost
     */
    public Relayed relayChosen(int limit, Choice choice, Receiver receiver) throws InterruptedException {
        return database.inTransaction(handle -> {
            if (!handle.createQuery(LOCK).mapTo(Boolean.class).one()) {
                return new Relayed(0, 0, null);
            }
            HistoryPlans.useOrderOfIndex(handle);
            List<Task> tasks = new ArrayList<>(handle.createQuery(ENDED)
                    .bind("limit", limit)
                    .map(new TaskRow())
                    .list());
            List<Portion> portions = choice.of(load(handle, limit));
            if (!portions.isEmpty()) {
                tasks.addAll(choice.ordered(chosen(handle, portions)));
            }
            Handover handover = tasks.isEmpty() ? new Handover(List.of(), null) : receiver.take(tasks);
            markRelayed(handle, handover.arrived());
            return new Relayed(tasks.size(), handover.arrived().size(), handover.obstacle());
        });
    }

    private static List<Task> chosen(Handle handle, List<Portion> portions) {
        return handle.createQuery(CHOSEN)
                .bindArray(
                        "tenants",
                        String.class,
                        portions.stream()
                                .map(portion -> portion.queue().tenant())
                                .toList())
                .bindArray(
                        "priorities",
                        String.class,
                        portions.stream()
                                .map(portion -> portion.queue().priority().code())
                                .toList())
                .bindArray(
                        "counts",
                        Integer.class,
                        portions.stream().map(Portion::count).toList())
                .map(new TaskRow())
                .list();
    }

    /**
     * Ends the tasks in the outbox whose deadline has passed. Their final states are sent on as {@link #relay} does.
     *
     * @param limit most tasks, 1 or more
     * @return how many
     * @throws DatabaseUnavailableException when the database is lost
     */
    public int expire(int limit) {
        return database.inTransaction(handle -> {
            HistoryPlans.useOrderOfIndex(handle);
            return handle.createUpdate(EXPIRE)
                    .bind("at", timestamp(clock.instant()))
                    .bind("reason", Reason.DEADLINE_PASSED.code())
                    .bind("detail", "the deadline passed before the task had its turn")
                    .bind("limit", limit)
                    .execute();
        });
    }

    private void markRelayed(Handle handle, List<TaskId> arrived) {
        if (!arrived.isEmpty()) {
            handle.createUpdate(RELAYED)
                    .bind("at", timestamp(clock.instant()))
                    .bindArray(
                            "ids",
                            UUID.class,
                            arrived.stream().map(TaskId::value).toList())
                    .execute();
        }
    }

    /**
     * The result of one round.
     *
     * @param taken tasks sent on
     * @param arrived those of them that arrived
     * @param obstacle what prevented the others; null if nothing did
     */
    public record Relayed(int taken, int arrived, @Nullable Throwable obstacle) {

        /** Whether some did not arrive. */
        public boolean fellShort() {
            return arrived < taken;
        }
    }
}
