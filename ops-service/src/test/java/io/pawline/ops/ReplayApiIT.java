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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Does over HTTP what an analyst does, from the dead letters in Kafka to the audit. */
class ReplayApiIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestingOps ops;

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(2);
        ops = new TestingOps(TestingDatabase.create(), "--pawline.ops.prices.seedream=0.03");
    }

    @AfterAll
    static void close() {
        ops.close();
    }

    @Test
    void replaysDiscardsAndEditsAndTheAuditHasEveryAction() {
        List<Submission> down = failed(3, Stage.GENERATE, Reason.PROVIDER_ERROR);
        failed(2, Stage.DETECT, Reason.NO_PET);
        await().atMost(PATIENCE).until(() -> open("") == 5);

        JsonNode forecast = ops.post("/v1/replays/dry-run", """
                        {"filter":{"reason":"provider_error"},"per_second":20}""").json();
        assertThat(forecast.path("replayed").asInt(0)).isEqualTo(3);
        assertThat(forecast.path("cost_micros").asLong(0)).isEqualTo(90_000);
        assertThat(open("")).as("a dry run changes nothing").isEqualTo(5);

        assertThat(ops.post("/v1/dead-letters/discard", """
                        {"filter":{"reason":"no_pet"},"by":"ann","why":"walls have no fur"}""")
                        .json()
                        .path("discarded")
                        .asInt(0))
                .isEqualTo(2);
        edit(down.getFirst());
        TestingOps.Answer created = ops.post("/v1/replays", """
                {"filter":{"reason":"provider_error"},"per_second":100,"by":"ann","why":"the provider is back"}""");
        assertThat(created.status()).isEqualTo(201);
        String replay = "/v1/replays/" + created.json().path("id").asString("");
        await().atMost(PATIENCE)
                .until(() -> ops.get(replay).json().at("/letters/under_way").asInt(0) == 3);

        TaskDao tasks = ops.bean(TaskDao.class);
        tasks.close(down.get(0).id(), 2, TestingTasks.success());
        tasks.close(down.get(1).id(), 2, TestingTasks.success());
        tasks.close(down.get(2).id(), 2, TestingTasks.failure(Reason.MODERATED_PROMPT));
        await().atMost(PATIENCE)
                .until(() -> ops.get(replay).json().at("/letters/succeeded").asInt(0) == 2);
        assertThat(ops.get(replay).json().at("/failed_with/moderated_prompt").asInt(0))
                .isEqualTo(1);
        assertThat(ops.get(replay + "/letters").json().path("letters"))
                .extracting(result -> result.path("outcome").asString(""))
                .containsExactlyInAnyOrder("succeeded", "succeeded", "failed");
        assertThat(ops.get("/v1/audit").json().at("/audit/0/outcome").toString())
                .isEqualTo("{\"failed\":1,\"succeeded\":2}");
        JsonNode whole = whole(down.getFirst());
        assertThat(whole.at("/replays/0/outcome").asString("")).isEqualTo("succeeded");
        assertThat(whole.at("/replays/0/generation").asInt(0)).isEqualTo(2);
        assertThat(whole.at("/versions/0/event/description").asString("")).isEqualTo("a dog");
        assertThat(whole.at("/versions/0/by").asString("")).isEqualTo("ann");
        assertThat(whole.at("/payload/event/description").asString(""))
                .as("the original stays")
                .isEqualTo("a cat");
        assertThat(open("")).isZero();
        assertThat(open("?state=any")).as("nothing leaves the history").isEqualTo(5);
        assertThat(ops.get("/v1/audit").json().path("audit"))
                .extracting(action -> action.path("action").asString("") + " "
                        + action.path("letters").asInt(0) + " "
                        + action.path("by").asString("") + ": "
                        + action.path("why").asString(""))
                .containsExactly(
                        "replay 3 ann: the provider is back",
                        "edit 1 ann: a typing error",
                        "discard 2 ann: walls have no fur");
    }

    private static JsonNode whole(Submission task) {
        return ops.get(path(task)).json();
    }

    private static String path(Submission task) {
        JsonNode deadLetter = ops.get("/v1/dead-letters?state=any&task_id=" + task.id())
                .json()
                .at("/dead_letters/0");
        return "/v1/dead-letters/" + deadLetter.path("id").asLong(0);
    }

    private static void edit(Submission task) {
        String path = path(task);
        String event = whole(task).at("/payload/event").toString();
        String body = "{\"by\":\"ann\",\"why\":\"a typing error\",\"event\":%s}";

        assertThat(ops.post(path + "/edit", body.formatted(event.replace("a cat", "a dog")))
                        .json()
                        .path("version")
                        .asInt(0))
                .isEqualTo(2);
        TestingOps.Answer wrong = ops.post(path + "/edit", body.formatted(event.replace("\"a cat\"", "7")));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.json().path("detail").asString("")).contains("PetDescribed");
        TestingOps.Answer another = ops.post(
                path + "/edit",
                body.formatted(event.replace(task.id().toString(), "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f")));
        assertThat(another.status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/replays | {'filter':{'stage':'generate'},'per_second':20,'by':'ann'} | 400",
                "/v1/replays | {'filter':{'stage':'generate'},'per_second':20,'why':'because it is so'} | 400",
                "/v1/replays | {'filter':{'stage':'generate'},'per_second':20,'by':'ann','why':'so'} | 400",
                "/v1/replays | {'filter':{},'per_second':20,'by':'ann','why':'because it is so'} | 400",
                "/v1/replays | {'filter':{'stage':'generate'},'per_second':0,'by':'ann','why':'because it is so'} | 400",
                "/v1/replays | {'filter':{'colour':'red'},'per_second':1,'by':'ann','why':'because it is so'} | 400",
                "/v1/replays | {'filter':{'stage':'nowhere'},'per_second':1,'by':'ann','why':'because it is so'} | 409",
                "/v1/replays | {'tasks':{'state':'expired'},'per_second':1,'by':'ann','why':'because it is so'} | 400",
                "/v1/replays | {'tasks':{'ids':'0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f'},'per_second':1,'by':'ann','why':'because it is so'} | 400",
                "/v1/replays | {'plan':'4711','per_second':1,'by':'ann','why':'because it is so'} | 400",
                "/v1/replays | {'plan':'0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f','per_second':1,'by':'ann','why':'it is so'} | 404",
                "/v1/replays | {'filter':{'stage':'generate'},'from_stage':'matting','per_second':1,'by':'ann','why':'it is so'} | 400",
                "/v1/replays | {'filter':{'stage':'generate'},'starts_at':'2199-01-01T00:00:00Z','per_second':1,'by':'ann','why':'it is so'} | 400",
                "/v1/replays | {'filter':{'stage':'generate'},'stop_percent':100,'per_second':1,'by':'ann','why':'it is so'} | 400",
                "/v1/replays/plans/4711/keep | {'name':'x'} | 404",
                "/v1/dead-letters/filters | {'name':'a/b','filter':{'stage':'generate'}} | 400",
                "/v1/dead-letters/filters | {'name':'x','filter':{'colour':'red'}} | 400",
                "/v1/replays/0/pause | {'by':'ann','why':'because it is so'} | 404",
                "/v1/dead-letters/discard | [] | 400",
                "/v1/dead-letters/discard | {'filter' | 400",
            })
    void aWrongRequestDoesNothingAndTheAnswerSaysWhatIsWrong(String path, String body, int status) {
        TestingOps.Answer answer = ops.post(path, body.replace('\'', '"'));

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
    }

    private static int open(String query) {
        return ops.get("/v1/dead-letters" + query).json().path("dead_letters").size();
    }

    private static List<Submission> failed(int count, Stage stage, Reason reason) {
        TaskDao tasks = ops.bean(TaskDao.class);
        List<Submission> failed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Submission task = TestingTasks.submission();
            tasks.accept(task);
            tasks.close(task.id(), 1, TestingTasks.failure(reason));
            TestingKafka.send(List.of(TestingOps.deadLetter(
                    stage, task, TestingOps.bytes(TestingOps.described(task, 1)), reason, "It is so.")));
            failed.add(task);
        }
        return failed;
    }
}
