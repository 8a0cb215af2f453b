package io.pawline.stage.dispatch;

import io.pawline.schemas.Routing;
import io.pawline.stage.Fairness;
import io.pawline.stage.dispatch.FairQueue.Waiting;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.Demand;
import io.pawline.stage.provider.TenantUse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records of each tenant, and says whose turn it is: start-time fair queueing over the time that permits are
 * held. A turn costs O(log n) of the tenants. Not thread-safe.
 */
final class TenantQueues {

    /*
     * Start-time fair queueing (Goyal, Vin and Cheng, IEEE/ACM ToN 1997, https://doi.org/10.1109/90.649569): each tenant
     * has a start tag, the time for which it has had permits divided by its weight. The tenant with the least tag is next.
     * Virtual time is the least tag of those that wait. A tenant that comes back begins there, so nobody saves up turns
     * while away; one that is away with a greater tag keeps it, so nobody gets more by coming and going.
     *
     * Many permits are held at once, and what a turn costs is known at its end only. So a turn is charged with what the
     * tenant's turns cost of late, and with the difference at its end (Jin, Chase and Kaur, SFQ(D), SIGMETRICS 2004,
     * https://doi.org/10.1145/1005686.1005694). A turn that lasts longer is charged with as much again, and again.
     * Otherwise calls that hang could hold all permits before they are charged.
     *
     * Fresh records and retries of a tenant wait in lines of their own, for the share of retries is that of the stage
     * (FairQueue). Both are charged to the one tag.
     *
     * Rejected:
     * - Turns instead of time: a tenant with slow calls would hold most of the permits.
     * - A number of permits for each tenant: it would not be work-conserving.
     * - Weighted fair queueing by finish tags: what a turn costs would have to be known beforehand.
     */

    /** The newest cost has this part of the mean. */
    private static final double NEWEST = 0.2;

    /** What a turn is expected to cost as long as none has ended, in seconds. */
    private static final double FIRST_COST = 1;

    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A look at all weights comes so long after the last one, for each tenant. */
    private static final long BETWEEN_WEIGHTS_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Fairness fairness;
    private final Map<String, Tenant> tenants = new HashMap<>();
    private final NavigableSet<Tenant> fresh = new TreeSet<>(Tenant.BY_TAG);
    private final NavigableSet<Tenant> retries = new TreeSet<>(Tenant.BY_TAG);
    /** Holds those that have nothing here, and a tag that virtual time has not reached. */
    private final NavigableSet<Tenant> away = new TreeSet<>(Tenant.BY_TAG);
    /** Holds the turns that last, in the order of their beginnings. */
    private final Map<WorkItem, Turn> turns = new LinkedHashMap<>();

    private double virtualTime;
    private double meanCost = FIRST_COST;
    private long created;
    private long lookedAt;
    private long weighedAt;
    private int waitingFresh;
    private int waitingRetries;

    /** Holds the lines and the account of one tenant. */
    private static final class Tenant {

        static final Comparator<Tenant> BY_TAG =
                Comparator.<Tenant>comparingDouble(tenant -> tenant.startTag).thenComparingLong(tenant -> tenant.order);

        private final String name;
        private final long order;
        private final TenantLine fresh;
        private final TenantLine retries;
        private double weight;
        private double startTag;
        private double cost;
        private int turns;

        Tenant(String name, Fairness fairness, long order, double startTag, double cost) {
            this.name = name;
            this.weight = fairness.weight(name);
            this.order = order;
            this.fresh = new TenantLine(fairness.bulkAgesAfter().toNanos());
            this.retries = new TenantLine(fairness.bulkAgesAfter().toNanos());
            this.startTag = startTag;
            this.cost = cost;
        }

        TenantLine line(boolean ofRetries) {
            return ofRetries ? retries : fresh;
        }

        boolean waits() {
            return !fresh.isEmpty() || !retries.isEmpty();
        }

        int wanted() {
            return turns + fresh.size() + retries.size();
        }

        boolean hasWork() {
            return wanted() > 0;
        }
    }

    /** Holds what one turn has been charged so far. */
    private static final class Turn {

        private final Tenant tenant;
        private final long beganNanos;
        private double charged;

