package io.pawline.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.TaskAccepted;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SerdeConfigTest {

    @Test
    void hasConfluentsDefaults() {
        SerdeConfig config = config(Map.of());
        assertThat(config.autoRegister()).isTrue();
        assertThat(config.naming(false)).isEqualTo(SubjectNaming.TOPIC_NAME);
        assertThat(config.readerType(false)).isEmpty();
        assertThat(config.endpoints()).singleElement().hasToString("http://registry:8081");
    }

    @Test
    void readsEverySetting() {
        SerdeConfig config = config(Map.of(
                "schema.registry.url", "https://a/apis/ccompat/v7/,http://b:1",
                "auto.register.schemas", "false",
                "key.subject.name.strategy", "RecordNameStrategy",
                "value.subject.name.strategy", "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy",
                "specific.avro.reader", "true",
                "specific.avro.value.type", TaskAccepted.class,
                "http.connect.timeout.ms", "1",
                "http.read.timeout.ms", "2",
                "max.retries", "3",
                "retries.wait.ms", "4"));
        assertThat(config.autoRegister()).isFalse();
        assertThat(config.naming(true)).isEqualTo(SubjectNaming.RECORD_NAME);
        assertThat(config.naming(false)).isEqualTo(SubjectNaming.TOPIC_RECORD_NAME);
        assertThat(config.readerType(false)).contains(TaskAccepted.class);
        assertThat(config.endpoints())
                .extracting(Object::toString)
                .containsExactly("https://a/apis/ccompat/v7", "http://b:1");
        assertThat(config.patience())
                .isEqualTo(new RegistryHttp.Patience(
                        Duration.ofMillis(1), Duration.ofMillis(2), 3, Duration.ofMillis(4), Duration.ofSeconds(2)));
    }

    @Test
    void namesTheMissingAddress() {
        assertThatThrownBy(() -> new SerdeConfig(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url");
    }

    @ParameterizedTest
    @CsvSource({
        "schema.registry.url, ','",
        "schema.registry.url, ftp://registry:secret@host",
        "schema.registry.url, registry:8081",
        "schema.registry.url, http://cat:secret secret@host",
        "value.subject.name.strategy, my.own.Strategy",
        "specific.avro.reader, false",
        "specific.avro.value.type, java.lang.String",
        "use.latest.version, true",
        "basic.auth.credentials.source, SASL_INHERIT",
        "basic.auth.credentials.source, USER_INFO",
        "bearer.auth.token, secret",
        "schema.registry.ssl.keystore.location, /secret",
        "schema.registry.ssl.truststore.location, /secret",
        "schema.registry.ssl.truststore.certificates, secret",
        "max.retries, -1",
        "auto.register.schemas, perhaps"
    })
    void refusesWhatItCannotDoAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> {
                    SerdeConfig config = config(Map.of(key, value));
                    config.endpoints();
                    config.naming(false);
                    config.readerType(false);
                    config.trust();
                })
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("(?s).*(basic\\.auth\\.user\\.info|" + key.replace(".", "\\.") + ").*")
                .hasMessageNotContaining("secret");
    }

    private static SerdeConfig config(Map<String, ?> more) {
        Map<String, Object> settings = new HashMap<>(Map.of("schema.registry.url", "http://registry:8081"));
        settings.putAll(more);
        return new SerdeConfig(settings);
    }
}
