package io.pawline.stage.provider;

import io.pawline.stage.provider.FleetReport.Call;
import io.pawline.stage.provider.FleetReport.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the lease of one process, and makes its reports. Without a lease no call begins. A process that has been without
 * one for a minute makes one call at a time: somebody must find out whether the others are there. Thread-safe.
 */
public final class FleetShare implements CallLimit {

    /** A process that begins low has so many calls beyond those under way. */
    static final int BEGIN_LOW = 4;

    /** A report has so many calls at most. Beyond that, calls that succeeded are left out. */
    private static final int MOST_CALLS = 500;

    /** A call that began before so many leases began under none that is known. */
    private static final int KEPT_LEASES = 1_024;

    /** Reports of so many numbers can still be answered. */
    private static final int KEPT_REPORTS = 256;

    private record Applied(long at, GrantKey key) {}

    private final FleetMember self;
    private final LongSupplier nanoTime;
    private final NavigableMap<Long, Long> asked = new TreeMap<>();
    private final Deque<Applied> applied = new ArrayDeque<>();
    private final List<Call> calls = new ArrayList<>();
    private final long start;

    /** Holds the calls per second of the whole fleet, as last heard; 0: it has no rate. */
    private double rate;

    private @Nullable Lease lease;
    private GrantKey newest = GrantKey.NONE;
    private long reports;
    private int max;
    private boolean wanting;
    private boolean left;

    /** Holds until which report is answered no more than this may be in flight; none if it is 0. */
    private long lowUntilReport;

    private int low;
    private boolean resumed;

    /**
     * @param max calls that this process can have in flight at all
     * @param rate the fleet's calls per second until it is known better; 0: it has none
     * @param nanoTime like {@link System#nanoTime}
     */
    public FleetShare(FleetMember self, int max, double rate, LongSupplier nanoTime) {
        this.self = self;
        this.max = max;
        this.rate = rate;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    @Override
    public synchronized int limit() {
        long now = nanoTime.getAsLong();
        int slots = leased(now);
        if (slots == 0 && alone(now)) {
            slots = 1;
        }
        return Math.min(max, lowUntilReport > 0 ? Math.min(slots, low) : slots);
    }

    /** Returns the time by the clock of this process. */
    long now() {
        return nanoTime.getAsLong();
    }

    /** Returns the calls in flight that the lease allows now. */
    synchronized int leased(long now) {
        Lease has = lease;
        return has == null ? 0 : (int) has.slotsAt(now);
    }

    /** Returns how many calls may begin in a second now; empty: as many as the limit lets. */
    synchronized OptionalDouble callsPerSecond() {
        if (rate == 0) {
            return OptionalDouble.empty();
        }
        long now = nanoTime.getAsLong();
        double leased = leasedRate(now);
        // As its calls: a small part of what the fleet may
        return OptionalDouble.of(alone(now) ? Math.max(leased, rate / BEGIN_LOW / BEGIN_LOW) : leased);
    }

    /** Returns how many calls may begin in a second by the lease. */
    synchronized double leasedRate(long now) {
        Lease has = lease;
        return has == null ? 0 : has.rateAt(now);
    }

    private boolean alone(long now) {
        Lease has = lease;
        long since = has == null ? start : has.asked();
        return !left && now - since >= Lease.GONE.toNanos();
    }

    @Override
    public synchronized void max(int newMax) {
        max = newMax;
    }

    @Override
    public synchronized void startAgain(int inFlight, long nanos) {
        low = inFlight + BEGIN_LOW;
        lowUntilReport = reports + 1;
        resumed = true;
    }

    @Override
    public synchronized void refused() {
        wanting = true;
    }

    @Override
    public synchronized void ended(EndedCall call) {
        Result result = switch (call.result()) {
            case SUCCEEDED -> Result.SUCCEEDED;
            case REFUSED -> Result.REFUSED;
            case OVER_RATE -> Result.OVER_RATE;
            case TIMED_OUT -> Result.TIMED_OUT;
            case FAILED -> Result.FAILED;
        };
        long now = nanoTime.getAsLong();
        long latency = call.endNanos() - call.startNanos();
        if (calls.size() < MOST_CALLS || call.dropped()) {
            // The time of the end stands in for what the report makes of it
            calls.add(new Call(latency, now, call.inFlight(), result, leaseAt(now - latency), call.work()));
        }
    }

    private GrantKey leaseAt(long moment) {
        for (Applied before : applied) {
            if (before.at() - moment <= 0) {
                return before.key();
            }
        }
        return GrantKey.NONE;
    }

    /** Says whether a report is due before its time, for somebody waits for what it says. */
    synchronized boolean hasNews() {
        return resumed;
    }

    /**
     * Makes the next report, at the moment at which it is sent.
     *
     * @param waiting tasks that could begin and have no permit
     */
    synchronized FleetReport report(int busy, int ghosts, int waiting) {
        long now = nanoTime.getAsLong();
        reports++;
        asked.put(reports, now);
        if (asked.size() > KEPT_REPORTS) {
            asked.pollFirstEntry();
        }
        int wanted = Math.min(max, busy + (wanting ? Math.max(1, waiting) : waiting));
        FleetReport report = new FleetReport(
                self, reports, newest, busy, ghosts, wanted, max, resumed, left, callsUntil(now), List.of());
        calls.clear();
        wanting = false;
        resumed = false;
        return report;
    }

    private List<Call> callsUntil(long now) {
        return calls.stream()
                .map(call -> new Call(
                        call.latency(),
                        now - call.ago(),
                        call.inFlight(),
                        call.result(),
                        call.startedUnder(),
                        call.work()))
                .toList();
    }

    /** Takes what a controller in office has given, and says whether it holds less from now on. */
    synchronized boolean take(FleetGrants grants) {
        boolean less = false;
        for (FleetGrants.Grant grant : grants.leases()) {
            Long askedAt = asked.get(grant.report());
            if (grant.to().equals(self) && askedAt != null && grants.key().compareTo(newest) > 0 && !left) {
                Lease before = lease;
                less = before != null && (grant.slots() < before.slots() || grant.rate() < before.rate());
                newest = grants.key();
                rate = grants.rate();
                lease = new Lease(grants.key(), grant.slots(), grant.rate(), askedAt);
                applied.addFirst(new Applied(nanoTime.getAsLong(), grants.key()));
                if (applied.size() > KEPT_LEASES) {
                    applied.removeLast();
                }
                if (grant.report() >= lowUntilReport) {
                    lowUntilReport = 0;
                }
                asked.headMap(grant.report()).clear();
            }
        }
        return less;
    }

    /** Gives the lease back for good. */
    synchronized void leave() {
        left = true;
        lease = null;
    }
}
