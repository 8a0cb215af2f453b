package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ops.canary.TestingComparison;
import io.pawline.ops.canary.TestingComparison.Fate;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.testkit.TestingKafka;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Compares a new provider in a running ops-service, from the events of its calls to the live control. */
class CanaryApiIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DatabaseProperties database = TestingDatabase.create();
    private TestingOps ops = start(database);

    private static TestingOps start(DatabaseProperties database) {
        try {
            TestingKafka.freshTopics(1);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
        return new TestingOps(database);
    }

    @AfterEach
    void close() {
        ops.close();
    }

    @Test
    void aBadCanaryIsStoppedAlthoughOpsServiceWasRestartedInBetween() {
        play(2, Fate.IMPLAUSIBLE);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(canary().at("/canary/bad").asInt()).isEqualTo(2));
        assertThat(canary().has("verdict")).isFalse();
        ops.close();
        ops = new TestingOps(database);
        assertThat(canary().at("/canary/bad").asInt()).isEqualTo(2);

        play(4, Fate.IMPLAUSIBLE);

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(canary().path("off").asBoolean()).isTrue());
        assertThat(canary().path("verdict").asString()).isEqualTo("worse");
        assertThat(canary().at("/canary/results").asInt()).isLessThanOrEqualTo(6);
        assertThat(canary().at("/causes/implausible").asInt()).isPositive();
        JsonNode control = only("/v1/controls", "controls");
        assertThat(control.path("subject").asString()).isEqualTo("off:new-model");
        assertThat(control.path("by").asString()).isEqualTo("canary");
        assertThat(control.path("why").asString()).contains("implausible");
        assertThat(only("/v1/audit", "audit").path("subject").asString()).isEqualTo("off:new-model");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ops.get("/v1/alerts").json().path("alerts"))
                        .filteredOn(alert -> alert.path("firing").asBoolean())
                        .extracting(alert -> alert.path("name").asString())
                        .contains("canary_stopped"));

        ops.post("/v1/controls/providers/new-model/switch-on", "{\"by\":\"ann\",\"why\":\"the prompt is repaired\"}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(canary().path("round").asInt()).isEqualTo(2));
        assertThat(canary().at("/canary/results").asInt()).isZero();
    }

    @Test
    void aGoodCanaryIsNotStopped() {
        play(300, Fate.GOOD);

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(canary().path("verdict").asString("")).isEqualTo("as_good"));
        assertThat(ops.get("/v1/controls").json().path("controls")).isEmpty();
        assertThat(only("/v1/audit", "audit").path("action").asString()).isEqualTo("as_good");
        assertThat(canary().at("/canary/cost").decimalValue()).isEqualByComparingTo("0.03");
    }

    private JsonNode canary() {
        JsonNode canaries = ops.get("/v1/canaries").json().path("canaries");
        assertThat(canaries).hasSize(1);
        return canaries.path(0);
    }

    private JsonNode only(String path, String name) {
        JsonNode list = ops.get(path).json().path(name);
        assertThat(list).hasSize(1);
        return list.path(0);
    }

    private void play(int ofCanary, Fate its) {
        TestingComparison played = new TestingComparison().with(ofCanary, its, Fate.GOOD, Instant.now());
        played.endIn(ops.bean(TaskDatabase.class));
        TestingOps.record(played.events());
    }
}
