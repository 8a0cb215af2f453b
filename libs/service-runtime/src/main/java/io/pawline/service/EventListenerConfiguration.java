package io.pawline.service;

import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What services need that copy events from Kafka into the database; imported by their configuration. */
@Configuration(proxyBeanMethods = false)
public class EventListenerConfiguration {

    /** The deserializer that {@code spring.kafka.consumer.value-deserializer} names, as the stages have it. */
    @Bean
    Deserializer<?> eventDeserializer(KafkaProperties kafka) {
        Deserializer<?> deserializer =
                Utils.newInstance(kafka.getConsumer().getValueDeserializer().asSubclass(Deserializer.class));
        deserializer.configure(kafka.buildConsumerProperties(), false);
        return deserializer;
    }
}
