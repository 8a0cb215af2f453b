package io.pawline.registry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.ControlAction;
import io.pawline.events.ControlCommand;
import io.pawline.schemas.serde.AvroDeserializer;
import io.pawline.schemas.serde.AvroSerializer;
import io.pawline.schemas.serde.SchemaRefusedException;
import io.pawline.schemas.serde.UndecodableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Tests what Pawline relies on in a schema registry, whoever wrote it. */
abstract class SchemaRegistryContract {

    private static final String V1 = record("{'name': 'name', 'type': 'string'}");
    private static final String COMPATIBLE =
            record("{'name': 'name', 'type': 'string'}, {'name': 'age', 'type': ['null', 'int'], 'default': null}");
    private static final String INCOMPATIBLE =
            record("{'name': 'name', 'type': 'string'}, {'name': 'age', 'type': 'int'}");

    private final String subject = "contract-" + UUID.randomUUID() + "-value";

    /** The registry under test, whose global level is BACKWARD. */
    abstract String url();

    private RegistryClient registry = new RegistryClient("");

    @BeforeEach
    void connect() {
        registry = new RegistryClient(url());
    }

    @Test
    void givesTheSameIdEveryTime() {
        int id = register(subject, V1);
        assertThat(id).isPositive();
        assertThat(register(subject, V1)).isEqualTo(id);
        assertThat(register(subject, "  " + V1 + "\n")).isEqualTo(id);
        assertThat(register(subject + "-other", V1)).isEqualTo(id);
        assertThat(register(subject, COMPATIBLE)).isNotEqualTo(id);
    }

    @Test
    void givesASchemaByItsId() {
        int id = register(subject, V1);
        assertSameSchema(
                registry.get("/schemas/ids/" + id).body().path("schema").asString(), V1);
    }

