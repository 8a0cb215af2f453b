package io.pawline.stage.offsets;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One assignment of one partition to this process. A partition that is taken away and comes back is a new object, so work
 * left over from before can never complete, or hide, a record of the new assignment. Thread-safe.
 */
public final class AssignedPartition {

    private final TopicPartition name;
    private final boolean ofRetries;
    private final OffsetTracker tracker;
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger bulkWaiting = new AtomicInteger();
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

    /** Takes note of a record at this offset; false if an earlier assignment completed it. */
    synchronized boolean receive(long offset) {
        return tracker.receive(offset);
    }

    /** The record at this offset needs no more work. */
    synchronized void complete(long offset) {
        tracker.complete(offset);
    }

    /** Takes back a completion that no commit has told of. */
    synchronized void reopen(long offset) {
        tracker.reopen(offset);
    }

    /** What to commit now. */
    public synchronized OffsetAndMetadata position() {
        return tracker.position();
    }

    /** Whether the commit has room for what more records would add to it. */
    public synchronized boolean hasRoom() {
        return tracker.hasRoom();
    }

    /** Records received whose outcome is not committed. */
    public synchronized int open() {
        return tracker.open();
    }

    /** Offsets received from the lowest open one on. */
    public synchronized long span() {
        return tracker.span();
    }

    /** So many more of its records wait and may go on waiting, or fewer. */
    public void bulkWaits(int more) {
        bulkWaiting.addAndGet(more);
    }

    /** Records received that wait, and behind which no other has to. */
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

    /** From now on no further record begins; those at work go on. */
    public void stopAdmitting() {
        admitting = false;
    }

    /** Whether no record is at work any more. */
    public boolean settled() {
        return atWork.get() == 0;
    }

    /** From now on nothing of this assignment is committed: another process may have it. */
    public void fence() {
        admitting = false;
        fenced = true;
    }

    public boolean fenced() {
        return fenced;
    }
}
