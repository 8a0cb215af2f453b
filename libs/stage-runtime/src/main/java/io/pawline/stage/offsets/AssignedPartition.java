package io.pawline.stage.offsets;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Stands for one assignment of one partition to this process. A partition that is taken away and comes back is a new
 * object. So work left over from before can never complete, or hide, a record of the new assignment. Thread-safe.
 */
public final class AssignedPartition {

    private final TopicPartition name;
    private final boolean ofRetries;
    private final OffsetTracker tracker;
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger bulkWaiting = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean admitting = true;
    private volatile boolean fenced;

    /**
     * @param ofRetries whether its records have been tried before
     * @param committed where the group stands in the partition, null if nowhere yet
     */
    public AssignedPartition(TopicPartition name, boolean ofRetries, @Nullable OffsetAndMetadata committed) {
        this.name = name;
        this.ofRetries = ofRetries;
        this.tracker = new OffsetTracker(committed);
    }

    public TopicPartition name() {
        return name;
    }

    public boolean ofRetries() {
        return ofRetries;
    }

    /** Takes note of a record of this size at this offset; false if an earlier assignment completed it. */
    synchronized boolean receive(long offset, int size) {
        boolean open = tracker.receive(offset);
        if (open) {
            holds(size);
        }
        return open;
    }

    /** Takes note that the record at this offset needs no more work. */
    synchronized void complete(long offset, int size) {
        if (tracker.complete(offset)) {
            holds(-size);
        }
    }

    /** Takes back a completion that is in no commit. */
    synchronized void reopen(long offset, int size) {
        if (tracker.reopen(offset)) {
            holds(size);
        }
    }

    /** Takes note that Kafka no longer has the record at this offset, which was not in memory. Nobody can work on it. */
    public synchronized void gone(long offset) {
        tracker.complete(offset);
    }

    /** Takes note that the open records take so many bytes of memory more, or less. */
    void holds(int more) {
        bytes.addAndGet(more);
    }

    /** Estimates the bytes that its open records take in memory. */
    public long bytes() {
        return bytes.get();
    }

    /** Returns what to commit now. */
    public synchronized OffsetAndMetadata position() {
        return tracker.position();
    }

    /** Says whether the commit has room for what more records would add to it. */
    public synchronized boolean hasRoom() {
        return tracker.hasRoom();
    }

    /** Counts the records received whose outcome is not committed. */
    public synchronized int open() {
        return tracker.open();
    }

    /** Counts the offsets received from the lowest open one on. */
    public synchronized long span() {
        return tracker.span();
    }

    /** Takes note that so many more of its bulk records wait, or fewer. */
    public void bulkWaits(int more) {
        bulkWaiting.addAndGet(more);
    }

    /** Counts the bulk records that wait. No other record has to wait behind them. */
    public int bulkWaiting() {
        return bulkWaiting.get();
    }

    /** Takes a place for one record at work, unless the partition is on its way out. */
    public boolean begin() {
        atWork.incrementAndGet();
        if (admitting) {
            return true;
        }
        atWork.decrementAndGet();
        return false;
    }

    /** Gives the place of {@link #begin} back: the record's outcome is committed, or the record given up. */
    public void end() {
        atWork.decrementAndGet();
    }

    /** Lets no further record begin from now on. Those at work go on. */
    public void stopAdmitting() {
        admitting = false;
    }

    /** Says whether no record is at work any more. */
    public boolean settled() {
        return atWork.get() == 0;
    }

    /** Bars the assignment: nothing of it is committed from now on, for another process may have the partition. */
    public void fence() {
        admitting = false;
        fenced = true;
    }

    public boolean fenced() {
        return fenced;
    }
}
