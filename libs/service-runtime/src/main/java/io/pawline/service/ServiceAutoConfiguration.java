package io.pawline.service;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pawline.service.Certificates.Use;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.ProducerListener;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;

/** Provides the beans that every service has. */
@AutoConfiguration(before = KafkaAutoConfiguration.class)
@EnableConfigurationProperties(TopicProperties.class)
class ServiceAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /**
     * Replaces Spring's listener, which logs the payload of each record that could not be sent, and with it addresses
     * from outside. The sender of a record handles its failure.
     */
    @Bean
    @ConditionalOnMissingBean(ProducerListener.class)
    ProducerListener<Object, Object> silentProducerListener() {
        return new ProducerListener<>() {};
    }

    /** Repeats a batch that cannot be written until it can be: a lost database comes back, a skipped batch does not. */
    @Bean
    @ConditionalOnMissingBean
    CommonErrorHandler batchErrorHandler() {
        return new DefaultErrorHandler(pauses());
    }

    @Bean
    Certificates certificates(ObjectProvider<KafkaProperties> kafka, Environment settings) {
        return new Certificates(
                Optional.ofNullable(kafka.getIfAvailable())
                        .map(KafkaProperties::buildAdminProperties)
                        .orElse(Map.of()),
                settings.getProperty("pawline.database.url"));
    }

    @Bean
    MeterBinder certificateMeters(Certificates certificates, Clock clock) {
        return registry -> {
            for (Use use : Use.values()) {
                Gauge.builder("pawline.certificate.expires", certificates, known -> secondsLeft(known, use, clock))
                        .baseUnit("seconds")
                        .tag("of", use.code())
                        .description("How long this certificate is still valid, NaN if the process has none")
                        .register(registry);
            }
        };
    }

    private static double secondsLeft(Certificates certificates, Use use, Clock clock) {
        return certificates
                .end(use)
                .map(end -> (double) Duration.between(clock.instant(), end).toSeconds())
                .orElse(Double.NaN);
    }

    /** Pauses between attempts: they double from half a second to 10 seconds, and never end. */
    static BackOff pauses() {
        ExponentialBackOff backOff = new ExponentialBackOff(500, 2);
        backOff.setMaxInterval(10_000);
        return backOff;
    }
}
