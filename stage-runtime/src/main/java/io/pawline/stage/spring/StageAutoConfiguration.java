package io.pawline.stage.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.stage.Handler;
import io.pawline.stage.KafkaClients;
import io.pawline.stage.StageRuntime;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;

/**
 * Runs the stage of a service that defines a {@link StageSpec} and a {@link Handler}, with the Kafka connection of {@code
 * spring.kafka.*}. Liveness and readiness tell of the stage alone, never of a provider or a database.
 */
@AutoConfiguration
@ConditionalOnBean({StageSpec.class, Handler.class})
@EnableConfigurationProperties(InstanceProperties.class)
public class StageAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean(destroyMethod = "")
    StageRuntime<?> stageRuntime(
            StageSpec<?> spec,
            Handler<?> handler,
            KafkaProperties kafka,
            InstanceProperties instance,
            MeterRegistry meters,
            Clock clock) {
        return runtime(spec, handler, kafka, instance, meters, clock);
    }

    @Bean
    StageLifecycle stageLifecycle(StageRuntime<?> stage) {
        return new StageLifecycle(stage);
    }

    /** Part of the liveness probe. */
    @Bean
    HealthIndicator stageAliveHealthIndicator(StageRuntime<?> stage) {
        return () -> status(stage.alive());
    }

    /** Part of the readiness probe. */
    @Bean
    HealthIndicator stageReadyHealthIndicator(StageRuntime<?> stage) {
        return () -> status(stage.ready());
    }

    private static Health status(boolean good) {
        return (good ? Health.up() : Health.down()).build();
    }

    // A service has one stage, so its handler takes what its specification names.
    @SuppressWarnings("unchecked")
    private static <I> StageRuntime<I> runtime(
            StageSpec<I> spec,
            Handler<?> handler,
            KafkaProperties kafka,
            InstanceProperties instance,
            MeterRegistry meters,
            Clock clock) {
        return new StageRuntime<>(
                spec,
                (Handler<I>) handler,
                new KafkaClients(kafka.buildAdminProperties(), instance.instanceId()),
                serializer(kafka),
                deserializer(kafka, spec.input()),
                meters,
                clock,
                RandomGenerator.getDefault());
    }

    /** By class name, so that another serialiser of the same wire format is a matter of configuration. */
    // The class is known from configuration only; one that takes no events fails with the first of them.
    @SuppressWarnings("unchecked")
    private static Serializer<SpecificRecord> serializer(KafkaProperties kafka) {
        Map<String, Object> settings = kafka.buildProducerProperties();
        Serializer<SpecificRecord> serializer =
                create(settings, ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, Serializer.class);
        serializer.configure(settings, false);
        return serializer;
    }

    private static Deserializer<?> deserializer(KafkaProperties kafka, Class<?> input) {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        // Two events of the same fields are still two events: without this, Avro reads one as the other.
        settings.put("specific.avro.value.type", input.getName());
        Deserializer<?> deserializer =
                create(settings, ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, Deserializer.class);
        deserializer.configure(settings, false);
        return deserializer;
    }

    private static <T> T create(Map<String, Object> settings, String setting, Class<T> type) {
        Object chosen = settings.get(setting);
        try {
            return chosen instanceof Class<?> known
                    ? type.cast(Utils.newInstance(known))
                    : Utils.newInstance(String.valueOf(chosen), type);
        } catch (ClassNotFoundException absent) {
            throw new IllegalStateException(
                    "no class " + chosen + " on the class path, see setting " + setting, absent);
        }
    }
}
