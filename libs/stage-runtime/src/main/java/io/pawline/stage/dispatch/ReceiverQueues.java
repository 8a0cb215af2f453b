package io.pawline.stage.dispatch;

import io.pawline.schemas.Routing;
import io.pawline.schemas.Topics;
import io.pawline.stage.Fairness;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.Demand;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.PermitSource;
import io.pawline.stage.provider.ReceiverLimiters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a fair queue for each receiver; the queues have their turns one after the other. Each has a limiter of its own,
 * and may not hold more of the stage's permits than it leaves to the others. A stalled receiver may not hold more of
 * the room in which records wait, either (<a href="https://doi.org/10.1109/90.664262">Choudhury and Hahne</a>). So one
 * receiver that hangs delays no other. Not thread-safe: guarded by its {@link Dispatcher}.
 */
public final class ReceiverQueues implements ReadyQueue {

    /** Stalled receivers may have so many fresh records in memory, for what is read ahead must not be theirs alone. */
    private static final int ROOM = 500;

    /** A receiver is stalled if a record has waited so long in its queue. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * Stalled receivers may have so many retries in memory. More of these may be open, for the commit still has room
     * for what others complete in between.
     */
    private static final int ROOM_FOR_RETRIES = 2_500;

    private static final long SLOW_RETRIES_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final PermitSource stageLimiter;
    private final ReceiverLimiters receiverLimiters;
    private final double retryShare;
    private final Fairness fairness;
    private final LongSupplier nanoTime;
    private final Map<String, FairQueue> queues = new HashMap<>();
    /** Holds the queues with records that may be able to begin, in the order of their turns. */
    private final Set<FairQueue> ready = new LinkedHashSet<>();
    /** Holds the queues of whose records none could begin when it was their turn. */
    private final Set<FairQueue> blocked = new LinkedHashSet<>();

    private int waiting;

    /** @param nanoTime like {@link System#nanoTime} */
    public ReceiverQueues(
            PermitSource stageLimiter,
            ReceiverLimiters receiverLimiters,
            double retryShare,
            Fairness fairness,
            LongSupplier nanoTime) {
        this.stageLimiter = stageLimiter;
        this.receiverLimiters = receiverLimiters;
        this.retryShare = retryShare;
        this.fairness = fairness;
        this.nanoTime = nanoTime;
    }

    @Override
    public void add(WorkItem item, long nowNanos) {
        FairQueue queue =
                queues.computeIfAbsent(Routing.receiverQueue(item.data().headers()), this::open);
        queue.add(item, nowNanos);
        waiting++;
        if (!blocked.contains(queue)) {
            ready.add(queue);
        }
    }

    private FairQueue open(String name) {
        return new FairQueue(name, receiverLimiters.of(name), retryShare, fairness, nanoTime);
    }

    @Override
    public int size() {
        return waiting;
    }

    @Override
    public boolean isEmpty() {
        return ready.isEmpty();
    }

    @Override
    public void timeHasPassed() {
        ready.addAll(blocked);
        blocked.clear();
    }

    @Override
    public @Nullable Begun next(Permit permit) {
        while (!ready.isEmpty()) {
            FairQueue queue = ready.iterator().next();
            ready.remove(queue);
            Optional<Permit> own =
                    leavesEnoughToOthers(queue) ? queue.limiter().tryAcquire(() -> Demand.NONE) : Optional.empty();
            if (own.isEmpty()) {
                blocked.add(queue);
                continue;
            }
            int before = queue.size();
            Begun begun = queue.next(own.get());
            waiting -= before - queue.size();
            if (!queue.isEmpty()) {
                ready.add(queue);
            }
            if (begun != null) {
                begun.permit().within(permit);
                return begun;
            }
            own.get().close();
            forgetIfIdle(queue);
        }
        return null;
    }

    /** Says whether a queue leaves as many permits as it holds. The stage's permit of this turn counts as taken. */
    private boolean leavesEnoughToOthers(FairQueue queue) {
        return queue.limiter().inFlight() <= stageLimiter.limit() - stageLimiter.inFlight();
    }

    @Override
    public void ended(Begun begun) {
        FairQueue queue = Objects.requireNonNull(
                queues.get(Routing.receiverQueue(begun.item().data().headers())),
                "a queue with a record at work is kept");
        queue.ended(begun);
        if (blocked.remove(queue)) {
            ready.add(queue);
        }
        forgetIfIdle(queue);
    }

    private void forgetIfIdle(FairQueue queue) {
        if (queue.idle()) {
            queues.remove(queue.name(), queue);
        }
    }

    @Override
    public void dropFenced() {
        for (FairQueue queue : List.copyOf(queues.values())) {
            int before = queue.size();
            queue.dropFenced();
            waiting -= before - queue.size();
            if (queue.isEmpty()) {
                ready.remove(queue);
                blocked.remove(queue);
            }
            forgetIfIdle(queue);
        }
    }

    @Override
    public List<Overflow> overflow(long nowNanos) {
        List<Overflow> overflow = new ArrayList<>();
        if (waiting > ROOM / 2) {
            shorten(false, ROOM, nowNanos, SLOW_NANOS, overflow);
            shorten(true, ROOM_FOR_RETRIES, nowNanos, SLOW_RETRIES_NANOS, overflow);
        }
        waiting -= overflow.size();
        return overflow;
    }

    private void shorten(boolean ofRetries, int room, long nowNanos, long slowNanos, List<Overflow> overflow) {
        int left = room
                - queues.values().stream()
                        .mapToInt(queue -> queue.waiting(ofRetries))
                        .sum();
        for (FairQueue queue : queues.values()) {
            int has = queue.waiting(ofRetries);
            if (has > left) {
                // What it gives up is left to all, so it gives up half of what it has more.
                int most = Math.max(0, (has + left) / 2);
                double soon = queue.doneWith(Topics.LONG_RETRY_HOP.toNanos(), nowNanos);
                left += queue.shorten(
                        ofRetries,
                        most,
                        nowNanos - slowNanos,
                        item -> overflow.add(new Overflow(item, ofRetries && queue.waiting(true) >= soon)));
            }
        }
    }
}
