package io.pawline.service;

import io.pawline.schemas.TopicPrefix;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The settings of the names in Kafka. They count before any bean is made.
 *
 * @param topicPrefix stands before the names of all topics, consumer groups, transactional ids and subjects, such as
 *     {@code staging-}; the same for all services of an installation, and never changed while there is work
 */
@ConfigurationProperties("pawline")
record TopicProperties(@DefaultValue("") String topicPrefix) {

    TopicProperties {
        TopicPrefix.valid(topicPrefix);
    }

    /** Hands the prefix to those who make the names. */
    static final class Chooser implements EnvironmentPostProcessor {
        @Override
        public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
            TopicPrefix.choose(Binder.get(environment)
                    .bindOrCreate("pawline", TopicProperties.class)
                    .topicPrefix());
        }
    }
}
