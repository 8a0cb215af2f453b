package io.pawline.controls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pawline.events.ControlAction;
import io.pawline.events.ControlCommand;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.AvroDeserializer;
import io.pawline.testkit.TestingEvents;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Has a broker of its own, since some of the tests take it away for a while. */
class ControlStateReaderIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // by startKafka
    private static EmbeddedKafka kafka;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ControlStateReader.class.getPackageName());
    private ControlPublisher controlPublisher;

    @BeforeAll
    static void startKafka() {
        startKafka(0);
    }

    private static void startKafka(int port) {
        kafka = EmbeddedKafka.start(folder, port, Map.of("log.cleaner.backoff.ms", "100"));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start() throws Exception {
        deleteTopic();
        controlPublisher = controls(Clock.systemUTC());
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        controlPublisher.close();
    }

    @Test
    void everyProcessFollowsWhatIsSaid() throws Exception {
        createTopic(Map.of());
        TaskId task = TaskId.next();
        Instant soon = Instant.now().plusSeconds(300).truncatedTo(ChronoUnit.MILLIS);
        try (ControlStateReader one = read();
                ControlStateReader other = read()) {
            controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
            controlPublisher.limit(Stage.GENERATE, OptionalInt.of(3), "ann", "gently");
            controlPublisher.coolDown("ark", soon, "generate-1", "Retry-After");
            controlPublisher.coolDown("ark", soon.minusSeconds(60), "generate-2", "Retry-After");
            controlPublisher.cancel(task, soon, "ingest", "the customer asked");
            for (ControlStateReader reader : List.of(one, other)) {
                await().untilAsserted(() -> assertThat(reader.cancelled(task)).isTrue());
                assertThat(reader.paused(Stage.GENERATE)).isTrue();
                assertThat(reader.limit(Stage.GENERATE)).hasValue(3);
                assertThat(reader.coolDownUntil("ark")).isEqualTo(soon);
                assertThat(reader.paused(Stage.MATTING)).isFalse();
                assertThat(reader.limit(Stage.MATTING)).isEmpty();
                assertThat(reader.coolDownUntil("volcengine")).isEqualTo(Instant.EPOCH);
                assertThat(reader.cancelled(TaskId.next())).isFalse();
            }

            controlPublisher.resume(Stage.GENERATE, "ann", "fixed");
            controlPublisher.limit(Stage.GENERATE, OptionalInt.empty(), "ann", "fixed");
            controlPublisher.liftCoolDown("ark", "ann", "they say it works");
            for (ControlStateReader reader : List.of(one, other)) {
                await().untilAsserted(
                                () -> assertThat(reader.coolDownUntil("ark")).isEqualTo(Instant.EPOCH));
                assertThat(reader.paused(Stage.GENERATE)).isFalse();
                assertThat(reader.limit(Stage.GENERATE)).isEmpty();
            }
        }
    }

    @Test
    void aRestartedProcessKnowsThatItIsPausedAsSoonAsItHasCaughtUp() throws Exception {
        createTopic(Map.of());
        controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
        restartKafka();

        try (ControlStateReader reader = reader(TestingEvents.deserializer(ControlCommand.class))) {
            assertThat(reader.caughtUp()).isFalse();
            reader.start();
            assertThat(reader.awaitRead(LONG)).isTrue();
            assertThat(reader.caughtUp()).isTrue();
            assertThat(reader.paused(Stage.GENERATE)).isTrue();
        }
    }

    @Test
    void compactionLosesNeitherAStagesPauseNorItsLimit() throws Exception {
        createTopic(Map.of("segment.ms", "50", "min.cleanable.dirty.ratio", "0.001", "min.compaction.lag.ms", "0"));
        controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
        for (int limit = 1; limit <= 20; limit++) {
            controlPublisher.limit(Stage.GENERATE, OptionalInt.of(limit), "ann", "looking for the right one");
        }
        await().atMost(LONG).until(() -> {
            // A segment becomes old, and so can be compacted, with the next record only.
            controlPublisher.resume(Stage.CALLBACK, "ann", "nothing");
            return keys().stream().filter("limit:generate"::equals).count() == 1;
        });

        try (ControlStateReader reader = read()) {
            assertThat(reader.paused(Stage.GENERATE)).isTrue();
            assertThat(reader.limit(Stage.GENERATE)).hasValue(20);
        }
    }

    @Test
    void compactionLeavesNothingOfATaskThatIsForgotten() throws Exception {
        createTopic(Map.of(
                "segment.ms", "50",
                "min.cleanable.dirty.ratio", "0.001",
                "min.compaction.lag.ms", "0",
                "delete.retention.ms", "0"));
        TaskId task = TaskId.next();
        Instant until = Instant.now().plusSeconds(600);
        controlPublisher.cancel(task, until, "ingest-service", "the front end cancelled it");
        try (ControlStateReader reader = read()) {
            assertThat(reader.cancelled(task)).isTrue();
            controlPublisher.forget(task);
            await().untilAsserted(() -> assertThat(reader.cancelled(task)).isFalse());
        }
        await().atMost(LONG).until(() -> {
            controlPublisher.resume(Stage.CALLBACK, "ann", "nothing");
            return !keys().contains("task:" + task);
        });
    }

    @Test
    void aYearOfCommandsLeavesLittleToRead() throws Exception {
        createTopic(Topics.all(1, (short) 1).stream()
                .filter(topic -> topic.name().equals(Topics.CONTROL))
                .findFirst()
                .orElseThrow()
                .configs());
        // Each fortnight at first, and each day of the last one
        for (int day = 365; day > 0; day -= day > 14 ? 13 : 1) {
            send(
                    "stage:callback",
                    bytes("stage:callback", ControlAction.RESUME),
                    Instant.now().minus(Duration.ofDays(day)));
        }
        controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");

        // Those of two days stay, and the newest of those before
        await().atMost(LONG).until(() -> keys().size() <= 4);
        try (ControlStateReader reader = read()) {
            assertThat(reader.paused(Stage.GENERATE)).isTrue();
        }
    }

    @Test
    void compactionLeavesTheLongerCoolDownAsLongAsItCanLast() throws Exception {
        Map<String, String> settings = new HashMap<>(Topics.all(1, (short) 1).stream()
                .filter(topic -> topic.name().equals(Topics.CONTROL))
                .findFirst()
                .orElseThrow()
                .configs());
        settings.putAll(Map.of("segment.ms", "50", "min.cleanable.dirty.ratio", "0.001"));
        createTopic(settings);
        assertThat(Duration.ofMillis(Long.parseLong(settings.get("min.compaction.lag.ms"))))
                .isGreaterThan(ControlPublisher.LONGEST_COOL_DOWN);
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        // These are old enough to be compacted, so they show that the cleaner was here.
        for (int i = 0; i < 20; i++) {
            Instant old = now.minus(Duration.ofDays(3)).plusSeconds(i);
            send("stage:callback", bytes("stage:callback", ControlAction.RESUME), old);
        }
        controlPublisher.coolDown("ark", now.plusSeconds(600), "generate-1", "Retry-After");
        controlPublisher.coolDown("ark", now.plusSeconds(100), "generate-2", "Retry-After");
        await().atMost(LONG).until(() -> {
            controlPublisher.resume(Stage.DETECT, "ann", "nothing");
            return keys().stream().filter("stage:callback"::equals).count() == 1;
        });

        assertThat(keys()).filteredOn("provider:ark"::equals).hasSize(2);
        try (ControlStateReader reader = read()) {
            assertThat(reader.coolDownUntil("ark")).isEqualTo(now.plusSeconds(600));
        }
    }

    @Test
    void theNewerInstructionWinsThoughItsClockIsBehind() throws Exception {
        createTopic(Map.of());
        try (ControlPublisher behind = controls(Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)));
                ControlStateReader reader = read()) {
            controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
            behind.resume(Stage.GENERATE, "bob", "fixed");
            controlPublisher.pause(Stage.DETECT, "ann", "the end");

            await().until(() -> reader.paused(Stage.DETECT));
            assertThat(reader.paused(Stage.GENERATE)).isFalse();
        }
    }

    @Test
    void whatIsNoInstructionIsSkipped() throws Exception {
        createTopic(Map.of());
        send("stage:generate", "no Avro".getBytes(UTF_8));
        send("planet:earth", bytes("planet:earth", ControlAction.PAUSE));
        send("task:a", bytes("task:a", ControlAction.PAUSE));
        controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
        try (ControlStateReader reader = read()) {
            assertThat(reader.paused(Stage.GENERATE)).isTrue();
            assertThat(logged(Level.ERROR))
                    .hasSize(3)
                    .allMatch(line -> line.contains("pawline.control-0@") && line.contains("skipped"));

            send("stage:generate", "no Avro".getBytes(UTF_8));
            send("stage:generate", null);
            await().until(() -> !reader.paused(Stage.GENERATE));
        }
    }

    @Test
    void logsWhatIsInForceAndThenEachChangeWithWhoAndWhy() throws Exception {
        createTopic(Map.of());
        Instant soon = Instant.now().plusSeconds(300).truncatedTo(ChronoUnit.MILLIS);
        controlPublisher.pause(Stage.DETECT, "ann", "over by now");
        controlPublisher.resume(Stage.DETECT, "ann", "over");
        controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
        controlPublisher.cancel(TaskId.next(), soon, "ingest", "the customer asked");
        controlPublisher.cancel(TaskId.next(), soon, "ingest", "the customer asked");
        controlPublisher.cancel(TaskId.next(), Instant.now(), "ingest", "too late");
        try (ControlStateReader reader = read()) {
            assertThat(logged(Level.INFO))
                    .containsExactly(
                            "stage:generate: paused, by ann: bad pictures", "cancelled tasks that may still be met: 2");

            controlPublisher.resume(Stage.GENERATE, "bob", "fixed");
            controlPublisher.resume(Stage.GENERATE, "bob", "fixed, I said");
            controlPublisher.limit(Stage.GENERATE, OptionalInt.of(3), "ann", "gently");
            controlPublisher.coolDown("ark", soon, "generate-1", "Retry-After");
            controlPublisher.coolDown("ark", soon.minusSeconds(60), "generate-2", "Retry-After");
            controlPublisher.limit(Stage.GENERATE, OptionalInt.empty(), "ann", "well");
            await().until(() -> logged(Level.INFO).size() >= 6);
            assertThat(logged(Level.INFO).subList(2, 6))
                    .containsExactly(
                            "stage:generate: free again, by bob: fixed",
                            "limit:generate: 3 calls in flight per process, by ann: gently",
                            "provider:ark: no call before " + soon + ", by generate-1: Retry-After",
                            "limit:generate: calls in flight as configured, by ann: well");
            assertThat(reader.inForce())
                    .extracting(ControlCommand::getAction)
                    .containsExactly(ControlAction.COOL_DOWN, ControlAction.CANCEL, ControlAction.CANCEL);
        }
    }

    @Test
    void waitsForTheTopicAndSaysOnceHowToMakeIt() throws Exception {
        try (ControlStateReader reader = reader(TestingEvents.deserializer(ControlCommand.class))) {
            reader.start();
            assertThat(reader.awaitRead(Duration.ofSeconds(3))).isFalse();
            assertThat(logged(Level.WARN)).singleElement().asString().contains(Topics.CONTROL, "./pawline topics");

            createTopic(Map.of());
            controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
            assertThat(reader.awaitRead(LONG)).isTrue();
            await().until(() -> reader.paused(Stage.GENERATE));
        }
    }

    @Test
    void keepsWhatItKnowsThroughAnOutageAndGoesOnAfterIt() throws Exception {
        createTopic(Map.of());
        controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
        try (ControlStateReader reader = read()) {
            int port = port();
            kafka.close();
            assertThat(reader.paused(Stage.GENERATE)).isTrue();
            try (ControlStateReader blind = reader(TestingEvents.deserializer(ControlCommand.class))) {
                blind.start();
                assertThat(blind.awaitRead(Duration.ofSeconds(12))).isFalse();
                startKafka(port);
                assertThat(blind.awaitRead(LONG)).isTrue();
                assertThat(blind.paused(Stage.GENERATE)).isTrue();
            }

            controlPublisher.resume(Stage.GENERATE, "ann", "fixed");
            await().atMost(LONG).until(() -> !reader.paused(Stage.GENERATE));
        }
    }

    @Test
    void readsATopicThatWasMadeAnewFromItsBeginning() throws Exception {
        createTopic(Map.of());
        controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
        controlPublisher.pause(Stage.DETECT, "ann", "bad pictures");
        try (ControlStateReader reader = read()) {
            deleteTopic();
            createTopic(Map.of());
            try (ControlPublisher again = controls(Clock.systemUTC())) {
                again.pause(Stage.MATTING, "ann", "bad pictures");
            }

            await().atMost(LONG).until(() -> reader.paused(Stage.MATTING));
            assertThat(reader.paused(Stage.GENERATE)).isFalse();
        }
    }

    @Test
    void waitsForTheSchemaRegistry() throws Exception {
        createTopic(Map.of());
        controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");
        AtomicBoolean reachable = new AtomicBoolean();
        Deserializer<ControlCommand> events = TestingEvents.deserializer(ControlCommand.class);
        try (AvroDeserializer unreachable = new AvroDeserializer();
                ControlStateReader reader = reader((topic, bytes) -> reachable.get()
                        ? events.deserialize(topic, bytes)
                        : unreachable.deserialize(topic, new byte[] {0, 0, 0, 0, 1, 2}))) {
            unreachable.configure(Map.of("schema.registry.url", "http://127.0.0.1:1", "max.retries", 0), false);
            reader.start();
            await().until(() -> !logged(Level.WARN).isEmpty());
            assertThat(reader.caughtUp()).isFalse();
            reachable.set(true);
            assertThat(reader.awaitRead(LONG)).isTrue();
            assertThat(reader.paused(Stage.GENERATE)).isTrue();
        }
    }

    @Test
    void saysThatKafkaDidNotTakeAnInstruction() {
        kafka.close();

        try (ControlPublisher impatient = new ControlPublisher(
                connection(), TestingEvents.serializer(), Clock.systemUTC(), Duration.ofMillis(500))) {
            assertThatExceptionOfType(ControlPublishException.class)
                    .isThrownBy(() -> impatient.pause(Stage.GENERATE, "ann", "bad pictures"))
                    .withMessageContaining(kafka.bootstrapServers())
                    .withMessageContaining("./pawline topics");
        }
        startKafka(0);
    }

    private static Map<String, Object> connection() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    private static int port() {
        return Integer.parseInt(kafka.bootstrapServers().split(":", 2)[1]);
    }

    private static void restartKafka() {
        int port = port();
        kafka.close();
        startKafka(port);
    }

    private ControlPublisher controls(Clock clock) {
        return new ControlPublisher(connection(), TestingEvents.serializer(), clock);
    }

    @Test
    void followsTheControlsThoughAThreadsErrorComesBetween() throws Exception {
        createTopic(Map.of());
        AtomicBoolean fails = new AtomicBoolean();
        InstantSource failing = () -> {
            if (fails.compareAndSet(true, false)) {
                throw new NoClassDefFoundError("a jar that was replaced");
            }
            return Instant.now();
        };
        try (ControlStateReader reader = new ControlStateReader(
                connection(), TestingEvents.deserializer(ControlCommand.class), failing.withZone(ZoneOffset.UTC))) {
            reader.start();
            assertThat(reader.awaitRead(LONG)).isTrue();
            fails.set(true);
            await().until(() -> !fails.get());

            controlPublisher.pause(Stage.GENERATE, "ann", "bad pictures");

            await().until(() -> reader.paused(Stage.GENERATE));
        }
    }

    private ControlStateReader reader(Deserializer<?> deserializer) {
        return new ControlStateReader(connection(), deserializer, Clock.systemUTC());
    }

    private ControlStateReader read() throws InterruptedException {
        ControlStateReader reader = reader(TestingEvents.deserializer(ControlCommand.class));
        reader.start();
        assertThat(reader.awaitRead(LONG)).isTrue();
        return reader;
    }

    private List<String> logged(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private void createTopic(Map<String, String> settings) throws Exception {
        Map<String, String> compacted = new HashMap<>(settings);
        compacted.put("cleanup.policy", "compact");
        try (Admin admin = Admin.create(connection())) {
            admin.createTopics(List.of(new NewTopic(Topics.CONTROL, 1, (short) 1).configs(compacted)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static void deleteTopic() throws Exception {
        try (Admin admin = Admin.create(connection())) {
            if (admin.listTopics().names().get().contains(Topics.CONTROL)) {
                admin.deleteTopics(List.of(Topics.CONTROL)).all().get(30, TimeUnit.SECONDS);
                await().until(() -> !admin.listTopics().names().get().contains(Topics.CONTROL));
            }
        }
    }

    private void send(String key, byte @Nullable [] value) throws Exception {
        send(key, value, Instant.now());
    }

    private void send(String key, byte @Nullable [] value, Instant at) throws Exception {
        try (var producer = new KafkaProducer<>(connection(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.CONTROL, 0, at.toEpochMilli(), key.getBytes(UTF_8), value))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static byte[] bytes(String subject, ControlAction action) {
        ControlCommand command = ControlCommand.newBuilder()
                .setSubject(subject)
                .setAction(action)
                .setBy("ann")
                .setWhy("test")
                .setAt(Instant.now())
                .build();
        return TestingEvents.serializer().serialize(Topics.CONTROL, command);
    }

    /** Returns the key of every record that is still in the topic. */
    private List<String> keys() {
        try (var consumer =
                new KafkaConsumer<>(connection(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(Topics.CONTROL, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            List<String> keys = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(50)).forEach(data -> keys.add(new String(data.key(), UTF_8)));
            }
            return keys;
        }
    }
}
