package io.pawline.ingest.progress;

import io.pawline.service.EventListenerConfiguration;
import io.pawline.service.InstanceProperties;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.TaskDatabase;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the listener that notes the stages tasks have reached. */
@Configuration(proxyBeanMethods = false)
@Import(EventListenerConfiguration.class)
public class ProgressConfiguration {

    /** After this time, other processes get the partitions of a process that does not come back. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    @Bean
    ProgressListener progressListener(TaskDatabase database, Deserializer<?> eventDeserializer) {
        return new ProgressListener(new ProgressDao(database), eventDeserializer);
    }

    /**
     * Makes the process a static member of its group, as the stages do. A process that was killed and comes back goes
     * on at once, and not only when the session of its predecessor is over. The broker's own group protocol has no such
     * members.
     */
    @Bean
    DefaultKafkaConsumerFactoryCustomizer staticMembership(InstanceProperties instance) {
        return consumers -> {
            Object protocol = consumers.getConfigurationProperties().get(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
            if (!"consumer".equalsIgnoreCase(String.valueOf(protocol))) {
                consumers.updateConfigs(Map.of(
                        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                        instance.instanceId(),
                        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                        (int) SESSION_TIMEOUT.toMillis()));
            }
        };
    }
}
