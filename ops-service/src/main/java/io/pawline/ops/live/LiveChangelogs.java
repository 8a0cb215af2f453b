package io.pawline.ops.live;

import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the number of partitions of the topics that the live count reads. Kafka Streams refuses to start when a topic
 * of its own has fewer partitions than what is read has, as after {@code kafka.topics.partitions} was raised. So those
 * get as many. A call whose two events are on both sides of the change may count twice; such are under way for seconds.
 * Thread-safe.
 */
final class LiveChangelogs {

    private static final Logger log = LoggerFactory.getLogger(LiveChangelogs.class);
    private static final long PATIENCE_SECONDS = 10;

    /** The topics that are read, in one group of tasks: one task for each partition of the larger. */
    private static final List<String> READ = List.of(Topics.ATTEMPTS, Stage.CALLBACK.workTopic());

    /** Those that Kafka Streams makes for these tasks. */
    private static final List<String> CHANGELOGS = List.of(
            Topics.LIVE_COUNT + "-" + CallDeduplicator.STORE + "-changelog",
            Topics.LIVE_COUNT + "-" + FinalStateDeduplicator.STORE + "-changelog");

    private final Map<String, Object> connection;

    /** @param connection Kafka client settings: bootstrap servers, security */
    LiveChangelogs(Map<String, Object> connection) {
        this.connection = Map.copyOf(connection);
    }

    /** Adds the partitions that are missing, and says whether none is; false: Kafka did not answer or refused. */
    boolean haveAllPartitions() {
        try (Admin admin = Admin.create(connection)) {
            Map<String, Integer> numbers = partitions(admin);
            int wanted = READ.stream()
                    .mapToInt(topic -> numbers.getOrDefault(topic, 0))
                    .max()
                    .orElse(0);
            Map<String, NewPartitions> missing = new HashMap<>();
            for (String changelog : CHANGELOGS) {
                if (numbers.getOrDefault(changelog, wanted) < wanted) {
                    missing.put(changelog, NewPartitions.increaseTo(wanted));
                }
            }
            if (!missing.isEmpty()) {
                log.info("{} get {} partitions, as the topics that are read have", missing.keySet(), wanted);
                admin.createPartitions(missing).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.warn("the live count waits: its topics cannot be looked at: {}", String.valueOf(e.getMessage()));
            return false;
        }
    }

    private static Map<String, Integer> partitions(Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Integer> numbers = new HashMap<>();
        List<String> all = new ArrayList<>(READ);
        all.addAll(CHANGELOGS);
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                admin.describeTopics(all).topicNameValues().entrySet()) {
            number(topic.getValue()).ifPresent(number -> numbers.put(topic.getKey(), number));
        }
        return numbers;
    }

    private static Optional<Integer> number(KafkaFuture<TopicDescription> topic)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return Optional.of(
                    topic.get(PATIENCE_SECONDS, TimeUnit.SECONDS).partitions().size());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
