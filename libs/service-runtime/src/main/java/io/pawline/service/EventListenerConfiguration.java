package io.pawline.service;

import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;

/** Provides the beans of services that copy events from Kafka into the database. Their configuration imports it. */
@Configuration(proxyBeanMethods = false)
public class EventListenerConfiguration {

    /** Makes the deserializer that {@code spring.kafka.consumer.value-deserializer} names, configured as in the stages. */
    @Bean
    Deserializer<?> eventDeserializer(KafkaProperties kafka) {
        Deserializer<?> deserializer =
                Utils.newInstance(kafka.getConsumer().getValueDeserializer().asSubclass(Deserializer.class));
        deserializer.configure(kafka.buildConsumerProperties(), false);
        return deserializer;
    }

    /** Repeats a batch that cannot be written until it can be: a lost database comes back, a skipped batch does not. */
    @Bean
    CommonErrorHandler batchErrorHandler() {
        return new DefaultErrorHandler(pauses());
    }

    /** Pauses between attempts: they double from half a second to 10 seconds, and never end. */
    static BackOff pauses() {
        ExponentialBackOff backOff = new ExponentialBackOff(500, 2);
        backOff.setMaxInterval(10_000);
        return backOff;
    }
}