        Turn(Tenant tenant, long beganNanos) {
            this.tenant = tenant;
            this.beganNanos = beganNanos;
            this.charged = tenant.cost;
        }

        double lasted(long nowNanos) {
            return (nowNanos - beganNanos) / 1e9;
        }
    }

    TenantQueues(Fairness fairness) {
        this.fairness = fairness;
    }

    int size(boolean ofRetries) {
        return ofRetries ? waitingRetries : waitingFresh;
    }

    /** Counts the tenants that something is kept of. */
    int known() {
        return tenants.size();
    }

    void add(Waiting waiting) {
        boolean ofRetries = waiting.item().isRetry();
        Tenant tenant = tenants.computeIfAbsent(
                Routing.tenant(waiting.item().data().headers()),
                name -> new Tenant(name, fairness, created++, virtualTime, meanCost));
        away.remove(tenant);
        if (!tenant.waits()) {
            tenant.startTag = Math.max(tenant.startTag, virtualTime);
        }
        tenant.line(ofRetries).add(waiting);
        count(ofRetries, 1);
        turnsOf(ofRetries).add(tenant);
    }

    /** Takes the next record of fresh ones or of retries; null if there is none. It costs nothing yet. */
    @Nullable
    Waiting next(boolean ofRetries, long nowNanos) {
        if (size(ofRetries) == 0) {
            return null;
        }
        virtualTime = Math.max(virtualTime, leastTag());
        Tenant tenant = turnsOf(ofRetries).getFirst();
        Waiting next = tenant.line(ofRetries).next(nowNanos);
        count(ofRetries, -1);
        leaveIfDone(tenant);
        return next;
    }

    private double leastTag() {
        double ofFresh = fresh.isEmpty() ? Double.MAX_VALUE : fresh.getFirst().startTag;
        double ofRetries = retries.isEmpty() ? Double.MAX_VALUE : retries.getFirst().startTag;
        return Math.min(ofFresh, ofRetries);
    }

    /** Takes note that a record holds a permit from now on. */
    void began(WorkItem item, long nowNanos) {
        Tenant tenant = tenants.computeIfAbsent(
                Routing.tenant(item.data().headers()),
                name -> new Tenant(name, fairness, created++, virtualTime, meanCost));
        Turn turn = new Turn(tenant, nowNanos);
        turns.put(item, turn);
        tenant.turns++;
        charge(tenant, turn.charged);
    }

    /** Takes note that a record holds a permit no longer. */
    void ended(WorkItem item, long nowNanos) {
        Turn turn = turns.remove(item);
        if (turn == null) {
            return;
        }
        Tenant tenant = turn.tenant;
        double cost = turn.lasted(nowNanos);
        tenant.turns--;
        tenant.cost += NEWEST * (cost - tenant.cost);
        meanCost += NEWEST * (cost - meanCost);
        charge(tenant, cost - turn.charged);
    }

    /** Charges the turns that have lasted longer than was expected; for now and then. */
    void timeHasPassed(long nowNanos) {
        if (nowNanos - lookedAt < BETWEEN_LOOKS_NANOS) {
            return;
        }
        lookedAt = nowNanos;
        followWeights(nowNanos);
        for (Turn turn : turns.values()) {
            if (turn.lasted(nowNanos) > turn.charged) {
                double more = turn.lasted(nowNanos);
                charge(turn.tenant, more);
                turn.charged += more;
            }
        }
    }

    private void charge(Tenant tenant, double seconds) {
        fresh.remove(tenant);
        retries.remove(tenant);
        away.remove(tenant);
        followWeight(tenant);
        tenant.startTag += seconds / tenant.weight;
        if (!tenant.fresh.isEmpty()) {
            fresh.add(tenant);
        }
        if (!tenant.retries.isEmpty()) {
            retries.add(tenant);
        }
        leaveIfDone(tenant);
    }

    /** Looks at all weights, a second after the last look, or later if there are many tenants. */
    private void followWeights(long nowNanos) {
        if (nowNanos - weighedAt < tenants.size() * BETWEEN_WEIGHTS_NANOS) {
            return;
        }
        weighedAt = nowNanos;
        for (Tenant tenant : List.copyOf(tenants.values())) {
            if (fairness.weight(tenant.name) != tenant.weight) {
                charge(tenant, 0);
            }
        }
    }

