package io.pawline.stage.dispatch;

import io.pawline.stage.Fairness;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.Demand;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.PermitSource;
import io.pawline.stage.provider.TenantUse;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which record is next among those that wait for permits of one kind. Fresh records go before retries. Tenants
 * share the time that permits are held ({@link TenantQueues}). Of one tenant, interactive records go before bulk records.
 * Those that go last still get a share. Not thread-safe: guarded by its {@link Dispatcher}.
 */
public final class FairQueue implements ReadyQueue {

    /*
     * Three questions are asked at each turn: fresh record or retry, which tenant, and of that tenant, interactive or
     * bulk? The first and the last are answered with a credit (TurnCredit), the second by TenantQueues. Each turn of the class that goes first adds share / (1 - share) to the credit of
     * the class that goes last. When the credit is worth a whole turn, that class has the turn. So it gets its share
     * of the turns while both wait, evenly spread, and all turns while it waits alone. No random numbers and no
     * clock are needed.
     *
     * This is the deficit counter of deficit round robin (Shreedhar and Varghese, Efficient Fair Queueing Using Deficit
     * Round Robin, SIGCOMM 1995, https://doi.org/10.1145/217382.217453) with two simplifications. Every record costs
     * one, so there is no remainder for what is too long for its turn. There are two classes, so one counter is enough,
     * and a class that is empty needs no list of active queues. As there, credit is not saved up: it is capped at
     * little more than one turn, so that a class that could not use its turns makes no burst of them later.
     *
     * A share of the turns is not a share of the permits. Retries may be slower than fresh records, such as those of a
     * provider that times out, and would come to hold more permits than they have turns. So retries are also bound by
     * how many are in flight: their share of the limiter's limit, and at least one.
     *
     * Rejected:
     * - Fresh records strictly first: in every backlog, tasks that are tried again would reach their deadline unserved.
     * - Retries strictly first, or in the order of arrival: work that fails would crowd out work that may not fail.
     * - Priority by reading the event: records are not decoded here. The publisher says it in a header (Routing).
     * - A read-ahead that bulk records can fill: interactive records behind them in the partition would wait for them.
     *   So a partition counts how many of its bulk records wait (AssignedPartition.bulkWaits), and is read on behind
     *   them, up to 10,000.
     *
     * The default shares are a quarter for retries (a setting) and a tenth for bulk (TenantLine).
     */

    /** So long at least the records done with are counted, before they say how many will be done with in some time. */
    private static final long COUNTED_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final String name;
    private final PermitSource limiter;
    private final double retryShare;
    private final LongSupplier nanoTime;
    private final TenantQueues tenants;
    private final TurnCredit retryCredit;
    private int inFlight;
    private int retriesInFlight;
    private int done;
    private long doneSince;
    private double donePerNano;

    /** Holds a record, and since when it waits by {@link System#nanoTime}. */
    record Waiting(WorkItem item, long sinceNanos) {}

    /**
     * @param limiter whose limit bounds the retries at work
     * @param nanoTime like {@link System#nanoTime}
     */
    public FairQueue(String name, PermitSource limiter, double retryShare, Fairness fairness, LongSupplier nanoTime) {
        this.name = name;
        this.limiter = limiter;
        this.retryShare = retryShare;
        this.retryCredit = new TurnCredit(retryShare);
        this.nanoTime = nanoTime;
        this.tenants = new TenantQueues(fairness);
    }

    String name() {
        return name;
    }

    PermitSource limiter() {
        return limiter;
    }

    @Override
    public void add(WorkItem item, long nowNanos) {
        if (isEmpty()) {
            done = 0;
            doneSince = nowNanos;
        }
        tenants.add(new Waiting(item, nowNanos));
    }

    @Override
    public int size() {
        return waiting(false) + waiting(true);
    }

    int waiting(boolean ofRetries) {
        return tenants.size(ofRetries);
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    /** Counts the tenants that something is kept of. */
    int tenants() {
        return tenants.known();
    }

    /** Says whether nothing waits and nothing is at work. */
    boolean idle() {
        return inFlight == 0 && isEmpty();
    }

    @Override
    public @Nullable Begun next(Permit permit) {
        Waiting next = take();
        return next == null ? null : new Begun(next.item(), permit, next.sinceNanos());
    }

    /** Takes the next record whose partition is not on its way out; null if there is none. */
    @Nullable
    Waiting take() {
        long now = nanoTime.getAsLong();
        while (true) {
            Waiting next = tenants.next(retriesTurn(), now);
            if (next == null) {
                return null;
            }
            if (next.item().partition().begin()) {
                count(next.item(), 1);
                tenants.began(next.item(), now);
                return next;
            }
            next.item().letGo();
        }
    }

    @Override
    public void ended(Begun begun) {
        ended(begun.item());
    }

    /** Takes note that a record that was {@linkplain #take taken} is no longer at work. */
    void ended(WorkItem item) {
        count(item, -1);
        tenants.ended(item, nanoTime.getAsLong());
        done++;
    }

    private void count(WorkItem item, int by) {
        inFlight += by;
        if (item.isRetry()) {
            retriesInFlight += by;
        }
    }

    /**
     * Takes out the newest records as long as there are more than {@code most} and the oldest came before that time.
     *
     * @return how many
     */
    int shorten(boolean ofRetries, int most, long cameBeforeNanos, Consumer<WorkItem> takenOut) {
        int taken = 0;
        while (waiting(ofRetries) > most && tenants.oldest(ofRetries) - cameBeforeNanos < 0) {
            takenOut.accept(tenants.takeNewest(ofRetries));
            taken++;
        }
        return taken;
    }

    /**
     * Estimates how many records the queue will be done with in so long, from the rate of late; 0 while that
     * is not known.
     */
    double doneWith(long nanos, long nowNanos) {
        long counted = nowNanos - doneSince;
        if (counted >= COUNTED_NANOS) {
            donePerNano = (double) done / counted;
            done = 0;
            doneSince = nowNanos;
        }
        return donePerNano * nanos;
    }

    @Override
    public List<WorkItem> overdue(Instant now) {
        return tenants.takeOverdue(now);
    }

    @Override
    public Demand demand(long nowNanos) {
        return tenants.demand(nowNanos);
    }

    @Override
    public List<TenantUse> tenants(int most) {
        return tenants.uses(most);
    }

    @Override
    public void dropFenced() {
        tenants.dropFenced();
    }

    @Override
    public void timeHasPassed() {
        tenants.timeHasPassed(nanoTime.getAsLong());
    }

    private boolean retriesTurn() {
        if (waiting(false) == 0 || waiting(true) == 0) {
            return waiting(false) == 0;
        }
        return retryCredit.hasTurn(retriesInFlight < Math.max(1, retryShare * limiter.limit()));
    }
}
