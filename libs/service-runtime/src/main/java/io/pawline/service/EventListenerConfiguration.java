package io.pawline.service;

import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Provides the beans of services that copy events from Kafka into the database. Their configuration imports it. */
@Configuration(proxyBeanMethods = false)
public class EventListenerConfiguration {

    /**
     * Makes the deserializer that {@code spring.kafka.consumer.value-deserializer} names, configured as in the stages.
     */
    @Bean
    Deserializer<?> eventDeserializer(KafkaProperties kafka) {
        Deserializer<?> deserializer =
                Utils.newInstance(kafka.getConsumer().getValueDeserializer().asSubclass(Deserializer.class));
        deserializer.configure(kafka.buildConsumerProperties(), false);
        return deserializer;
    }
}
