package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Chooses dead letters, keeps what was chosen, and replays it later, over HTTP. */
class ReplayPlanApiIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestingOps ops;

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(2);
        ops = new TestingOps(TestingDatabase.create());
    }

    @AfterAll
    static void close() {
        ops.close();
    }

    @Test
    void aDryRunIsKeptByANameAndReplayedAsItWas() {
        failed(2, Stage.FINALIZE, Reason.STORAGE_UNAVAILABLE);
        await().atMost(PATIENCE).until(() -> open("?reason=storage_unavailable") == 2);

        JsonNode forecast = ops.post("/v1/replays/dry-run", """
                        {"filter":{"reason":"storage_unavailable"},"per_second":20}""").json();
        String plan = "/v1/replays/plans/" + forecast.at("/plan/id").asString("");
        assertThat(forecast.path("cost_micros").asLong(-1))
                .as("no paid stage is ahead")
                .isZero();
        assertThat(forecast.path("unmeasured")).hasSize(2);
        assertThat(ops.post(plan + "/keep", "{\"name\":\"the store\"}")
                        .json()
                        .path("name")
                        .asString(""))
                .isEqualTo("the store");
        assertThat(ops.get("/v1/replays/plans").json().at("/plans/0/letters").asInt(0))
                .isEqualTo(2);
        failed(1, Stage.FINALIZE, Reason.STORAGE_UNAVAILABLE);
        await().atMost(PATIENCE).until(() -> open("?reason=storage_unavailable") == 3);
        assertThat(ops.get(plan + "?per_second=5").json().path("replayed").asInt(0))
                .isEqualTo(2);

        JsonNode replay = ops.post("/v1/replays", """
                        {"plan":"%s","per_second":20,"starts_at":"%s","stop_percent":30,"by":"ann","why":"at night"}""".formatted(
                        forecast.at("/plan/id").asString(""), Instant.now().plusSeconds(3_600)))
                .json();

        assertThat(replay.path("state").asString("")).isEqualTo("scheduled");
        assertThat(replay.path("name").asString("")).isEqualTo("the store");
        assertThat(replay.at("/letters/waiting").asInt(0)).isEqualTo(2);
        assertThat(ops.post("/v1/replays/" + replay.path("id").asString("") + "/abort", """
                        {"by":"ann","why":"not today"}""")
                        .json()
                        .path("state")
                        .asString(""))
                .isEqualTo("aborted");
        assertThat(open("?reason=storage_unavailable")).isEqualTo(3);
    }

    @Test
    void filtersAreSavedByNameAndASelectionMayBeLarge() {
        assertThat(ops.post("/v1/dead-letters/filters", """
                        {"name":"slow ones","filter":{"stage":"generate","q":"超时"},"by":"ann"}""")
                        .json()
                        .at("/filters/0/filter/q")
                        .asString(""))
                .isEqualTo("超时");
        assertThat(ops.call("DELETE", "/v1/dead-letters/filters/slow%20ones").status())
                .isEqualTo(204);
        assertThat(ops.get("/v1/dead-letters/filters").json().path("filters")).isEmpty();

        String ids = IntStream.rangeClosed(1, 50_000)
                .mapToObj(number -> Integer.toString(1_000_000 + number))
                .collect(Collectors.joining(","));
        assertThat(ops.post("/v1/replays/dry-run", "{\"filter\":{\"ids\":[%s]},\"per_second\":1}".formatted(ids))
                        .json()
                        .path("letters")
                        .asInt(-1))
                .isZero();
        assertThat(ops.post("/v1/replays/dry-run", "{\"filter\":{\"ids\":[%s,1]},\"per_second\":1}".formatted(ids))
                        .status())
                .isEqualTo(400);
    }

    private static int open(String query) {
        return ops.get("/v1/dead-letters" + query).json().path("dead_letters").size();
    }

    private static void failed(int count, Stage stage, Reason reason) {
        TaskDao tasks = ops.bean(TaskDao.class);
        for (int i = 0; i < count; i++) {
            Submission task = TestingTasks.submission();
            tasks.accept(task);
            tasks.close(task.id(), 1, TestingTasks.failure(reason));
            TestingKafka.send(List.of(TestingOps.deadLetter(
                    stage, task, TestingOps.bytes(TestingOps.described(task, 1)), reason, "It is so.")));
        }
    }
}
