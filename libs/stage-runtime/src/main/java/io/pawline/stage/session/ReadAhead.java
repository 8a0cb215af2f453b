package io.pawline.stage.session;

import io.pawline.stage.KafkaClients;
import io.pawline.stage.offsets.AssignedPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Pauses the partitions of which enough records are in memory, and resumes them when there is room for one more poll.
 * Used by the poll thread alone.
 */
final class ReadAhead {

    /** So many records of a work partition are read ahead of those that are handled. */
    private static final int READ_AHEAD = 1_000;

    /** So many records of a partition are held because they are not due, or may wait. The rest waits in Kafka. */
    private static final int HELD = 10_000;

    private final Consumer<byte[], byte[]> consumer;
    private final Predicate<TopicPartition> sleeps;
    private final int maxInFlight;
    private final long memory;

    /**
     * @param sleeps says whether nothing of the partition is due yet
     * @param memory bytes that the records of all work partitions may take
     */
    ReadAhead(Consumer<byte[], byte[]> consumer, Predicate<TopicPartition> sleeps, int maxInFlight, long memory) {
        this.consumer = consumer;
        this.sleeps = sleeps;
        this.maxInFlight = maxInFlight;
        this.memory = memory;
    }

    /** Pauses and resumes partitions as their room has changed, and that in memory. */
    void pauseAndResume(Collection<AssignedPartition> partitions) {
        long freshBytes = partitions.stream()
                .filter(partition -> !partition.ofRetries())
                .mapToLong(AssignedPartition::bytes)
                .sum();
        Set<TopicPartition> paused = consumer.paused();
        List<TopicPartition> toPause = new ArrayList<>();
        List<TopicPartition> toResume = new ArrayList<>();
        for (AssignedPartition partition : partitions) {
            TopicPartition name = partition.name();
            int room = room(partition);
            // Retries beyond the memory are held as references
            boolean noMemory = !partition.ofRetries() && freshBytes >= (paused.contains(name) ? memory / 2 : memory);
            boolean full = room <= 0 || noMemory || !partition.hasRoom() || sleeps.test(name);
            if (full && !paused.contains(name)) {
                toPause.add(name);
            } else if (!full && room >= KafkaClients.MAX_POLL_RECORDS && paused.contains(name)) {
                toResume.add(name);
            }
        }
        consumer.pause(toPause);
        consumer.resume(toResume);
    }

    private int room(AssignedPartition partition) {
        int open = partition.open();
        int most = partition.ofRetries() ? HELD : maxInFlight + READ_AHEAD;
        // Records that somebody waits for may stand behind those that may wait.
        return Math.min(most - open + partition.bulkWaiting(), HELD - open);
    }
}
