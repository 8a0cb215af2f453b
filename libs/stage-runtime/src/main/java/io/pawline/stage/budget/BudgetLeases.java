package io.pawline.stage.budget;

import io.pawline.schemas.TaskId;
import io.pawline.schemas.budget.BudgetAccount;
import io.pawline.schemas.budget.BudgetAnswer;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.stage.BudgetPolicy;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the money that this process may spend, by tenant and by task, and says what more of it to ask for. It knows
 * nothing of how messages travel. They may get lost, come late, come twice and overtake each other. Thread-safe.
 */
public final class BudgetLeases {

    /*
     * The limit of an account is divided among the processes as money in purses: what is granted to a lease counts as spent
     * for everybody else. So the sum of what is spent never exceeds the limit, whatever becomes of a process (escrow:
     * O'Neil, The Escrow Transactional Method, ACM TODS 1986, https://doi.org/10.1145/7239.7265). A grant is a sum in all,
     * and not a part that is added. So a message that comes twice grants nothing twice.
     *
     * A process gives money back by a lower ceiling. It binds itself first, and says so then. Whoever grants takes that
     * only if the process knew the newest grant. Otherwise a ceiling of before could take a later grant back.
     *
     * What a dead process had counts as spent until its calls have been read from the ledger. For that it must be certain
     * that no call of it begins any more. So a lease holds for a time after the ask that it was last confirmed by, by the
     * clock of the process (Gray and Cheriton, Leases, SOSP 1989). A call begins only if its lease holds after the ledger
     * has acknowledged the call. A life that asks for nothing for three times as long is closed, and gets nothing any more;
     * what the ledger holds from then on is all that it spent.
     *
     * Rejected:
     * - A grant for each call: a message for each call, and none begins while nobody answers. Only the money of a task is
     *   granted so, for nobody but the process that has the task needs it.
     * - A budget for each process: the processes that have nothing to do would keep what others need.
     * - Stages with a database of their own: they work on while PostgreSQL is away, and should.
     */

    /** A lease holds for so long after the ask by which it was last confirmed. */
    public static final Duration HOLDS = Duration.ofSeconds(60);

    /** A process asks so often at least for each lease that it has. */
    private static final long RENEW_NANOS = Duration.ofSeconds(10).toNanos();

    /** A process asks so often at most. */
    private static final long PACE_NANOS = Duration.ofMillis(50).toNanos();

    /** So often at most, it asks for what it did not get. */
    private static final long AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

    /** So often, if others may give some back. */
    private static final long SOON_NANOS = Duration.ofMillis(250).toNanos();

    /** A tenant that has made no call for so long gives back what it has. */
    private static final long IDLE_NANOS = Duration.ofSeconds(5).toNanos();

    /** What was spent in so long is asked for ahead. */
    private static final long AHEAD_NANOS = Duration.ofSeconds(2).toNanos();

    /** Asks that wait for an answer; older ones are of no use. */
    private static final int ASKS_KEPT = 1_000;

    /** Leases of tasks in one ask. */
    private static final int MOST_TASKS = 500;

    private final String instance;
    private final BudgetPolicy policy;
    private final Supplier<String> lives;
    private final LongSupplier nanoTime;
    private final Map<BudgetAccount, Held> held = new HashMap<>();
    private final NavigableMap<Long, Long> asked = new TreeMap<>();
    private String life;
    private long number;
    private long leases;
    private long lastAsk;

    /** Holds what is known of one lease; guarded by the leases. */
    static final class Held {
        private final BudgetAccount account;
        private final long lease;
        private Optional<LocalDate> day = Optional.empty();
        private long version;
        private long granted;
        private long spent;
        private long reserved;
        private long call;
        /** What calls lacked since the last ask. */
        private long lacking;
        /** What was reserved of late. */
        private double recent;

        private long recentAt;
        private long usedAt;
        private long askedAt;
        private boolean confirmed;
        private long confirmedAt;
        private boolean exhausted;
        /** The newest answer gave no money for a call: others have it, and may give it back. */
        private boolean poor;

        private long dayEndsAt;
        /** The ask by which everything was given back; 0: none was. */
        private long closing;

        private boolean closed;

        Held(BudgetAccount account, long lease, long now) {
            this.account = account;
            this.lease = lease;
            this.recentAt = now;
            this.usedAt = now;
            this.askedAt = now - AGAIN_NANOS;
        }

        long free() {
            return granted - spent - reserved;
        }

        boolean holds(long now) {
            return !closed && confirmed && now - confirmedAt < HOLDS.toNanos();
        }

