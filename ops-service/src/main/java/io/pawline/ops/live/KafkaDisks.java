package io.pawline.ops.live;

import io.pawline.ops.kafka.AdminAnswers;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;

/**
 * Measures how full the disks of the brokers are. One thread samples; any may ask.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/M4XBBw">KIP-827</a>
 */
final class KafkaDisks {

    private final Admin admin;
    private volatile Optional<Disk> fullest = Optional.empty();

    KafkaDisks(Admin admin) {
        this.admin = admin;
    }

    /**
     * A disk of a broker.
     *
     * @param total bytes of it
     * @param usable bytes that are free for Kafka
     */
    record Disk(int broker, long total, long usable) {

        double usedPercent() {
            return total == 0 ? 0 : 100.0 * (total - usable) / total;
        }
    }

    /**
     * Returns the fullest disk when it was last looked; empty if no broker says, which needs the right to describe the
     * cluster.
     */
    Optional<Disk> fullest() {
        return fullest;
    }

    /** Asks all brokers. One that does not answer is left out. */
    void sample() {
        try {
            Collection<Integer> brokers = AdminAnswers.of(
                            admin.describeCluster().nodes())
                    .stream()
                    .map(Node::id)
                    .toList();
            fullest = admin.describeLogDirs(brokers).descriptions().entrySet().stream()
                    .flatMap(broker -> disks(broker.getKey(), broker.getValue()))
                    .max(Comparator.comparingDouble(Disk::usedPercent));
        } catch (KafkaException unknown) {
            fullest = Optional.empty();
        }
    }

    private static Stream<Disk> disks(int broker, KafkaFuture<Map<String, LogDirDescription>> answer) {
        try {
            return AdminAnswers.of(answer).values().stream().flatMap(folder -> disk(broker, folder).stream());
        } catch (KafkaException unknown) {
            return Stream.empty();
        }
    }

    private static Optional<Disk> disk(int broker, LogDirDescription folder) {
        OptionalLong total = folder.totalBytes();
        OptionalLong usable = folder.usableBytes();
        return total.isPresent() && usable.isPresent()
                ? Optional.of(new Disk(broker, total.getAsLong(), usable.getAsLong()))
                : Optional.empty();
    }
}
