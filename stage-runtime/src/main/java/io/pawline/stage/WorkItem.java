package io.pawline.stage;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One received record and the assignment it came with. */
record WorkItem(AssignedPartition partition, ConsumerRecord<byte[], byte[]> data) {

    /** Whether it was tried before. */
    boolean isRetry() {
        return partition.ofRetries();
    }
}
