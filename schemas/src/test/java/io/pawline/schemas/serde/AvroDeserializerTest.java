package io.pawline.schemas.serde;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.ControlCommand;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.TaskAccepted;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvroDeserializerTest {

    private static final String TOPIC = "pawline.detect";

    private final TestingRegistry registry = new TestingRegistry();

    @AfterEach
    void stop() {
        registry.close();
    }

    static Stream<SpecificRecord> events() {
        return TestingSerdeEvents.oneOfEach();
    }

    @ParameterizedTest
    @MethodSource("events")
    void readsWhatWasWritten(SpecificRecord event) {
        assertThat(deserializer(Map.of()).deserialize(TOPIC, written(event))).isEqualTo(event);
    }

    @Test
    void asksForASchemaOnce() {
        byte[] bytes = written(TestingSerdeEvents.accepted());
        AvroDeserializer deserializer = deserializer(Map.of());
        for (int i = 0; i < 5; i++) {
            deserializer.deserialize(TOPIC, bytes);
        }
        assertThat(registry.requests())
                .filteredOn(request -> request.startsWith("GET"))
                .hasSize(1);
    }

    @Test
    void readsATombstone() {
        assertThat(deserializer(Map.of()).deserialize(TOPIC, (byte[]) null)).isNull();
    }

    @Test
    void readsAnOlderVersionWithDefaultsInPlace() throws Exception {
        byte[] old = genericControlCommand("");
        assertThat(deserializer(Map.of()).deserialize(TOPIC, old))
                .isInstanceOfSatisfying(ControlCommand.class, command -> {
                    assertThat(command.getBy()).isEqualTo("x");
                    assertThat(command.getLimit()).isEmpty();
                });
    }

    @Test
    void readsANewerVersionWithoutWhatItDoesNotKnow() throws Exception {
        byte[] newer = genericControlCommand(", {'name': 'ticket', 'type': 'string'}");
        assertThat(deserializer(Map.of()).deserialize(TOPIC, newer)).isInstanceOf(ControlCommand.class);
    }

    @Test
    void refusesOnlyTheRecordThatHasANewSymbol() throws Exception {
        Schema newer = controlCommandWithAction("'PAUSE', 'RESUME', 'LIMIT', 'COOL_DOWN', 'CANCEL', 'DANCE'", "");
        AvroDeserializer deserializer = deserializer(Map.of());
        assertThat(deserializer.deserialize(TOPIC, generic(newer, "PAUSE"))).isInstanceOf(ControlCommand.class);
        assertUndecodable(generic(newer, "DANCE")).hasMessageContaining("ControlCommand");
    }

    @Test
    void refusesOtherFormats() {
        assertUndecodable(new byte[0]).hasMessageContaining("too short");
        assertUndecodable(new byte[] {0, 0, 0, 0}).hasMessageContaining("too short");
        assertUndecodable("{\"json\": true}".getBytes(StandardCharsets.UTF_8)).hasMessageContaining("0x7b");
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void refusesAnIdThatTheRegistryDoesNotKnow() {
        assertUndecodable(new byte[] {0, 0, 0, 0, 77, 1}).hasMessageContaining("77");
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void refusesTruncatedBytesAndTrailingOnes() {
        byte[] bytes = written(TestingSerdeEvents.accepted());
        for (int length = 0; length < bytes.length; length++) {
            assertUndecodable(Arrays.copyOf(bytes, length));
        }
        assertUndecodable(Arrays.copyOf(bytes, bytes.length + 1)).hasMessageContaining("more bytes follow");
    }

    @Test
    void neverFailsInAnotherWayWhateverTheBytes() {
        Random random = new Random(20250816);
        AvroDeserializer deserializer = deserializer(Map.of());
        TestingSerdeEvents.oneOfEach().map(this::written).forEach(bytes -> {
            for (int i = 0; i < 2_000; i++) {
                byte[] damaged = bytes.clone();
                int from = 5 + random.nextInt(bytes.length - 5);
                for (int at = from; at < Math.min(bytes.length, from + 1 + random.nextInt(8)); at++) {
                    damaged[at] = (byte) random.nextInt();
                }
                try {
                    deserializer.deserialize(TOPIC, damaged);
                } catch (UndecodableException e) {
                    assertThat(e).hasMessageContaining("schema");
                }
            }
        });
    }

    @Test
    void refusesARecordOfAnotherTypeThanConfigured() {
        // The two have the same fields, so that Avro alone would take one for the other.
        SpecificRecord generated = TestingSerdeEvents.oneOfEach()
                .filter(ImageGenerated.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThatThrownBy(() -> deserializer(Map.of("specific.avro.value.type", ImageCutOut.class.getName()))
                        .deserialize(TOPIC, written(generated)))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("ImageGenerated")
                .hasMessageContaining("ImageCutOut");
    }

    @Test
    void refusesSchemasItHasNoClassFor() {
        assertUndecodable(headerOf("\"string\"")).hasMessageContaining("no event class");
        assertUndecodable(headerOf("{\"type\":\"record\",\"name\":\"a.b.Unknown\",\"fields\":[]}"))
                .hasMessageContaining("a.b.Unknown");
        assertUndecodable(headerOf("{\"type\":\"record\",\"name\":\"java.net.URL\",\"fields\":[]}"))
                .hasMessageContaining("java.net.URL");
        assertUndecodable(headerOf("no schema")).hasMessageContaining("not a complete Avro schema");
        assertUndecodable(headerOf("{\"type\":\"record\",\"name\":\"io.pawline.events.TaskAccepted\",\"fields\":[]}"))
                .hasMessageContaining("TaskAccepted");
    }

    @Test
    void refusesAProtobufSchema() {
        registry.answersNext(200, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"syntax = 'proto3';\"}");
        assertUndecodable(new byte[] {0, 0, 0, 0, 1, 0}).hasMessageContaining("PROTOBUF");
    }

    @Test
    void saysNothingAboutARecordWhileTheRegistryIsInTrouble() {
        byte[] bytes = written(TestingSerdeEvents.accepted());
        for (int status : new int[] {500, 503, 429}) {
            AvroDeserializer deserializer = deserializer(Map.of("max.retries", 0));
            registry.answersNext(status, "out of order");
            assertUnavailable(deserializer, bytes);
            assertThat(deserializer.deserialize(TOPIC, bytes)).isInstanceOf(TaskAccepted.class);
        }
        AvroDeserializer deserializer = deserializer(Map.of());
        registry.close();
        assertUnavailable(deserializer, bytes);
    }

    @Test
    void takesARefusalOrAStrangersAnswerForTrouble() {
        byte[] bytes = written(TestingSerdeEvents.accepted());
        int before = registry.requests().size();
        AvroDeserializer deserializer = deserializer(Map.of("max.retries", 0));
        registry.answersNext(401, "{\"error_code\":40101,\"message\":\"Unauthorized\"}");
        assertUnavailable(deserializer, bytes);
        registry.answersNext(404, "<html>not found</html>");
        assertUnavailable(deserializer, bytes);
        registry.answersNext(200, "<html>log in</html>");
        assertUnavailable(deserializer, bytes);
        registry.answersNext(302, "");
        assertUnavailable(deserializer, bytes);
        assertThat(registry.requests()).hasSize(before + 4);
    }

    private void assertUnavailable(AvroDeserializer deserializer, byte[] bytes) {
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    private AbstractThrowableAssert<?, ?> assertUndecodable(byte[] bytes) {
        return assertThatThrownBy(() -> deserializer(Map.of()).deserialize(TOPIC, bytes))
                .isInstanceOf(UndecodableException.class);
    }

    private byte[] headerOf(String schema) {
        return ByteBuffer.allocate(6)
                .put((byte) 0)
                .putInt(registry.holds(schema))
                .array();
    }

    private byte[] written(SpecificRecord event) {
        AvroSerializer serializer = new AvroSerializer();
        serializer.configure(registry.settings(), false);
        return requireNonNull(serializer.serialize(event.getSchema().getName(), event));
    }

    private byte[] genericControlCommand(String moreFields) throws Exception {
        return generic(controlCommandWithAction("'PAUSE', 'CANCEL'", moreFields), "PAUSE");
    }

    private static Schema controlCommandWithAction(String symbols, String moreFields) {
        return new Schema.Parser().parse("""
                        {'type': 'record', 'name': 'ControlCommand', 'namespace': 'io.pawline.events', 'fields': [
                          {'name': 'subject', 'type': 'string'},
                          {'name': 'action', 'type': {'type': 'enum', 'name': 'ControlAction', 'symbols': [%s]}},
                          {'name': 'by', 'type': 'string'},
                          {'name': 'why', 'type': 'string'},
                          {'name': 'at', 'type': {'type': 'long', 'logicalType': 'timestamp-millis'}} %s]}""".formatted(symbols, moreFields).replace('\'', '"'));
    }

    private byte[] generic(Schema schema, String action) throws Exception {
        GenericRecord record = new GenericData.Record(schema);
        schema.getFields().forEach(field -> record.put(field.name(), "x"));
        record.put(
                "action", new GenericData.EnumSymbol(schema.getField("action").schema(), action));
        record.put("at", 1L);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(WireFormat.header(registry.holds(schema.toString())));
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        return out.toByteArray();
    }

    private AvroDeserializer deserializer(Map<String, ?> more) {
        AvroDeserializer deserializer = new AvroDeserializer();
        deserializer.configure(registry.settings(more), false);
        return deserializer;
    }
}
