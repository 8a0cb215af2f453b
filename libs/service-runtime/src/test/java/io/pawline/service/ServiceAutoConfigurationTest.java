package io.pawline.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.LoggingProducerListener;
import org.springframework.kafka.support.ProducerListener;
import org.springframework.util.backoff.BackOffExecution;

class ServiceAutoConfigurationTest {

    private static final Clock FIXED = Clock.fixed(Instant.parse("2026-11-23T10:15:30Z"), ZoneOffset.UTC);

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({KafkaAutoConfiguration.class, ServiceAutoConfiguration.class})
    static class PlainService {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({KafkaAutoConfiguration.class, ServiceAutoConfiguration.class})
    static class ServiceWithItsOwnBeans {
        @Bean
        Clock ownClock() {
            return FIXED;
        }

        @Bean
        ProducerListener<Object, Object> ownListener() {
            return new LoggingProducerListener<>();
        }
    }

    private static ConfigurableApplicationContext start(Class<?> service) {
        SpringApplication application = new SpringApplication(service);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run("--spring.main.banner-mode=off");
    }

    @Test
    void aListenerThatLogsNothingReplacesSprings() {
        try (ConfigurableApplicationContext context = start(PlainService.class)) {
            assertThat(context.getBeansOfType(ProducerListener.class)).containsOnlyKeys("silentProducerListener");
            assertThat(context.getBean(ProducerListener.class)).isNotInstanceOf(LoggingProducerListener.class);
            assertThat(context.getBeansOfType(KafkaTemplate.class)).hasSize(1);
        }
    }

    @Test
    void theClockIsThatOfTheSystemInUtc() {
        try (ConfigurableApplicationContext context = start(PlainService.class)) {
            assertThat(context.getBean(Clock.class)).isEqualTo(Clock.systemUTC());
        }
    }

    @Test
    void beansOfTheServiceHavePrecedence() {
        try (ConfigurableApplicationContext context = start(ServiceWithItsOwnBeans.class)) {
            assertThat(context.getBeansOfType(Clock.class)).containsOnlyKeys("ownClock");
            assertThat(context.getBeansOfType(ProducerListener.class)).containsOnlyKeys("ownListener");
        }
    }

    @Test
    void repeatsABatchForEverWithPausesOfTenSecondsAtMost() {
        BackOffExecution pauses = ServiceAutoConfiguration.pauses().start();

        assertThat(Stream.generate(pauses::nextBackOff).limit(10_000))
                .startsWith(500L, 1_000L, 2_000L, 4_000L, 8_000L, 10_000L)
                .endsWith(10_000L)
                .doesNotContain(BackOffExecution.STOP)
                .allSatisfy(pause -> assertThat(pause).isBetween(1L, 10_000L));
    }
}