        boolean has(long micros, long now) {
            return holds(now) && free() >= micros;
        }

        boolean ofTask() {
            return account.task().isPresent();
        }

        /** Forgets half of what was reserved in each span of the time ahead. */
        double recent(long now) {
            recent *= Math.pow(0.5, (double) (now - recentAt) / AHEAD_NANOS);
            recentAt = now;
            return recent;
        }
    }

    /**
     * @param lives makes a name that no life of any process has had
     * @param nanoTime like {@link System#nanoTime}
     */
    public BudgetLeases(String instance, BudgetPolicy policy, Supplier<String> lives, LongSupplier nanoTime) {
        this.instance = instance;
        this.policy = policy;
        this.lives = lives;
        this.nanoTime = nanoTime;
        this.life = lives.get();
        this.lastAsk = nanoTime.getAsLong() - PACE_NANOS;
    }

    /** Reserves the money of a call, or asks for it. */
    public synchronized Money reserve(String tenant, TaskId task, long micros) {
        List<Held> needed = new ArrayList<>(2);
        Money missing = look(tenant, task, micros, needed);
        if (missing != null) {
            return missing;
        }
        if (needed.isEmpty()) {
            return new Money.Reserved(Reservation.UNLIMITED);
        }
        long now = nanoTime.getAsLong();
        for (Held each : needed) {
            each.reserved += micros;
            each.recent = each.recent(now) + micros;
        }
        return new Money.Reserved(new Reservation(this, life, needed.getFirst().day, List.copyOf(needed), micros));
    }

    /**
     * Asks for the money of a call to come, and says why there is none if that is known; empty: there may be. So nothing is
     * prepared for a call that cannot be made.
     */
    public synchronized Optional<Money> foresee(String tenant, TaskId task, long micros) {
        Money missing = look(tenant, task, micros, new ArrayList<>(2));
        return missing instanceof Money.Awaited ? Optional.empty() : Optional.ofNullable(missing);
    }

    /**
     * Says what is missing for a call; null: nothing is.
     *
     * @param needed takes the leases that the call needs
     */
    private @Nullable Money look(String tenant, TaskId task, long micros, List<Held> needed) {
        if (micros == 0 || !policy.limits(tenant)) {
            return null;
        }
        long now = nanoTime.getAsLong();
        if (policy.perDay().test(tenant)) {
            needed.add(held(BudgetAccount.ofDay(tenant), now));
        }
        if (policy.perTask().test(tenant)) {
            needed.add(held(BudgetAccount.ofTask(tenant, task), now));
        }
        @Nullable Money missing = null;
        for (Held each : needed) {
            each.usedAt = now;
            each.call = micros;
            each.closing = 0;
            if (!each.has(micros, now)) {
                // A task makes one call at a time, however often it looks
                each.lacking = each.ofTask() ? micros : each.lacking + micros;
                missing = worse(missing, missing(each, now));
            }
        }
        return missing;
    }

    private Held held(BudgetAccount account, long now) {
        return held.computeIfAbsent(account, name -> new Held(name, ++leases, now));
    }

    private static Money missing(Held of, long now) {
        if (!of.exhausted || !of.holds(now)) {
            return new Money.Awaited();
        }
        return of.ofTask()
                ? new Money.TaskSpent()
                : new Money.DaySpent(Duration.ofNanos(Math.max(0, of.dayEndsAt - now)));
    }

    /** A task that has spent its own money need not wait for its tenant's. */
    private static Money worse(@Nullable Money one, Money other) {
        return one == null || one instanceof Money.Awaited || other instanceof Money.TaskSpent ? other : one;
    }

    synchronized boolean covered(List<Held> leased) {
        long now = nanoTime.getAsLong();
        return leased.stream().allMatch(each -> each.holds(now));
    }

    synchronized void settle(List<Held> leased, long reserved, long cost) {
        for (Held each : leased) {
            each.reserved -= reserved;
            each.spent += cost;
        }
    }

    /** Returns the ask that is due now; empty if none is. */
    public synchronized Optional<BudgetAsk> due() {
        long now = nanoTime.getAsLong();
        if (now - lastAsk < PACE_NANOS) {
            return Optional.empty();
        }
        List<Held> needs =
                held.values().stream().filter(each -> isDue(each, now)).toList();
        return needs.isEmpty() ? Optional.empty() : Optional.of(ask(needs, false, now));
    }

