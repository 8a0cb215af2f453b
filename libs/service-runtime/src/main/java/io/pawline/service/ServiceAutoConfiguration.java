package io.pawline.service;

import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.ProducerListener;
import org.springframework.util.backoff.ExponentialBackOff;

/** The beans that every service has, whatever it does. */
@AutoConfiguration(before = KafkaAutoConfiguration.class)
class ServiceAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /**
     * Replaces Spring's listener, which logs the payload of each record that could not be sent, and with it addresses from
     * outside. Who sends a record handles its failure.
     */
    @Bean
    @ConditionalOnMissingBean(ProducerListener.class)
    ProducerListener<Object, Object> silentProducerListener() {
        return new ProducerListener<>() {};
    }

    /** Tries a batch that cannot be written until it can be: the database comes back. */
    @Bean
    @ConditionalOnMissingBean
    CommonErrorHandler batchErrorHandler() {
        ExponentialBackOff backOff = new ExponentialBackOff(500, 2);
        backOff.setMaxInterval(10_000);
        return new DefaultErrorHandler(backOff);
    }
}