    @Test
    void looksASchemaUp() {
        int id = register(subject, V1);
        var answer = registry.post("/subjects/" + subject, V1);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("subject").asString()).isEqualTo(subject);
        assertThat(answer.body().path("id").asInt()).isEqualTo(id);
        assertThat(answer.body().path("version").asInt()).isEqualTo(1);
        assertSameSchema(answer.body().path("schema").asString(), V1);
    }

    @Test
    void listsSubjectsAndVersions() {
        register(subject, V1);
        register(subject, COMPATIBLE);
        assertThat(registry.get("/subjects").body().valueStream())
                .anyMatch(name -> name.asString().equals(subject));
        assertThat(registry.get("/subjects/" + subject + "/versions").body()).hasToString("[1,2]");
    }

    @Test
    void givesAVersionByNumberAndTheLatest() {
        register(subject, V1);
        int id = register(subject, COMPATIBLE);
        var first = registry.get("/subjects/" + subject + "/versions/1").body();
        assertThat(first.path("version").asInt()).isEqualTo(1);
        assertSameSchema(first.path("schema").asString(), V1);
        var latest = registry.get("/subjects/" + subject + "/versions/latest").body();
        assertThat(latest.path("version").asInt()).isEqualTo(2);
        assertThat(latest.path("id").asInt()).isEqualTo(id);
    }

    @Test
    void refusesAnIncompatibleChange() {
        register(subject, V1);
        var refusal = registry.post("/subjects/" + subject + "/versions", INCOMPATIBLE);
        assertThat(refusal.status()).isEqualTo(409);
        assertThat(refusal.errorCode()).isEqualTo(409);
        assertThat(refusal.message()).isNotBlank();
        assertThat(registry.get("/subjects/" + subject + "/versions").body()).hasToString("[1]");
    }

    @Test
    void checksCompatibilityWithoutRegistering() {
        register(subject, V1);
        for (String version : new String[] {"latest", "1"}) {
            String path = "/compatibility/subjects/" + subject + "/versions/" + version;
            assertThat(isCompatible(path, COMPATIBLE)).isTrue();
            assertThat(isCompatible(path, INCOMPATIBLE)).isFalse();
        }
        assertThat(registry.get("/subjects/" + subject + "/versions").body()).hasToString("[1]");
    }

    @Test
    void letsASubjectHaveALevelOfItsOwn() {
        assertThat(registry.get("/config").body().path("compatibilityLevel").asString())
                .isEqualTo("BACKWARD");
        register(subject, V1);
        var answer = registry.putLevel("/config/" + subject, "NONE");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("compatibility").asString()).isEqualTo("NONE");
        assertThat(registry.get("/config/" + subject)
                        .body()
                        .path("compatibilityLevel")
                        .asString())
                .isEqualTo("NONE");
        register(subject, INCOMPATIBLE);
    }

    @Test
    void saysWhatItDoesNotKnow() {
        assertRefused(registry.get("/subjects/" + subject + "/versions"), 404, 40401);
        assertRefused(registry.get("/subjects/" + subject + "/versions/latest"), 404, 40401);
        assertRefused(registry.get("/schemas/ids/2000000000"), 404, 40403);
        register(subject, V1);
        assertRefused(registry.get("/subjects/" + subject + "/versions/7"), 404, 40402);
        assertRefused(registry.post("/subjects/" + subject, COMPATIBLE), 404, 40403);
    }

    @Test
    void refusesWhatIsNoSchema() {
        assertRefused(registry.post("/subjects/" + subject + "/versions", "{\"type\":\"cat\"}"), 422, 42201);
    }

    @Test
    void namesItsTypes() {
        assertThat(registry.get("/schemas/types").body().valueStream())
                .anyMatch(type -> type.asString().equals("AVRO"));
    }

    @Test
    void carriesAnEvent() {
        ControlCommand command = command();
        byte[] bytes = write(subject, command);
        assertThat(read(bytes)).isEqualTo(command);
        assertThat(registry.get("/schemas/ids/" + ByteBuffer.wrap(bytes, 1, 4).getInt())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void carriesEventsOfAnEarlierAndALaterVersion() throws IOException {
        String topic = "contract-" + UUID.randomUUID();
        Schema earlier = controlCommand("");
        byte[] old = write(earlier, register(topic + "-value", earlier.toString()));
        byte[] current = write(topic, command());
        Schema later = controlCommand(", {'name': 'limit', 'type': ['null', 'int'], 'default': null}"
                + ", {'name': 'ticket', 'type': 'string', 'default': ''}");
        byte[] newer = write(later, register(topic + "-value", later.toString()));

        assertThat(registry.get("/subjects/" + topic + "-value/versions").body())
                .hasToString("[1,2,3]");
        assertThat(((ControlCommand) read(old)).getLimit()).isEmpty();
        assertThat(read(current)).isEqualTo(command());
        assertThat(((ControlCommand) read(newer)).getWhy()).isEqualTo("x");
    }

    @Test
    void theSerializerLearnsWhyASchemaIsRefused() {
        String topic = "contract-" + UUID.randomUUID();
        register(topic + "-value", V1);
        assertThatThrownBy(() -> write(topic, command()))
                .isInstanceOf(SchemaRefusedException.class)
                .hasMessageContaining(topic + "-value")
                .hasMessageContaining("incompatible");
    }

    @Test
    void theDeserializerLearnsThatAnIdIsUnknown() {
        assertThatThrownBy(() -> read(new byte[] {0, 0x7f, 0, 0, 0, 1}))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining(String.valueOf(0x7f000000));
    }

    RegistryClient registry() {
        return registry;
    }

    final int register(String subject, String schema) {
        var answer = registry.post("/subjects/" + subject + "/versions", schema);
        assertThat(answer.status()).as(answer.message()).isEqualTo(200);
        return answer.body().path("id").asInt();
    }

    static void assertRefused(RegistryClient.Answer answer, int status, int code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.errorCode()).isEqualTo(code);
        assertThat(answer.message()).isNotBlank();
    }

    static String record(String fields) {
        return ("{'type': 'record', 'name': 'Pet', 'namespace': 'contract', 'fields': [" + fields + "]}")
                .replace('\'', '"');
    }

    private boolean isCompatible(String path, String schema) {
        return registry.post(path, schema).body().path("is_compatible").asBoolean();
    }

    private static void assertSameSchema(String actual, String expected) {
        assertThat(new JsonMapper().readTree(actual)).isEqualTo(new JsonMapper().readTree(expected));
    }

    private byte[] write(String topic, ControlCommand command) {
        try (AvroSerializer serializer = new AvroSerializer()) {
            serializer.configure(Map.of("schema.registry.url", url()), false);
            return requireNonNull(serializer.serialize(topic, command));
        }
    }

    private Object read(byte[] bytes) {
        try (AvroDeserializer deserializer = new AvroDeserializer()) {
            deserializer.configure(Map.of("schema.registry.url", url()), false);
            return requireNonNull(deserializer.deserialize("contract", bytes));
        }
    }

    private static ControlCommand command() {
        return ControlCommand.newBuilder()
                .setSubject("provider:ark")
                .setAction(ControlAction.COOL_DOWN)
                .setUntil(Instant.ofEpochMilli(1_763_900_000_000L))
                .setBy("stage")
                .setWhy("429")
                .setAt(Instant.ofEpochMilli(1_763_800_000_000L))
                .build();
    }

    private static Schema controlCommand(String moreFields) {
        return new Schema.Parser().parse("""
                        {'type': 'record', 'name': 'ControlCommand', 'namespace': 'io.pawline.events', 'fields': [
                          {'name': 'subject', 'type': 'string'},
                          {'name': 'action', 'type': {'type': 'enum', 'name': 'ControlAction',
                            'symbols': ['PAUSE', 'RESUME', 'LIMIT', 'COOL_DOWN', 'CANCEL']}},
                          {'name': 'by', 'type': 'string'},
                          {'name': 'why', 'type': 'string'},
                          {'name': 'at', 'type': {'type': 'long', 'logicalType': 'timestamp-millis'}} %s]}""".formatted(moreFields).replace('\'', '"'));
    }

    private static byte[] write(Schema schema, int id) throws IOException {
        GenericRecord record = new GenericData.Record(schema);
        schema.getFields().forEach(field -> record.put(field.name(), "x"));
        record.put(
                "action", new GenericData.EnumSymbol(schema.getField("action").schema(), "PAUSE"));
        record.put("at", 1L);
        if (schema.getField("limit") != null) {
            record.put("limit", 3);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        return out.toByteArray();
    }
}
