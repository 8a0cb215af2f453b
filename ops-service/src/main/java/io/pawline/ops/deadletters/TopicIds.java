package io.pawline.ops.deadletters;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;

/** Asks Kafka for the ids of topics. Thread-safe. */
final class TopicIds implements Function<Collection<String>, Map<String, Uuid>>, AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final Admin admin;

    /** @param connection Kafka client settings: bootstrap servers, security */
    TopicIds(Map<String, Object> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 2);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        admin = Admin.create(settings);
    }

    /** @throws KafkaException if Kafka does not answer, or does not know a topic */
    @Override
    public Map<String, Uuid> apply(Collection<String> topics) {
        try {
            return admin
                    .describeTopics(topics)
                    .allTopicNames()
                    .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, topic -> topic.getValue().topicId()));
        } catch (InterruptedException e) {
            throw new InterruptException(e); // which sets the flag
        } catch (ExecutionException e) {
            throw new KafkaException("Kafka does not say the ids of " + topics, e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("Kafka does not say the ids of " + topics, e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