    private static boolean isDue(Held of, long now) {
        if (of.lacking > 0) {
            return now - of.askedAt >= (of.exhausted ? AGAIN_NANOS : of.poor ? SOON_NANOS : 0);
        }
        if (now - of.askedAt < AGAIN_NANOS) {
            return false;
        }
        if (now - of.askedAt >= RENEW_NANOS && of.granted + of.reserved > 0) {
            return true;
        }
        boolean idle = of.reserved == 0 && now - of.usedAt >= IDLE_NANOS;
        return idle ? of.free() > 0 || of.ofTask() : !of.ofTask() && of.free() < of.recent(now);
    }

    /** Returns the last ask of a process that stops: it gives back all but what its calls cost. */
    public synchronized Optional<BudgetAsk> leave() {
        return held.isEmpty()
                ? Optional.empty()
                : Optional.of(ask(List.copyOf(held.values()), true, nanoTime.getAsLong()));
    }

    private BudgetAsk ask(Collection<Held> of, boolean leaving, long now) {
        number++;
        asked.put(number, now);
        if (asked.size() > ASKS_KEPT) {
            asked.pollFirstEntry();
        }
        lastAsk = now;
        List<BudgetAsk.Need> needs = new ArrayList<>();
        int tasks = 0;
        for (Held each : of) {
            if (leaving || !each.ofTask() || tasks++ < MOST_TASKS) {
                needs.add(need(each, leaving, now));
            }
        }
        return new BudgetAsk(life, number, instance, needs);
    }

    private BudgetAsk.Need need(Held of, boolean leaving, long now) {
        boolean idle = of.lacking == 0 && of.reserved == 0 && now - of.usedAt >= IDLE_NANOS;
        // Parts that are too small for a call here may be enough for one elsewhere
        boolean parts = of.lacking > 0 && of.free() < of.call;
        if (leaving || idle || parts) {
            of.granted = Math.min(of.granted, of.spent + of.reserved);
        }
        if (idle && of.ofTask()) {
            of.closing = number;
        }
        long ahead = of.ofTask() ? 0 : Math.round(of.recent(now));
        long wanted = leaving || idle ? 0 : Math.max(0, of.lacking + (parts ? 0 : ahead) - of.free());
        of.lacking = 0;
        of.askedAt = now;
        return new BudgetAsk.Need(of.account, of.day, of.lease, of.version, of.granted, of.spent, wanted, of.call);
    }

    /** Takes an answer, to whichever process it is. */
    public synchronized void received(BudgetAnswer answer) {
        Long at = answer.life().equals(life) ? asked.get(answer.number()) : null;
        if (at == null) {
            return;
        }
        if (answer.closed()) {
            beginAnew();
            return;
        }
        for (BudgetAnswer.Grant grant : answer.grants()) {
            Held of = held.get(grant.account());
            if (of != null && of.lease == grant.lease()) {
                received(of, grant, answer.number(), at);
            }
        }
    }

    private void received(Held of, BudgetAnswer.Grant grant, long toAsk, long askedAt) {
        long now = nanoTime.getAsLong();
        if (of.day.isEmpty()) {
            of.day = grant.day();
        } else if (!of.day.equals(grant.day())) {
            return;
        }
        if (grant.over()) {
            // Its calls that are under way settle with it. What is left of it nobody can use any more
            Held next = new Held(of.account, ++leases, now);
            next.lacking = Math.max(of.lacking, of.call);
            next.call = of.call;
            held.put(of.account, next);
            return;
        }
        if (grant.version() > of.version) {
            of.version = grant.version();
            of.granted = grant.granted();
        }
        if (!of.confirmed || askedAt - of.confirmedAt > 0) {
            of.confirmed = true;
            of.confirmedAt = askedAt;
            of.exhausted = grant.exhausted();
            of.poor = of.free() < of.call;
            of.dayEndsAt = now + grant.left().toNanos();
        }
        if (of.closing != 0 && toAsk >= of.closing && of.reserved == 0) {
            held.remove(of.account, of);
        }
    }

    /** This life is taken for dead: nothing of what it leased holds any more. */
    private void beginAnew() {
        held.values().forEach(each -> each.closed = true);
        held.clear();
        asked.clear();
        life = lives.get();
        number = 0;
    }

    /** Returns what the process may spend for a tenant in the day beyond what it has reserved and spent, in millionths. */
    public synchronized long freeOf(String tenant) {
        Held of = held.get(BudgetAccount.ofDay(tenant));
        return of == null ? 0 : of.free();
    }

    /** Counts the tenants for whose calls there was no money when it was last asked for. */
    public synchronized int exhausted() {
        long now = nanoTime.getAsLong();
        return (int) held.values().stream()
                .filter(each -> !each.ofTask() && each.exhausted && each.holds(now))
                .count();
    }
}
