package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import io.pawline.schemas.budget.BudgetAccount;
import io.pawline.schemas.budget.BudgetAnswer;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.taskstore.BudgetRules.Decision;
import io.pawline.taskstore.BudgetRules.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Keeps who may spend how much of whose money: the tables {@code budget_…}. Each change of an account is made while its
 * row is locked, so several processes may answer at once. All sums are in millionths. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class BudgetStore {

    private static final String SEEN = """
            insert into budget_life as known (life, instance, number) values (:life, :instance, :number)
            on conflict (life) do update set number = greatest(known.number, excluded.number) where not known.closed
            returning life
            """;

    /** In one order, so that no two answers wait for each other. */
    private static final String LOCK = """
            insert into budget_account (account) select unnest(:accounts) order by 1
            on conflict (account) do update set used_at = now()
            """;

    private static final String GRANTED = """
            select account, sum(granted) as granted, sum(spent) as spent from budget_lease
            where account = any(:accounts) group by account
            """;

    private static final String OWN = """
            select account, lease, version, granted, spent from budget_lease
            where life = :life and account = any(:accounts)
            """;

    private static final String KEEP = """
            insert into budget_lease (account, life, lease, version, granted, spent)
            values (:account, :life, :lease, :version, :granted, :spent)
            on conflict (account, life, lease) do update
            set version = excluded.version, granted = excluded.granted, spent = excluded.spent
            """;

    private static final String NOTE_SHORT = "update budget_account set short_by = :short where account = :account";

    private static final String STATE = """
            select coalesce(sum(granted), 0) as granted, coalesce(sum(spent), 0) as spent,
                coalesce((select short_by from budget_account where account = :account), 0) as short_by
            from budget_lease where account = :account
            """;

    private static final String UNSETTLED =
            "select life, number, closed from budget_life where not settled order by life";

    private static final String CLOSE =
            "update budget_life set closed = true where life = :life and number = :number returning life";

    private static final String LEASES_OF_LIFE = """
            select account, lease, version, granted, spent from budget_lease where life = :life
            order by account, lease for update
            """;

    private static final String SETTLED = "update budget_life set settled = true where life = :life";

    private static final String FORGET_LEASES = """
            delete from budget_lease using budget_account
            where budget_lease.account = budget_account.account and used_at < :before
            """;

    private static final String FORGET_ACCOUNTS = "delete from budget_account where used_at < :before";

    private static final String FORGET_LIVES = """
            delete from budget_life where settled and began_at < :before
                and not exists (select from budget_lease where budget_lease.life = budget_life.life)
            """;

    private final TaskDatabase database;

    public BudgetStore(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Says how much there is to be spent.
     *
     * @param perDay most that a tenant spends in a day; 0: there is no limit
     * @param perTask most that a task of a tenant costs; 0: there is no limit
     */
    public record Limits(ToLongFunction<String> perDay, ToLongFunction<String> perTask) {

        /** Far more than anybody has, and half of what a long can hold. */
        private static final long ANY = Long.MAX_VALUE / 2;

        long of(BudgetAccount account) {
            long limit = (account.task().isPresent() ? perTask : perDay).applyAsLong(account.tenant());
            return limit == 0 ? ANY : limit;
        }
    }

    /**
     * Says what has become of the money of a tenant and day.
     *
     * @param granted what processes may spend, and have spent
     * @param spent of that, as far as it is known; some seconds old
     * @param shortBy price of a call for which nothing was left when it was last asked for; 0: there was enough
     */
    public record DayState(long granted, long spent, long shortBy) {

        /** Says whether there is not enough left for another call. */
        public boolean exhausted(long limit) {
            return shortBy > 0 && limit - granted < shortBy;
        }
    }

    /** Says how far a start of a process is whose money is not settled yet. */
    public record Life(String life, long number, boolean closed) {}

    /** Holds the sums of all leases of an account. */
    private record Sums(long granted, long spent) {
        private static final Sums NONE = new Sums(0, 0);

        Sums without(Lease lease) {
            return new Sums(granted - lease.granted(), spent - lease.spent());
        }

        Sums with(Lease lease) {
            return new Sums(granted + lease.granted(), spent + lease.spent());
        }
    }

    /** Holds one row of a lease. */
    private record Row(String account, long lease, Lease what) {}

    /**
     * Answers an ask.
     *
     * @param today the day that it is
     * @param left until it ends
     */
    public BudgetAnswer answer(BudgetAsk ask, Limits limits, LocalDate today, Duration left) {
        return database.inTransaction(handle -> {
            boolean known = handle.createQuery(SEEN)
                    .bind("life", ask.life())
                    .bind("instance", ask.instance())
                    .bind("number", ask.number())
                    .mapTo(String.class)
                    .findOne()
                    .isPresent();
            return known
                    ? new BudgetAnswer(ask.life(), ask.number(), false, grants(handle, ask, limits, today, left))
                    : new BudgetAnswer(ask.life(), ask.number(), true, List.of());
        });
    }

    private static List<BudgetAnswer.Grant> grants(
            Handle handle, BudgetAsk ask, Limits limits, LocalDate today, Duration left) {
        TreeSet<String> names = new TreeSet<>();
        ask.needs().forEach(need -> names.add(name(need, today)));
        List<String> accounts = List.copyOf(names);
        handle.createUpdate(LOCK).bindArray("accounts", String.class, accounts).execute();
        Map<String, Sums> sums = sums(handle, accounts);
        Map<String, Map<Long, Lease>> own = new HashMap<>();
        rows(handle, OWN, ask.life(), accounts)
                .forEach(row ->
                        own.computeIfAbsent(row.account(), _ -> new HashMap<>()).put(row.lease(), row.what()));
        List<BudgetAnswer.Grant> grants = new ArrayList<>();
        List<Row> changed = new ArrayList<>();
        Map<String, Long> shortBy = new HashMap<>();
        for (BudgetAsk.Need need : ask.needs()) {
            String account = name(need, today);
            Lease known = own.getOrDefault(account, Map.of()).getOrDefault(need.lease(), Lease.NONE);
            Sums others = sums.getOrDefault(account, Sums.NONE).without(known);
            boolean over = need.day().filter(day -> day.isBefore(today)).isPresent();
            Decision decision = BudgetRules.decide(
                    known, over ? without(need) : need, others.granted(), others.spent(), limits.of(need.account()));
            Lease lease = decision.lease();
            sums.put(account, others.with(lease));
            if (!lease.equals(known)) {
                changed.add(new Row(account, need.lease(), lease));
            }
            if (need.wanted() > 0 && !over) {
                shortBy.put(account, decision.exhausted() ? need.call() : 0);
            }
            grants.add(new BudgetAnswer.Grant(
                    need.account(),
                    need.account().task().isPresent()
                            ? Optional.empty()
                            : Optional.of(need.day().orElse(today)),
                    need.lease(),
                    lease.version(),
                    lease.granted(),
                    decision.exhausted(),
                    over,
                    left));
        }
        keep(handle, ask.life(), changed);
        shortBy.forEach((account, price) -> handle.createUpdate(NOTE_SHORT)
                .bind("account", account)
                .bind("short", price)
                .execute());
        return grants;
    }

    /** Nobody gets more of a day that is over. */
    private static BudgetAsk.Need without(BudgetAsk.Need need) {
        return new BudgetAsk.Need(
                need.account(), need.day(), need.lease(), need.version(), need.ceiling(), need.spent(), 0, need.call());
    }

    private static Map<String, Sums> sums(Handle handle, List<String> accounts) {
        Map<String, Sums> sums = new HashMap<>();
        handle.createQuery(GRANTED)
                .bindArray("accounts", String.class, accounts)
                .map((row, _) ->
                        Map.entry(row.getString("account"), new Sums(row.getLong("granted"), row.getLong("spent"))))
                .forEach(each -> sums.put(each.getKey(), each.getValue()));
        return sums;
    }

    private static List<Row> rows(Handle handle, String query, String life, Collection<String> accounts) {
        return handle.createQuery(query)
                .bind("life", life)
                .bindArray("accounts", String.class, List.copyOf(accounts))
                .map((row, _) -> new Row(
                        row.getString("account"),
                        row.getLong("lease"),
                        new Lease(row.getLong("version"), row.getLong("granted"), row.getLong("spent"))))
                .list();
    }

    private static void keep(Handle handle, String life, List<Row> changed) {
        if (changed.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(KEEP);
        for (Row row : changed) {
            batch.bind("account", row.account())
                    .bind("life", life)
                    .bind("lease", row.lease())
                    .bind("version", row.what().version())
                    .bind("granted", row.what().granted())
                    .bind("spent", row.what().spent())
                    .add();
        }
        batch.execute();
    }

    /** Returns what has become of the money of a tenant and day. */
    public DayState ofDay(String tenant, LocalDate day) {
        return database.with(handle -> handle.createQuery(STATE)
                .bind("account", ofDay(day, tenant))
                .map((row, _) -> new DayState(row.getLong("granted"), row.getLong("spent"), row.getLong("short_by")))
                .one());
    }

    /** Returns the starts of processes whose money is not settled, those that live among them. */
    public List<Life> unsettled() {
        return database.with(handle -> handle.createQuery(UNSETTLED)
                .map((row, _) -> new Life(row.getString("life"), row.getLong("number"), row.getBoolean("closed")))
                .list());
    }

    /**
     * Closes a life: it gets nothing any more.
     *
     * @param number of its newest ask, as far as the caller knows
     * @return whether it is closed; otherwise it has asked since
     */
    public boolean close(String life, long number) {
        return database.with(handle -> handle.createQuery(CLOSE)
                .bind("life", life)
                .bind("number", number)
                .mapTo(String.class)
                .findOne()
                .isPresent());
    }

    /**
     * Gives back what a closed life did not spend.
     *
     * @param spent what its calls cost, by {@linkplain #ofDay(LocalDate, String) name} of the account
     */
    public void settle(String life, Map<String, Long> spent) {
        database.inTransaction(handle -> {
            Map<String, Long> left = new HashMap<>(spent);
            List<Row> settled = new ArrayList<>();
            for (Row row : rowsOfLife(handle, life)) {
                Lease lease = BudgetRules.settled(row.what(), left.getOrDefault(row.account(), 0L));
                left.merge(row.account(), -lease.spent(), Long::sum);
                settled.add(new Row(row.account(), row.lease(), lease));
            }
            keep(handle, life, settled);
            return handle.createUpdate(SETTLED).bind("life", life).execute();
        });
    }

    private static List<Row> rowsOfLife(Handle handle, String life) {
        return handle.createQuery(LEASES_OF_LIFE)
                .bind("life", life)
                .map((row, _) -> new Row(
                        row.getString("account"),
                        row.getLong("lease"),
                        new Lease(row.getLong("version"), row.getLong("granted"), row.getLong("spent"))))
                .list();
    }

    /** Forgets accounts that nobody has asked for since this moment. */
    public void forget(Instant before) {
        database.inTransaction(handle -> handle.createUpdate(FORGET_LEASES)
                        .bind("before", timestamp(before))
                        .execute()
                + handle.createUpdate(FORGET_ACCOUNTS)
                        .bind("before", timestamp(before))
                        .execute()
                + handle.createUpdate(FORGET_LIVES)
                        .bind("before", timestamp(before))
                        .execute());
    }

    private static String name(BudgetAsk.Need need, LocalDate today) {
        return need.account()
                .task()
                .map(BudgetStore::ofTask)
                .orElseGet(() -> ofDay(need.day().orElse(today), need.account().tenant()));
    }

    /** Names the account of a tenant and day. */
    public static String ofDay(LocalDate day, String tenant) {
        return "day:%s:%s".formatted(day, tenant);
    }

    /** Names the account of a task. */
    public static String ofTask(TaskId task) {
        return "task:" + task;
    }
}
