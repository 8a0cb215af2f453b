package io.pawline.stage.dispatch;

import io.pawline.schemas.Routing;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.Permit;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which record is next among those that wait for permits of one kind. Interactive records go before
 * bulk records, and fresh ones before retries. Those that go last still get a share. Not thread-safe: guarded
 * by its {@link Dispatcher}.
 */
public final class FairQueue implements ReadyQueue {

    /*
     * Two questions are asked at each turn: fresh record or retry, and, within that class, interactive or bulk? Both
     * are answered with a credit. Each turn of the class that goes first adds share / (1 - share) to the credit of
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
     * The default shares are a quarter for retries (a setting) and a tenth for bulk (BULK_SHARE).
     */

    /** Bulk records get this share of what begins, while both wait. */
    private static final double BULK_SHARE = 0.1;

    /** So long at least the records done with are counted, before they say how many will be done with in some time. */
    private static final long COUNTED_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final String name;
    private final ConcurrencyLimiter limiter;
    private final double retryShare;
    private final Ranked fresh = new Ranked();
    private final Ranked retries = new Ranked();
    private final Credit retryCredit;
    private int inFlight;
    private int retriesInFlight;
    private int done;
    private long doneSince;
    private double donePerNano;

    /** Holds a record, and since when it waits by {@link System#nanoTime}. */
    record Waiting(WorkItem item, long sinceNanos) {}

    /** @param limiter whose limit bounds the retries at work */
    public FairQueue(String name, ConcurrencyLimiter limiter, double retryShare) {
        this.name = name;
        this.limiter = limiter;
        this.retryShare = retryShare;
        this.retryCredit = new Credit(retryShare);
    }

    String name() {
        return name;
    }

    ConcurrencyLimiter limiter() {
        return limiter;
    }

    @Override
    public void add(WorkItem item, long nowNanos) {
        if (isEmpty()) {
            done = 0;
            doneSince = nowNanos;
        }
        (item.isRetry() ? retries : fresh).add(new Waiting(item, nowNanos));
    }

    @Override
    public int size() {
        return fresh.size() + retries.size();
    }

    int waiting(boolean ofRetries) {
        return (ofRetries ? retries : fresh).size();
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
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
        while (true) {
            Waiting next = (retriesTurn() ? retries : fresh).next();
            if (next == null) {
                return null;
            }
            if (next.item().partition().begin()) {
                count(next.item(), 1);
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
        Ranked waiting = ofRetries ? retries : fresh;
        int taken = 0;
        while (waiting.size() > most && waiting.oldest() - cameBeforeNanos < 0) {
            takenOut.accept(waiting.takeNewest());
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
        List<WorkItem> overdue = new ArrayList<>();
        fresh.takeOverdue(now, overdue);
        retries.takeOverdue(now, overdue);
        return overdue;
    }

    @Override
    public void dropFenced() {
        fresh.dropFenced();
        retries.dropFenced();
    }

    private boolean retriesTurn() {
        if (fresh.size() == 0 || retries.size() == 0) {
            return fresh.size() == 0;
        }
        return retryCredit.hasTurn(retriesInFlight < Math.max(1, retryShare * limiter.limit()));
    }

    /** Decides how often those that go last have their turn while others wait, too. */
    private static final class Credit {

        private final double share;
        /** The credit grows with each of the others' turns. A whole one is worth one turn. */
        private double credit;

        Credit(double share) {
            this.share = share;
        }

        boolean hasTurn(boolean allowed) {
            if (allowed && credit >= 1) {
                credit--;
                return true;
            }
            credit = Math.min(1 + share, credit + share / (1 - share));
            return false;
        }
    }

    /** Keeps records in the order in which they came, but for their priority. */
    private static final class Ranked {

        private final Deque<Waiting> interactive = new ArrayDeque<>();
        private final Deque<Waiting> bulk = new ArrayDeque<>();
        private final Credit bulkCredit = new Credit(BULK_SHARE);

        void add(Waiting waiting) {
            if (Routing.isBulk(waiting.item().data().headers())) {
                waiting.item().partition().bulkWaits(1);
                bulk.add(waiting);
            } else {
                interactive.add(waiting);
            }
        }

        int size() {
            return interactive.size() + bulk.size();
        }

        @Nullable
        Waiting next() {
            if (bulk.isEmpty() || (!interactive.isEmpty() && !bulkCredit.hasTurn(true))) {
                return interactive.poll();
            }
            Waiting next = bulk.remove();
            next.item().partition().bulkWaits(-1);
            return next;
        }

        /** Returns since when the oldest record waits. There must be one. */
        long oldest() {
            if (interactive.isEmpty() || bulk.isEmpty()) {
                return (bulk.isEmpty() ? interactive : bulk).getFirst().sinceNanos();
            }
            long one = interactive.getFirst().sinceNanos();
            long other = bulk.getFirst().sinceNanos();
            return one - other < 0 ? one : other;
        }

        void takeOverdue(Instant now, List<WorkItem> into) {
            int before = into.size();
            bulk.removeIf(waiting -> isOverdue(waiting, now) && into.add(waiting.item()));
            into.subList(before, into.size()).forEach(item -> item.partition().bulkWaits(-1));
            interactive.removeIf(waiting -> isOverdue(waiting, now) && into.add(waiting.item()));
        }

        /** The partitions are gone, so nobody asks how many of their bulk records wait. */
        void dropFenced() {
            interactive.removeIf(Ranked::isFenced);
            bulk.removeIf(Ranked::isFenced);
        }

        private static boolean isFenced(Waiting waiting) {
            boolean fenced = waiting.item().partition().fenced();
            if (fenced) {
                waiting.item().letGo();
            }
            return fenced;
        }

        private static boolean isOverdue(Waiting waiting, Instant now) {
            return Routing.isOverdue(waiting.item().data().headers(), now);
        }

        WorkItem takeNewest() {
            if (bulk.isEmpty()) {
                return interactive.removeLast().item();
            }
            WorkItem newest = bulk.removeLast().item();
            newest.partition().bulkWaits(-1);
            return newest;
        }
    }
}
