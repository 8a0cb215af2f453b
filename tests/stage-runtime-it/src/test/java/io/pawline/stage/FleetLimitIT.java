package io.pawline.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingRecords;
import io.pawline.testkit.TestingStage;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs three processes of a stage, whose provider has fewer places than they could fill. */
class FleetLimitIT {

    private static final int PLACES = 9;
    private static final int TASKS = 1_500;
    private static final Duration CALL = Duration.ofMillis(40);
    private static final Duration LONG = Duration.ofSeconds(90);

    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Set<String> done = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> callsOf = new ConcurrentHashMap<>();
    private final Map<String, SimpleMeterRegistry> meters = new LinkedHashMap<>();
    private final Map<String, StageRuntime<TaskAccepted>> running = new LinkedHashMap<>();

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(12);
    }

    @AfterEach
    void stop() {
        running.values().forEach(StageRuntime::close);
    }

    @Test
    void threeProcessesShareOneLimitWhoeverComesAndGoes() {
        send(TASKS);
        start("a");
        await().atMost(LONG).until(() -> share("a") == PLACES);
        start("b");
        start("c");

        await().atMost(LONG).until(() -> share("a") == 3 && share("b") == 3 && share("c") == 3);
        await().atMost(LONG).until(() -> callsOf.keySet().containsAll(Set.of("a", "b", "c")));
        // Whoever divides the limit leaves, and another takes it up
        String controller = running.keySet().stream()
                .filter(name -> gauge(name, "pawline.stage.fleet.controller") == 1)
                .findFirst()
                .orElseThrow();
        Objects.requireNonNull(running.remove(controller)).close();
        Set<String> left = new HashSet<>(running.keySet());

        await().atMost(LONG)
                .until(() -> left.stream().mapToInt(this::share).sum() == PLACES
                        && left.stream().allMatch(name -> share(name) >= PLACES / 2));
        await().atMost(LONG).until(() -> done.size() == TASKS);
        assertThat(most).as("calls at once in the provider").hasValueLessThanOrEqualTo(PLACES);
        assertThat(left)
                .allSatisfy(name ->
                        assertThat(gauge(name, "pawline.stage.fleet.limit")).isEqualTo(PLACES));
    }

    private void start(String instance) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        meters.put(instance, registry);
        StageRuntime<TaskAccepted> stage = TestingStage.on(TestingKafka.connection())
                .instance(instance)
                .maxInFlight(PLACES)
                .capacity(PLACES)
                .meters(registry)
                .runtime((in, attempt) -> attempt.call(() -> {
                    most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                    try {
                        TimeUnit.MILLISECONDS.sleep(CALL.toMillis());
                    } finally {
                        atOnce.decrementAndGet();
                    }
                    callsOf.merge(instance, 1, Integer::sum);
                    done.add(in.getContext().getTaskId());
                    return new OutsideCall.Answer<>(
                            TestingRecords.described(in), CallReport.succeeded(200, Optional.empty()));
                }));
        running.put(instance, stage);
        stage.start();
    }

    private int share(String instance) {
        return (int) gauge(instance, "pawline.stage.limit");
    }

    private double gauge(String instance, String name) {
        return Objects.requireNonNull(meters.get(instance)).get(name).gauge().value();
    }

    private static void send(int count) {
        String topic = Stage.DETECT.workTopic();
        TestingKafka.send(IntStream.range(0, count)
                .mapToObj(_ -> {
                    TaskId id = TaskId.next();
                    return new ProducerRecord<>(
                            topic,
                            id.toString().getBytes(UTF_8),
                            TestingEvents.serializer()
                                    .serialize(topic, TestingEvents.accepted(id, "oil", Duration.ofDays(1))));
                })
                .toList());
    }
}
