package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.events.BreakerState;
import io.pawline.events.CallAttempt;
import io.pawline.events.Ending;
import io.pawline.events.LimitLease;
import io.pawline.events.LimitLeases;
import io.pawline.events.LimitMessage;
import io.pawline.events.LimitReport;
import io.pawline.events.LimitTenant;
import io.pawline.ops.TestingDatabase;
import io.pawline.ops.TestingOps;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.testkit.TestingKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Follows events from their topics through Kafka Streams into the tables and the API, with a restart in the middle. */
class LiveCountIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int TASKS = 60;

    /** The query sums over all spans of time of one length. */
    private static final String COUNTED = """
            select coalesce(sum(tasks), 0)::bigint tasks, coalesce(sum(calls), 0)::bigint calls,
                coalesce(sum(succeeded), 0)::bigint succeeded, coalesce(sum(failures), 0)::bigint failures,
                coalesce(sum(timeouts), 0)::bigint timeouts, coalesce(sum(cost_micros), 0)::bigint cost
            from live_window where seconds = %d and stage <> 'task'
            """;

    private static final String LEDGER = """
            select count(distinct (task_id, stage)) tasks, count(*) calls, count(*) filter (where outcome = 'succeeded') succeeded,
                count(*) filter (where outcome = 'failed') failures,
                count(*) filter (where reason = 'read_timeout') timeouts, sum(cost_micros)::bigint cost
            from call_attempt
            """;

    private final Instant start = Instant.now().minusSeconds(25);

    @Test
    void aRestartChangesNoNumberAndTheCountsAreTheLedgers() throws Exception {
        TestingKafka.freshTopics(2);
        List<ProducerRecord<byte[], byte[]>> first = new ArrayList<>();
        List<ProducerRecord<byte[], byte[]>> second = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            task(i, first, second);
        }
        DatabaseProperties database = TestingDatabase.create();
        TestingKafka.send(first);
        try (TestingOps ops = new TestingOps(database)) {
            await().atMost(PATIENCE)
                    .until(() -> Long.valueOf(TASKS)
                            .equals(row(ops, COUNTED.formatted(10)).get("calls")));
        }
        TestingKafka.send(first.subList(0, 20));
        TestingKafka.send(second);
        try (TestingOps ops = new TestingOps(database)) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(row(ops, LEDGER))
                        .containsEntry("calls", 2L * TASKS)
                        .containsEntry("succeeded", (long) TASKS)
                        .containsEntry("failures", (long) TASKS);
                assertThat(row(ops, COUNTED.formatted(10))).isEqualTo(row(ops, LEDGER));
                assertThat(row(ops, COUNTED.formatted(60))).isEqualTo(row(ops, LEDGER));
            });
            assertLive(ops);
            assertShares(ops);
            assertSeries(ops);
            assertAlerts(ops);
            assertReport(ops);
            assertBadRequestsAreToldWhatIsWrong(ops);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ops.get("/v1/live")
                                    .json()
                                    .path("stale_seconds")
                                    .asDouble(-1))
                            .as("everything is counted")
                            .isZero());
        }
    }

    /** Adds a first call that fails, of which only the beginning comes before the restart, and the calls after it. */
    private void task(
            int number, List<ProducerRecord<byte[], byte[]>> first, List<ProducerRecord<byte[], byte[]>> second) {
        TaskId task = TaskId.next();
        Instant at = start.plusMillis(100L * number);
        CallAttempt begun = seen(TestingAttemptEvents.begun(task, Stage.GENERATE, 1, at));
        CallAttempt failed = TestingAttemptEvents.ended(
                begun, at.plusSeconds(4), number % 2 == 0 ? Reason.READ_TIMEOUT : Reason.OVERLOADED);
        CallAttempt again = seen(TestingAttemptEvents.begun(task, Stage.GENERATE, 2, at.plusSeconds(8)));
        first.add(attempt(begun));
        first.add(attempt(begun));
        second.add(attempt(failed));
        second.add(attempt(again));
        second.add(attempt(TestingAttemptEvents.ended(again, at.plusSeconds(10), null)));
        second.add(record(
                Stage.CALLBACK.workTopic(),
                task.toString(),
                TestingAttemptEvents.finished(task, 1, Ending.SUCCESS, at.plusSeconds(11))));
    }

    private static CallAttempt seen(CallAttempt call) {
        return TestingAttemptEvents.seenBy(call, "one", 5, 40, BreakerState.CLOSED);
    }

    private static ProducerRecord<byte[], byte[]> attempt(CallAttempt event) {
        return record(Topics.ATTEMPTS, event.getContext().getTaskId(), event);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, SpecificRecord event) {
        return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), TestingOps.bytes(event));
    }

    private static Map<String, Object> row(TestingOps ops, String sql) {
        return ops.bean(TaskDatabase.class)
                .with(handle -> handle.createQuery(sql).mapToMap().one());
    }

    /** A process says again and again what it has. What it said long ago is forgotten. */
    private static void assertShares(TestingOps ops) {
        LimitReport report = LimitReport.newBuilder()
                .setNumber(1)
                .setEpoch(1)
                .setLease(1)
                .setBusy(9)
                .setGhosts(1)
                .setWanted(40)
                .setMost(64)
                .setResumed(false)
                .setLeaving(false)
                .setCalls(List.of())
                .setTenants(List.of(LimitTenant.newBuilder()
                        .setTenant("shop")
                        .setAtWork(6)
                        .setWaiting(31)
                        .setShare(0.5)
                        .build()))
                .build();
        LimitLeases leases = LimitLeases.newBuilder()
                .setEpoch(1)
                .setNumber(2)
                .setLimit(30)
                .setRate(8)
                .setLearnedLimit(30)
                .setBaselineCalls(0)
                .setSpread(0.4)
                .setCongestedBefore(false)
                .setLeases(List.of(LimitLease.newBuilder()
                        .setInstance("generate-0")
                        .setLife("1")
                        .setReport(1)
                        .setSlots(30)
                        .setRate(8)
                        .build()))
                .build();
        await().atMost(PATIENCE).untilAsserted(() -> {
            TestingKafka.send(List.of(
                    record(Topics.LIMITS, "generate", limits().setReport(report).build()),
                    record(Topics.LIMITS, "generate", limits().setLeases(leases).build())));
            JsonNode shares = ops.get("/v1/live").json().at("/stages/1/shares/0");
            assertThat(shares.path("limit").asInt(-1)).isEqualTo(30);
            assertThat(shares.path("rate").asDouble(-1)).isEqualTo(8);
            assertThat(shares.at("/processes/0/process").asString("")).isEqualTo("generate-0");
            assertThat(shares.at("/processes/0/controller").asBoolean(false)).isTrue();
            assertThat(shares.at("/processes/0/share").asInt(-1)).isEqualTo(30);
            assertThat(shares.at("/processes/0/in_flight").asInt(-1)).isEqualTo(8);
            assertThat(shares.at("/processes/0/ghosts").asInt(-1)).isEqualTo(1);
            assertThat(shares.at("/processes/0/wanted").asInt(-1)).isEqualTo(40);
            assertThat(shares.at("/tenants/0/tenant").asString("")).isEqualTo("shop");
            assertThat(shares.at("/tenants/0/share").asDouble(-1)).isEqualTo(0.5);
            assertThat(shares.at("/tenants/0/in_flight").asInt(-1)).isEqualTo(6);
            assertThat(shares.at("/tenants/0/waiting").asInt(-1)).isEqualTo(31);
        });
    }

    private static LimitMessage.Builder limits() {
        return LimitMessage.newBuilder()
                .setProvider("provider-of-generate")
                .setInstance("generate-0")
                .setLife("1");
    }

    private static void assertLive(TestingOps ops) {
        JsonNode live = ops.get("/v1/live").json();
        assertThat(live.path("window_seconds").intValue()).isEqualTo(60);
        assertThat(live.path("stages")
                        .valueStream()
                        .map(stage -> stage.path("stage").asString()))
                .containsExactly("detect", "generate", "matting", "finalize", "callback");
        JsonNode generate = live.path("stages").path(1);
        assertThat(generate.path("provider").asString()).isEqualTo("provider-of-generate");
        assertThat(generate.path("limit").intValue()).isEqualTo(40);
        assertThat(generate.path("breaker").asString()).isEqualTo("closed");
        assertThat(generate.path("paused").booleanValue()).isFalse();
        assertThat(generate.path("lag").isIntegralNumber()).isTrue();
        assertThat(live.path("stages").path(4).path("lag").intValue())
                .as("nobody takes the final states here")
                .isEqualTo(TASKS);
        assertThat(live.path("stages").path(0).path("limit").isNull()).isTrue();
    }

    private void assertSeries(TestingOps ops) {
        for (String step : List.of("10s", "1m")) {
            JsonNode points = ops.get("/v1/live/series?step=%s&from=%s&to=%s"
                            .formatted(step, start.minusSeconds(120), start.plusSeconds(120)))
                    .json()
                    .path("points");
            assertThat(points.valueStream()
                            .mapToLong(point -> point.path("calls").longValue())
                            .sum())
                    .isEqualTo(2L * TASKS);
            assertThat(points.valueStream()
                            .mapToLong(point -> point.path("tasks").longValue())
                            .sum())
                    .isEqualTo(TASKS);
        }
    }

    private static void assertAlerts(TestingOps ops) {
        JsonNode alerts = ops.get("/v1/alerts").json().path("alerts");
        assertThat(alerts.valueStream().map(alert -> alert.path("name").asString()))
                .containsExactly(
                        "unclassified",
                        "amplification",
                        "undelivered",
                        "breaker_open",
                        "account",
                        "stage_gone",
                        "ops_behind",
                        "kafka_disk",
                        "certificate",
                        "cost_per_hour",
                        "canary_stopped");
        assertThat(ops.get("/v1/alerts/history").json().at("/alerts/0/name").asString())
                .isEqualTo("amplification");
        JsonNode amplification = alerts.path(1);
        assertThat(amplification.path("firing").booleanValue()).isTrue();
        assertThat(amplification.path("value").doubleValue()).isEqualTo(2);
        assertThat(amplification.path("since").asString()).startsWith("20");
        assertThat(alerts.path(0).path("firing").booleanValue()).isFalse();
    }

    private void assertReport(TestingOps ops) {
        String period = "/v1/report?from=%s&to=%s".formatted(start.minusSeconds(60), start.plusSeconds(60));
        JsonNode report = ops.get(period).json();
        assertThat(report.path("stages").path(0).path("calls").intValue()).isEqualTo(2 * TASKS);
        assertThat(report.path("cascade").path("verdict").asString()).isEqualTo("FED");
        assertThat(ops.get(period + "&format=md&lang=zh").body()).startsWith("# 高并发图片处理任务分析报告");
        assertThat(ops.get(period + "&format=html").contentType()).startsWith("text/html");
    }

    private static void assertBadRequestsAreToldWhatIsWrong(TestingOps ops) {
        assertRefused(ops, "/v1/live?stage=detect", 400, "no parameter");
        assertRefused(ops, "/v1/live/series?step=5s", 400, "step is none of 10s, 1m");
        assertRefused(ops, "/v1/live/series?from=2026-01-01T00:00:00Z", 400, "6 hours");
        assertRefused(ops, "/v1/report?from=yesterday", 400, "RFC 3339");
        assertRefused(ops, "/v1/report?lang=fr", 400, "lang is none of en, zh");
        assertRefused(ops, "/v1/report?format=pdf", 400, "format is none of json, md, html");
        assertRefused(ops, "/v1/report?zone=Mars", 400, "zone is no time zone");
        assertRefused(
                ops, "/v1/report?from=2026-11-23T10:00:00Z&to=2026-11-23T10:00:00Z", 400, "from is not before to");
        assertRefused(ops, "/v1/tasks/none/timeline", 400, "UUID");
        assertRefused(ops, "/v1/tasks/%s/timeline".formatted(TaskId.next()), 404, "no task");
    }

    private static void assertRefused(TestingOps ops, String path, int status, String detail) {
        TestingOps.Answer answer = ops.get(path);
        assertThat(answer.status()).as(path).isEqualTo(status);
        assertThat(answer.json().path("detail").asString()).as(path).contains(detail);
    }
}
