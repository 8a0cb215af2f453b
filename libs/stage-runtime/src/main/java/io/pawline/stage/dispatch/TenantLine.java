package io.pawline.stage.dispatch;

import io.pawline.schemas.Routing;
import io.pawline.stage.dispatch.FairQueue.Waiting;
import io.pawline.stage.offsets.WorkItem;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records of one tenant in the order in which they came, but for their priority. A bulk record that has waited
 * for long enough counts as interactive. Not thread-safe.
 */
final class TenantLine {

    /** Bulk records get this share of what begins, while both wait. */
    private static final double BULK_SHARE = 0.1;

    private final Deque<Waiting> interactive = new ArrayDeque<>();
    private final Deque<Waiting> bulk = new ArrayDeque<>();
    private final TurnCredit bulkCredit = new TurnCredit(BULK_SHARE);
    private final long bulkAgesAfterNanos;

    TenantLine(long bulkAgesAfterNanos) {
        this.bulkAgesAfterNanos = bulkAgesAfterNanos;
    }

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

    boolean isEmpty() {
        return interactive.isEmpty() && bulk.isEmpty();
    }

    @Nullable
    Waiting next(long nowNanos) {
        if (bulk.isEmpty() || (!interactive.isEmpty() && !isBulksTurn(nowNanos))) {
            return interactive.poll();
        }
        Waiting next = bulk.remove();
        next.item().partition().bulkWaits(-1);
        return next;
    }

    private boolean isBulksTurn(long nowNanos) {
        long since = bulk.getFirst().sinceNanos();
        boolean aged = nowNanos - since >= bulkAgesAfterNanos
                && since - interactive.getFirst().sinceNanos() <= 0;
        return aged || bulkCredit.hasTurn(true);
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

    /** Returns the earliest deadline of all records; {@link Instant#MAX} if none has one. */
    Instant earliestDeadline() {
        return Stream.concat(interactive.stream(), bulk.stream())
                .flatMap(waiting -> Routing.deadline(waiting.item().data().headers()).stream())
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    WorkItem takeNewest() {
        if (bulk.isEmpty()) {
            return interactive.removeLast().item();
        }
        WorkItem newest = bulk.removeLast().item();
        newest.partition().bulkWaits(-1);
        return newest;
    }

    void takeOverdue(Instant now, List<WorkItem> into) {
        int before = into.size();
        bulk.removeIf(waiting -> isOverdue(waiting, now) && into.add(waiting.item()));
        into.subList(before, into.size()).forEach(item -> item.partition().bulkWaits(-1));
        interactive.removeIf(waiting -> isOverdue(waiting, now) && into.add(waiting.item()));
    }

    private static boolean isOverdue(Waiting waiting, Instant now) {
        return Routing.isOverdue(waiting.item().data().headers(), now);
    }

    /** The partitions are gone, so nobody asks how many of their bulk records wait. */
    void dropFenced() {
        interactive.removeIf(TenantLine::isFenced);
        bulk.removeIf(TenantLine::isFenced);
    }

    private static boolean isFenced(Waiting waiting) {
        boolean fenced = waiting.item().partition().fenced();
        if (fenced) {
            waiting.item().letGo();
        }
        return fenced;
    }
}
