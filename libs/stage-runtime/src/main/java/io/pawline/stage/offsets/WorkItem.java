package io.pawline.stage.offsets;

import io.pawline.stage.Preparation.Prepared;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Holds one received record and the assignment it came with.
 *
 * @param preparation what was prepared of it; null if nothing was
 */
public record WorkItem(
        AssignedPartition partition,
        ConsumerRecord<byte[], byte[]> data,
        @Nullable Prepared preparation) {

    /** The record, its lists, its places in queues and timers, and its open offset. */
    private static final long OBJECTS_OF_A_RECORD = 600;

    private static final long OBJECTS_OF_A_HEADER = 100;

    /** Makes a record of which nothing is prepared. */
    public WorkItem(AssignedPartition partition, ConsumerRecord<byte[], byte[]> data) {
        this(partition, data, null);
    }

    /** Makes a record the work to do; empty if an earlier assignment of the partition completed it. */
    public static Optional<WorkItem> receive(AssignedPartition partition, ConsumerRecord<byte[], byte[]> data) {
        WorkItem item = new WorkItem(partition, data);
        return partition.receive(data.offset(), item.bytes()) ? Optional.of(item) : Optional.empty();
    }

    /** Makes a record that was {@linkplain #leaveInKafka left in Kafka} the work to do again. */
    public static WorkItem readAgain(AssignedPartition partition, ConsumerRecord<byte[], byte[]> data) {
        WorkItem item = new WorkItem(partition, data);
        partition.holds(item.bytes());
        return item;
    }

    /** Returns the same record with what was prepared of it. Whoever has it sees to its {@link #letGo}. */
    public WorkItem prepared(Prepared prepared) {
        return new WorkItem(partition, data, prepared);
    }

    /** Closes what was prepared of the record, if anything was. */
    public void letGo() {
        if (preparation != null) {
            preparation.close();
        }
    }

    /** Takes note that the record is open but no longer in memory; whoever has this lets go of it. */
    public void leaveInKafka() {
        partition.holds(-bytes());
    }

    /** Estimates the bytes that the record takes in memory. */
    public int bytes() {
        long bytes = OBJECTS_OF_A_RECORD + length(data.key()) + length(data.value());
        for (Header header : data.headers()) {
            bytes += OBJECTS_OF_A_HEADER + header.key().length() + length(header.value());
        }
        return Math.toIntExact(Math.min(bytes, Integer.MAX_VALUE));
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Says whether the record was tried before. */
    public boolean isRetry() {
        return partition.ofRetries();
    }

    /** Takes note that the record needs no more work; the next commit says so. */
    public void complete() {
        partition.complete(data.offset(), bytes());
    }

    /** Takes back a completion that is in no commit. */
    public void reopen() {
        partition.reopen(data.offset(), bytes());
    }
}
