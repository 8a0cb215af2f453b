package io.pawline.stage.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Is one process of a fleet that shares one provider: it asks for leases, keeps the book, and gives leases to all while
 * it is the controller. It knows nothing of how messages travel. They may get lost, come late or come twice. But all
 * processes must get them in the same order. Thread-safe.
 */
public final class FleetNode {

    /** A process with work reports so often. */
    private static final long REPORT_EVERY = Duration.ofMillis(250).toNanos();

    private static final long IDLE_REPORT_EVERY = Duration.ofSeconds(3).toNanos();

    /** Reports that come within this time are answered together. */
    private static final long GRANTS_EVERY = Duration.ofMillis(50).toNanos();

    /** New work is noticed within this time. */
    private static final long LOOK_EVERY = Duration.ofMillis(100).toNanos();

    /** A claim that has not come back after so long was lost. */
    private static final long CLAIM_EVERY = Duration.ofSeconds(2).toNanos();

    /**
     * Is what the process does now.
     *
     * @param busy calls in flight and calls given up that have probably not ended
     * @param ghosts the latter of them
     * @param waiting tasks that could begin and have no permit
     * @param tenants with the most tasks
     */
    public record Load(int busy, int ghosts, int waiting, List<TenantUse> tenants) {

        /** Makes a load of which nobody says whose it is. */
        public Load(int busy, int ghosts, int waiting) {
            this(busy, ghosts, waiting, List.of());
        }
    }

    private final FleetMember self;
    private final FleetShare share;
    private final ShareBook book;
    private final LongSupplier nanoTime;
    private final long start;

    private FleetMember controller = new FleetMember("", "");
    private GrantKey newest = GrantKey.NONE;
    private LimitState learned = LimitState.UNKNOWN;
    private int fleetLimit;
    private double fleetRate;
    private int wanted;
    private boolean caughtUp;
    private boolean inOffice;
    private long given;
    private boolean asked;
    private boolean reportNow = true;
    private Optional<Long> reportedAt = Optional.empty();
    private Optional<Long> grantedAt = Optional.empty();
    private Optional<Long> claimedAt = Optional.empty();

    public FleetNode(FleetMember self, FleetShare share, FleetPolicy policy, LongSupplier nanoTime) {
        this.self = self;
        this.share = share;
        this.book = new ShareBook(policy);
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** Takes a message, in the order in which all processes get them. */
    public synchronized void received(FleetMessage message) {
        switch (message) {
            case FleetReport report -> received(report);
            case FleetGrants grants -> received(grants);
        }
    }

    private void received(FleetReport report) {
        long now = nanoTime.getAsLong();
        if (!book.reported(report, now)) {
            return;
        }
        if (caughtUp) {
            book.count(report, now);
        }
        if (inOffice) {
            book.learn(report, nextKey(), now);
            asked = true;
        }
    }

    private void received(FleetGrants grants) {
        boolean begins = grants.key().epoch() > newest.epoch();
        boolean continues = grants.key().compareTo(newest) > 0
                && grants.key().epoch() == newest.epoch()
                && grants.controller().equals(controller);
        if (!begins && !continues) {
            return;
        }
        newest = grants.key();
        controller = grants.controller();
        boolean own = controller.equals(self);
        if (begins) {
            inOffice = own;
            if (own) {
                given = grants.key().number();
                book.takeOver(learned, nanoTime.getAsLong());
                asked = true;
            }
        }
        if (!own) {
            learned = grants.state();
            fleetLimit = grants.limit();
            fleetRate = grants.rate();
            book.given(grants, nanoTime.getAsLong());
        }
        reportNow |= share.take(grants) || begins;
    }

    /** Takes note that all messages from before the start have been received. */
    public synchronized void caughtUp() {
        caughtUp = true;
    }

    /**
     * Returns the messages that are due. They have to be sent at once.
     *
     * @param isChosen whether this process should be the controller: one process of a fleet is, most of the time
     */
    public synchronized List<FleetMessage> due(boolean isChosen, Load load) {
        long now = nanoTime.getAsLong();
        List<FleetMessage> due = new ArrayList<>();
        boolean idle = load.busy() == 0 && load.waiting() == 0;
        if (reportNow || share.hasNews() || isOver(reportedAt, idle ? IDLE_REPORT_EVERY : REPORT_EVERY, now)) {
            reportNow = false;
            reportedAt = Optional.of(now);
            FleetReport report =
                    share.report(load.busy(), load.ghosts(), load.waiting()).of(load.tenants());
            wanted = report.wanted();
            due.add(report);
        }
        if (inOffice) {
            if (asked && isOver(grantedAt, GRANTS_EVERY, now)) {
                asked = false;
                grantedAt = Optional.of(now);
                due.add(grants(now));
            }
        } else if (isChosen && caughtUp && isOver(claimedAt, CLAIM_EVERY, now)) {
            claimedAt = Optional.of(now);
            due.add(new FleetGrants(
                    self, new GrantKey(newest.epoch() + 1, 1), fleetLimit, fleetRate, learned, List.of()));
        }
        return due;
    }

    private FleetGrants grants(long now) {
        GrantKey key = nextKey();
        given = key.number();
        fleetRate = book.rateNow(now);
        List<FleetGrants.Grant> leases = book.decide(key, fleetRate, now);
        fleetLimit = book.limitNow(now);
        learned = book.learned();
        return new FleetGrants(self, key, fleetLimit, fleetRate, learned, leases);
    }

    private GrantKey nextKey() {
        return new GrantKey(newest.epoch(), given + 1);
    }

    private static boolean isOver(Optional<Long> since, long time, long now) {
        return since.isEmpty() || now - since.get() >= time;
    }

    /** Returns the time until messages may be due, unless others come before. */
    public synchronized Duration untilDue() {
        if (inOffice && asked) {
            long left = GRANTS_EVERY - (nanoTime.getAsLong() - grantedAt.orElse(start));
            return Duration.ofNanos(Math.clamp(left, 0, LOOK_EVERY));
        }
        return Duration.ofNanos(reportNow ? 0 : LOOK_EVERY);
    }

    /** Gives the lease back for good, and returns the message that says so. */
    public synchronized FleetMessage leave(Load load) {
        share.leave();
        inOffice = false;
        return share.report(load.busy(), load.ghosts(), 0);
    }

    /** Returns the calls that the fleet may have in flight, as the controller said last. */
    public synchronized int fleetLimit() {
        return fleetLimit;
    }

    /** Returns the calls that the fleet may begin in a second, as the controller said last; 0: it has no rate. */
    public synchronized double fleetRate() {
        return fleetRate;
    }

    /** Returns how many calls this process would have in flight if it could, as it said last. */
    public synchronized int wanted() {
        return wanted;
    }

    /** Says whether this process is the controller now. */
    public synchronized boolean inOffice() {
        return inOffice;
    }

    /** Returns what all processes together may have, as far as this one knows. */
    synchronized double given() {
        return book.givenAt(nanoTime.getAsLong());
    }
}
