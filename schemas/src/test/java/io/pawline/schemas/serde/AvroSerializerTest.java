package io.pawline.schemas.serde;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.ImageRef;
import io.pawline.events.TaskAccepted;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvroSerializerTest {

    private final TestingRegistry registry = new TestingRegistry();

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void writesConfluentsWireFormat() throws Exception {
        registry.holds("\"string\"");
        byte[] bytes = requireNonNull(serializer(Map.of()).serialize("pawline.detect", TestingSerdeEvents.accepted()));

        assertThat(ByteBuffer.wrap(bytes).get()).isZero();
        assertThat(ByteBuffer.wrap(bytes).getInt(1)).isEqualTo(2);
        GenericRecord read = new GenericDatumReader<GenericRecord>(TaskAccepted.SCHEMA$)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
        assertThat(((GenericRecord) read.get("photo")).get("key")).hasToString("task/photo");
    }

    @ParameterizedTest
    @CsvSource({
        "TopicNameStrategy, pawline.detect-value",
        "RecordNameStrategy, io.pawline.events.TaskAccepted",
        "TopicRecordNameStrategy, pawline.detect-io.pawline.events.TaskAccepted",
        "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy, pawline.detect-io.pawline.events.TaskAccepted"
    })
    void namesTheSubjectAsConfigured(String strategy, String subject) {
        serializer(Map.of("value.subject.name.strategy", strategy))
                .serialize("pawline.detect", TestingSerdeEvents.accepted());
        assertThat(registry.subjects()).containsExactly(subject);
    }

    @Test
    void namesASubjectOfKeysAfterTheTopic() {
        AvroSerializer serializer = new AvroSerializer();
        serializer.configure(registry.settings(), true);
        serializer.serialize("pawline.detect", TestingSerdeEvents.accepted());
        assertThat(registry.subjects()).containsExactly("pawline.detect-key");
    }

    @Test
    void escapesTheSubjectInTheAddress() {
        serializer(Map.of()).serialize("a topic/ä", TestingSerdeEvents.accepted());
        assertThat(registry.requests()).containsExactly("POST /subjects/a%20topic%2F%C3%A4-value/versions");
    }

    @Test
    void registersASchemaOnce() {
        AvroSerializer serializer = serializer(Map.of());
        for (int i = 0; i < 5; i++) {
            serializer.serialize("pawline.detect", TestingSerdeEvents.accepted());
        }
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void onlyLooksUpWhenToldNotToRegister() {
        AvroSerializer strict = serializer(Map.of("auto.register.schemas", "false"));
        assertThatThrownBy(() -> strict.serialize("pawline.detect", TestingSerdeEvents.accepted()))
                .isInstanceOf(SchemaRefusedException.class)
                .hasMessageContaining("pawline.detect-value")
                .hasMessageContaining("auto.register.schemas");

        byte[] registered = serializer(Map.of()).serialize("pawline.detect", TestingSerdeEvents.accepted());
        assertThat(strict.serialize("pawline.detect", TestingSerdeEvents.accepted()))
                .isEqualTo(registered);
    }

    @Test
    void saysWhichSubjectRefusesAnIncompatibleSchemaAndWhy() {
        registry.answersNext(409, "{\"error_code\":409,\"message\":\"the field breed has no default\"}");
        assertThatThrownBy(() -> serializer(Map.of()).serialize("pawline.detect", TestingSerdeEvents.accepted()))
                .isInstanceOfSatisfying(
                        SchemaRefusedException.class,
                        e -> assertThat(e.subject()).isEqualTo("pawline.detect-value"))
                .hasMessageContaining("pawline.detect-value")
                .hasMessageContaining("the field breed has no default");
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void distinguishesAnUnreachableRegistryFromARefusal() {
        registry.close();
        assertThatThrownBy(() -> serializer(Map.of()).serialize("pawline.detect", TestingSerdeEvents.accepted()))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void refusesAnEventWithAFieldMissing() {
        TaskAccepted incomplete = new TaskAccepted(null, new ImageRef(null, null));
        assertThatThrownBy(() -> serializer(Map.of()).serialize("pawline.detect", incomplete))
                .isExactlyInstanceOf(SerializationException.class)
                .hasMessageContaining("TaskAccepted")
                .hasMessageContaining("pawline.detect");
    }

    @Test
    void writesATombstone() {
        assertThat(serializer(Map.of()).serialize("pawline.control", null)).isNull();
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void isMadeByKafkaFromItsName() {
        Map<String, Object> settings = registry.settings(Map.of(
                "bootstrap.servers", "127.0.0.1:1",
                "key.serializer", "org.apache.kafka.common.serialization.StringSerializer",
                "value.serializer", "io.pawline.schemas.serde.AvroSerializer"));
        try (var producer = new KafkaProducer<>(settings)) {
            assertThat(producer.metrics()).isNotEmpty();
        }
    }

    private AvroSerializer serializer(Map<String, ?> more) {
        AvroSerializer serializer = new AvroSerializer();
        serializer.configure(registry.settings(more), false);
        return serializer;
    }
}
