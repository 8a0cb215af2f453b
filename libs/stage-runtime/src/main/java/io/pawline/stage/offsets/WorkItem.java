package io.pawline.stage.offsets;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Holds one received record and the assignment it came with. */
public record WorkItem(AssignedPartition partition, ConsumerRecord<byte[], byte[]> data) {

    /** Makes a record the work to do; empty if an earlier assignment of the partition completed it. */
    public static Optional<WorkItem> receive(AssignedPartition partition, ConsumerRecord<byte[], byte[]> data) {
        return partition.receive(data.offset()) ? Optional.of(new WorkItem(partition, data)) : Optional.empty();
    }

    /** Says whether the record was tried before. */
    public boolean isRetry() {
        return partition.ofRetries();
    }

    /** Takes note that the record needs no more work; the next commit says so. */
    public void complete() {
        partition.complete(data.offset());
    }

    /** Takes back a completion that is in no commit. */
    public void reopen() {
        partition.reopen(data.offset());
    }
}
