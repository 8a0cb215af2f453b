package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.BreakerState;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallOutcome;
import io.pawline.events.Ending;
import io.pawline.ops.ledger.Prices;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.testkit.TestingSerde;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveTopologyTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30Z");
    private static final TestingSerde.ToBytes BYTES = new TestingSerde.ToBytes();

    private final TopologyTestDriver driver = new TopologyTestDriver(
            LiveTopology.of(new TestingSerde.FromBytes(), new Prices(Map.of())), settings(), NOW);
    private final TestInputTopic<String, byte[]> attempts =
            driver.createInputTopic(Topics.ATTEMPTS, new StringSerializer(), new ByteArraySerializer());
    private final TestInputTopic<String, byte[]> finalStates =
            driver.createInputTopic(Stage.CALLBACK.workTopic(), new StringSerializer(), new ByteArraySerializer());
    private final TestOutputTopic<String, LiveUpdate> results = driver.createOutputTopic(
            Topics.LIVE, new StringDeserializer(), Json.serde(LiveUpdate.class).deserializer());
    private final Map<String, LiveUpdate> newest = new LinkedHashMap<>();

    @AfterEach
    void close() {
        driver.close();
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir") + "/live-topology-test");
        return settings;
    }

    @Test
    void countsCallsTasksAndFailuresByStageAndSpanOfTime() {
        TaskId task = TaskId.next();
        CallAttempt first = TestingAttemptEvents.begun(task, Stage.GENERATE, 1, NOW.plusSeconds(1));
        CallAttempt second = TestingAttemptEvents.begun(task, Stage.GENERATE, 2, NOW.plusSeconds(12));
        send(first);
        send(TestingAttemptEvents.ended(first, NOW.plusSeconds(9), Reason.READ_TIMEOUT));
        send(second);
        send(TestingAttemptEvents.ended(second, NOW.plusSeconds(14), null));

        assertThat(window("generate", 10, NOW))
                .isEqualTo(new WindowTotals(2, 1, 1, 0, 1, 1, 0, Map.of("read_timeout", 1L), Map.of()));
        assertThat(window("generate", 10, NOW.plusSeconds(10)))
                .as("a repeated call is no other task's")
                .isEqualTo(new WindowTotals(2, 0, 1, 1, 0, 0, 30_000, Map.of(), Map.of()));
        assertThat(window("generate", 60, NOW.minusSeconds(30)))
                .isEqualTo(new WindowTotals(4, 1, 2, 1, 1, 1, 30_000, Map.of("read_timeout", 1L), Map.of()));
    }

    @Test
    void anEventThatComesTwiceIsCountedOnce() {
        CallAttempt begun = TestingAttemptEvents.begun(TaskId.next(), Stage.MATTING, 1, NOW);
        CallAttempt ended = TestingAttemptEvents.ended(begun, NOW.plusSeconds(2), Reason.OVERLOADED);
        List.of(begun, ended, ended, begun, ended).forEach(this::send);

        assertThat(window("matting", 10, NOW))
                .isEqualTo(new WindowTotals(2, 1, 1, 0, 1, 0, 0, Map.of("overloaded", 1L), Map.of()));
    }

    @Test
    void whatIsTooLateForAnyCountIsForgotten() {
        for (int minute = 0; minute < 200; minute += 10) {
            send(TestingAttemptEvents.begun(TaskId.next(), Stage.MATTING, 1, NOW.plus(Duration.ofMinutes(minute))));
        }

        assertThat(remembered(CallDeduplicator.STORE)).isBetween(2, 14);
    }

    private int remembered(String store) {
        int number = 0;
        try (var all = driver.getWindowStore(store).all()) {
            for (; all.hasNext(); all.next()) {
                number++;
            }
        }
        return number;
    }

    @Test
    void aFirstCallMadeAgainByAnotherProcessIsNoOtherTask() {
        TaskId task = TaskId.next();
        send(TestingAttemptEvents.begun(task, Stage.DETECT, 1, NOW));
        send(TestingAttemptEvents.begun(task, Stage.DETECT, 1, NOW.plusSeconds(3)));

        assertThat(window("detect", 10, NOW)).satisfies(totals -> {
            assertThat(totals.calls()).isEqualTo(2);
            assertThat(totals.tasks()).isEqualTo(1);
        });
    }

    @Test
    void anOrphanedCallIsNoSecondEnd() {
        CallAttempt begun = TestingAttemptEvents.begun(TaskId.next(), Stage.DETECT, 1, NOW);
        CallAttempt ended = TestingAttemptEvents.ended(begun, NOW.plusSeconds(2), null);
        send(begun);
        send(ended);
        send(CallAttempt.newBuilder(ended).setOutcome(CallOutcome.ORPHANED).build());

        assertThat(window("detect", 10, NOW).succeeded()).isEqualTo(1);
    }

    @Test
    void countsTheFinalStateOfEachGenerationOnce() {
        TaskId task = TaskId.next();
        List.of(
                        TestingAttemptEvents.finished(task, 1, Ending.FAILED, NOW),
                        TestingAttemptEvents.finished(task, 1, Ending.FAILED, NOW),
                        TestingAttemptEvents.finished(task, 2, Ending.SUCCESS, NOW.plusSeconds(1)))
                .forEach(finalState -> finalStates.pipeInput(task.toString(), bytes(finalState)));

        assertThat(window(FinalStateDeduplicator.TASK, 10, NOW))
                .isEqualTo(new WindowTotals(
                        2, 0, 0, 0, 0, 0, 0, Map.of("read_timeout", 1L), Map.of("failed", 1L, "success", 1L)));
    }

    @Test
    void anEventThatComesLateIsCountedWhenItHappened() {
        send(TestingAttemptEvents.begun(TaskId.next(), Stage.DETECT, 1, NOW.plus(Duration.ofMinutes(20))));
        send(TestingAttemptEvents.begun(TaskId.next(), Stage.DETECT, 1, NOW));

        assertThat(window("detect", 10, NOW).calls()).isEqualTo(1);
    }

    @Test
    void whatIsNoEventIsPassedOver() {
        attempts.pipeInput("key", new byte[] {0, 1, 2});
        finalStates.pipeInput("key", new byte[] {0, 1, 2});
        send(TestingAttemptEvents.begun(TaskId.next(), Stage.DETECT, 1, NOW));

        assertThat(window("detect", 10, NOW).calls()).isEqualTo(1);
    }

    @Test
    void saysHowEachProcessStandsAndSinceWhenItsBreakerIsOpen() {
        tellSeen("a", NOW, BreakerState.CLOSED);
        tellSeen("a", NOW.plusSeconds(10), BreakerState.OPEN);
        tellSeen("b", NOW.plusSeconds(20), BreakerState.CLOSED);
        tellSeen("a", NOW.plusSeconds(30), BreakerState.HALF_OPEN);
        tellSeen("a", NOW.plusSeconds(40), BreakerState.OPEN);
        tellSeen("a", NOW.plusSeconds(5), BreakerState.CLOSED);

        assertThat(process("detect/a/provider-of-detect"))
                .as("what comes late changes nothing, and probes do not close it")
                .isEqualTo(new InstanceState(
                        "a", "provider-of-detect", NOW.plusSeconds(40), 3, 7, "open", NOW.plusSeconds(10)));
        assertThat(process("detect/b/provider-of-detect").breaker()).isEqualTo("closed");
    }

    private void tellSeen(String instance, Instant at, BreakerState breaker) {
        send(TestingAttemptEvents.seenBy(
                TestingAttemptEvents.begun(TaskId.next(), Stage.DETECT, 1, at), instance, 3, 7, breaker));
    }

    private void send(CallAttempt event) {
        attempts.pipeInput(event.getContext().getTaskId(), bytes(event));
    }

    private static byte[] bytes(SpecificRecord event) {
        return BYTES.serialize("", event);
    }

    private LiveUpdate update(String key) {
        results.readKeyValuesToList().forEach(update -> newest.put(update.key, update.value));
        return Objects.requireNonNull(newest.get(key), () -> key + " is none of " + newest.keySet());
    }

    private WindowTotals window(String stage, int seconds, Instant from) {
        return Objects.requireNonNull(update(stage + "/" + seconds + "/" + from).totals());
    }

    private InstanceState process(String key) {
        return Objects.requireNonNull(update(key).process());
    }
}
