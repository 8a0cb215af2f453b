package io.pawline.stage.offsets;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One received record and the assignment it came with. */
public record WorkItem(AssignedPartition partition, ConsumerRecord<byte[], byte[]> data) {

    /** The record as work to do; empty if an earlier assignment of the partition completed it. */
    public static Optional<WorkItem> receive(AssignedPartition partition, ConsumerRecord<byte[], byte[]> data) {
        return partition.receive(data.offset()) ? Optional.of(new WorkItem(partition, data)) : Optional.empty();
    }

    /** Whether it was tried before. */
    public boolean isRetry() {
        return partition.ofRetries();
    }

    /** The record needs no more work; the next commit says so. */
    public void complete() {
        partition.complete(data.offset());
    }

    /** Takes back a completion that no commit has told of. */
    public void reopen() {
        partition.reopen(data.offset());
    }
}
