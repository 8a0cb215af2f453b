package io.pawline.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

class EventListenerConfigurationTest {

    private final EventListenerConfiguration configuration = new EventListenerConfiguration();

    @Test
    void makesTheDeserializerThatTheSettingsName() {
        KafkaProperties kafka = new KafkaProperties();
        kafka.getConsumer().setValueDeserializer(StringDeserializer.class);
        kafka.getConsumer().getProperties().putAll(Map.of("value.deserializer.encoding", "UTF-16BE"));

        Deserializer<?> deserializer = configuration.eventDeserializer(kafka);

        assertThat(deserializer.deserialize("topic", "event".getBytes(StandardCharsets.UTF_16BE)))
                .as("as the consumer properties configure it")
                .isEqualTo("event");
    }

    @Test
    void refusesAClassThatIsNoDeserializer() {
        KafkaProperties kafka = new KafkaProperties();
        kafka.getConsumer().setValueDeserializer(String.class);

        assertThatThrownBy(() -> configuration.eventDeserializer(kafka)).isInstanceOf(ClassCastException.class);
    }
}