    /** What a tenant is ahead of the others shrinks or grows with its weight, so that a new weight holds at once. */
    private void followWeight(Tenant tenant) {
        double now = fairness.weight(tenant.name);
        if (now != tenant.weight) {
            tenant.startTag = virtualTime + (tenant.startTag - virtualTime) * tenant.weight / now;
            tenant.weight = now;
        }
    }

    /** Takes a tenant out of the turns that it has nothing for, and forgets it when nothing has to be known of it. */
    private void leaveIfDone(Tenant tenant) {
        if (tenant.fresh.isEmpty()) {
            fresh.remove(tenant);
        }
        if (tenant.retries.isEmpty()) {
            retries.remove(tenant);
        }
        if (!tenant.waits() && tenant.turns == 0) {
            away.add(tenant);
        }
        boolean nothingHere = turns.isEmpty() && waitingFresh + waitingRetries == 0;
        while (!away.isEmpty() && (nothingHere || away.getFirst().startTag <= virtualTime)) {
            Tenant gone = away.removeFirst();
            tenants.remove(gone.name);
        }
    }

    /** Says what each of the tenants with the most records has and wants, that with the most first. */
    List<TenantUse> uses(int most) {
        double weights = tenants.values().stream()
                .filter(Tenant::hasWork)
                .mapToDouble(tenant -> tenant.weight)
                .sum();
        return tenants.values().stream()
                .filter(Tenant::hasWork)
                .sorted(Comparator.comparingInt(Tenant::wanted).reversed().thenComparing(tenant -> tenant.name))
                .limit(most)
                .map(tenant -> new TenantUse(
                        tenant.name, tenant.turns, tenant.wanted() - tenant.turns, tenant.weight / weights))
                .toList();
    }

    /** Returns since when the oldest record waits. There must be one. */
    long oldest(boolean ofRetries) {
        return turnsOf(ofRetries).stream()
                .mapToLong(tenant -> tenant.line(ofRetries).oldest())
                .reduce((one, other) -> one - other < 0 ? one : other)
                .orElseThrow();
    }

    /** Says how urgently the records wait. */
    Demand demand(long nowNanos) {
        Demand demand = Demand.NONE;
        for (boolean ofRetries : new boolean[] {false, true}) {
            for (Tenant tenant : turnsOf(ofRetries)) {
                TenantLine line = tenant.line(ofRetries);
                Duration waited = Duration.ofNanos(nowNanos - line.oldest());
                Instant deadline = line.earliestDeadline();
                demand = new Demand(
                        waited.compareTo(demand.waited()) > 0 ? waited : demand.waited(),
                        deadline.isBefore(demand.deadline()) ? deadline : demand.deadline());
            }
        }
        return demand;
    }

    /** Takes the newest record of the tenant of which most wait. There must be one. */
    WorkItem takeNewest(boolean ofRetries) {
        Tenant tenant = turnsOf(ofRetries).stream()
                .max(Comparator.comparingInt(each -> each.line(ofRetries).size()))
                .orElseThrow();
        WorkItem newest = tenant.line(ofRetries).takeNewest();
        count(ofRetries, -1);
        leaveIfDone(tenant);
        return newest;
    }

    List<WorkItem> takeOverdue(Instant now) {
        List<WorkItem> overdue = new ArrayList<>();
        forEachLine(line -> line.takeOverdue(now, overdue));
        return overdue;
    }

    void dropFenced() {
        forEachLine(TenantLine::dropFenced);
    }

    private void forEachLine(Consumer<TenantLine> work) {
        for (boolean ofRetries : new boolean[] {false, true}) {
            for (Tenant tenant : List.copyOf(turnsOf(ofRetries))) {
                TenantLine line = tenant.line(ofRetries);
                int before = line.size();
                work.accept(line);
                count(ofRetries, line.size() - before);
                leaveIfDone(tenant);
            }
        }
    }

    private NavigableSet<Tenant> turnsOf(boolean ofRetries) {
        return ofRetries ? retries : fresh;
    }

    private void count(boolean ofRetries, int by) {
        if (ofRetries) {
            waitingRetries += by;
        } else {
            waitingFresh += by;
        }
    }
}
