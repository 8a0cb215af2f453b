package io.pawline.stage;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * One assignment of one partition to this process. A partition that is taken away and comes back is a new object, so work
 * left over from before can never complete, or hide, a record of the new assignment. Thread-safe.
 */
final class AssignedPartition {

    private final TopicPartition name;
    private final OffsetTracker tracker = new OffsetTracker();
    private final AtomicInteger atWork = new AtomicInteger();
    private volatile boolean admitting = true;
    private volatile boolean fenced;

    AssignedPartition(TopicPartition name) {
        this.name = name;
    }

    TopicPartition name() {
        return name;
    }

    synchronized WorkItem receive(ConsumerRecord<byte[], byte[]> data) {
        return new WorkItem(this, data, tracker.receive(data.offset()));
    }

    synchronized void complete(WorkItem item) {
        tracker.complete(item.entry());
    }

    /** The offset to commit now. */
    synchronized OffsetAndMetadata position() {
        return new OffsetAndMetadata(tracker.position());
    }

    /** Records received whose outcome is not committed. */
    synchronized int open() {
        return tracker.open();
    }

    /** Takes a place for one record at work, unless the partition is on its way out. */
    boolean begin() {
        atWork.incrementAndGet();
        if (admitting) {
            return true;
        }
        atWork.decrementAndGet();
        return false;
    }

    /** Gives the place of {@link #begin} back: the record's outcome is committed, or the record given up. */
    void end() {
        atWork.decrementAndGet();
    }

    /** From now on no further record begins; those at work go on. */
    void stopAdmitting() {
        admitting = false;
    }

    /** Whether no record is at work any more. */
    boolean settled() {
        return atWork.get() == 0;
    }

    /** From now on nothing of this assignment is committed: another process may have it. */
    void fence() {
        admitting = false;
        fenced = true;
    }

    boolean fenced() {
        return fenced;
    }
}
