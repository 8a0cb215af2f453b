package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Edits the payloads of many dead letters by one patch, over HTTP, and replays them. */
class DeadLetterPatchApiIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String WHY = "\"by\":\"ann\",\"why\":\"the style was renamed\"";

    private static TestingOps ops;

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(1);
        ops = new TestingOps(TestingDatabase.create());
    }

    @AfterAll
    static void close() {
        ops.close();
    }

    @BeforeEach
    void empty() {
        // Not truncated: the lock of that would wait for what the running service reads, and the service for it
        ops.bean(TaskDatabase.class)
                .with(handle -> handle.execute("delete from replay_letter; delete from replay;"
                        + " delete from replay_plan; delete from dead_letter"));
    }

    @Test
    void aPatchIsShownThenKeptThenReplayed() {
        List<Submission> tasks = failed(12);

        JsonNode preview =
                preview("{\"stage\":\"generate\"}", "{\"context\":{\"style\":\"ink\"},\"description\":\"a dog\"}");
        assertThat(preview.path("changed").asInt(0)).isEqualTo(12);
        assertThat(preview.path("refused").asInt(-1)).isZero();
        assertThat(preview.path("examples")).hasSize(10);
        JsonNode example = preview.at("/examples/0");
        assertThat(example.at("/before/description").asString("")).isEqualTo("a cat");
        assertThat(example.at("/after/description").asString("")).isEqualTo("a dog");
        assertThat(example.at("/after/context/style").asString("")).isEqualTo("ink");
        assertThat(example.at("/after/context/taskId").asString(""))
                .as("what the patch does not name stays")
                .isEqualTo(example.at("/before/context/taskId").asString("none"));
        assertThat(versions(tasks.getFirst())).as("a preview changes nothing").isEmpty();

        JsonNode done = patch("{\"stage\":\"generate\"}", "{\"context\":{\"style\":\"ink\"},\"description\":\"a dog\"}")
                .json();
        assertThat(done.path("edited").asInt(0)).isEqualTo(12);
        assertThat(done.path("ids")).hasSize(12);
        assertThat(versions(tasks.getFirst())).singleElement().satisfies(version -> {
            assertThat(version.at("/event/context/style").asString("")).isEqualTo("ink");
            assertThat(version.path("by").asString("")).isEqualTo("ann");
        });
        JsonNode audited = ops.get("/v1/audit").json().at("/audit/0");
        assertThat(audited.path("action").asString("")).isEqualTo("patch");
        assertThat(audited.path("letters").asInt(0)).isEqualTo(12);
        assertThat(audited.at("/patch/context/style").asString("")).isEqualTo("ink");

        TestingOps.Answer replay = ops.post(
                "/v1/replays", "{\"filter\":{\"ids\":%s},\"per_second\":100,%s}".formatted(done.path("ids"), WHY));
        assertThat(replay.status()).isEqualTo(201);
        String path = "/v1/replays/" + replay.json().path("id").asString("");
        await().atMost(PATIENCE)
                .until(() -> ops.get(path).json().at("/letters/under_way").asInt(0) == 12);
    }

    @Test
    void whatIsSoAlreadyGetsNoNewVersion() {
        List<Submission> tasks = failed(2);
        patch("{\"task_id\":\"%s\"}".formatted(tasks.getFirst().id()), "{\"description\":\"a dog\"}");

        JsonNode done =
                patch("{\"stage\":\"generate\"}", "{\"description\":\"a dog\"}").json();

        assertThat(done.path("edited").asInt(0)).isEqualTo(1);
        assertThat(done.path("unchanged").asInt(0)).isEqualTo(1);
        assertThat(versions(tasks.getFirst())).hasSize(1);
    }

    @Test
    void aPatchThatDoesNotFitOneOfThemChangesNone() {
        List<Submission> tasks = failed(2);
        Submission broken = task();
        TestingKafka.send(List.of(TestingOps.deadLetter(
                Stage.GENERATE, broken, new byte[] {1, 2, 3}, Reason.PROVIDER_ERROR, "It is so.")));
        await().atMost(PATIENCE).until(() -> open() == 3);

        JsonNode preview = preview("{\"stage\":\"generate\"}", "{\"description\":\"a dog\"}");
        TestingOps.Answer refused = patch("{\"stage\":\"generate\"}", "{\"description\":\"a dog\"}");

        assertThat(preview.path("changed").asInt(0)).isEqualTo(2);
        assertThat(preview.path("refused").asInt(0)).isEqualTo(1);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("detail").asString(""))
                .contains("nothing is changed", "1 of 3", "its bytes are no event");
        assertThat(versions(tasks.getFirst())).isEmpty();
        assertThat(versions(tasks.getLast())).isEmpty();
    }

    @Test
    void whatTheSchemaDoesNotHaveIsRefusedByItsName() {
        failed(1);

        assertThat(refusal("{\"descripton\":\"a dog\"}")).isEqualTo("there is no PetDescribed.descripton");
        assertThat(refusal("{\"description\":null}")).isEqualTo("PetDescribed.description is missing");
        assertThat(refusal("{\"description\":7}")).contains("no PetDescribed in Avro's JSON encoding");
        assertThat(refusal("{\"context\":{\"taskId\":\"0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f\"}}"))
                .contains("context.taskId");
        assertThat(refusal("{\"photo\":\"cat.jpg\"}")).isEqualTo("PetDescribed.photo is no ImageRef");
    }

    /** Avro's JSON names the type of what may be null; a patch need not, and removes it by null. */
    @Test
    void aValueThatMayBeNullNeedsNoNameOfItsType() {
        List<Submission> tasks = failed(1);

        patch("{\"stage\":\"generate\"}", "{\"photo\":{\"key\":\"photos/1\"}}");
        patch(
                "{\"stage\":\"generate\"}",
                "{\"photo\":null,\"context\":{\"callbackUrl\":\"https://shop.example/new\"}}");

        assertThat(versions(tasks.getFirst()))
                .extracting(version -> version.at("/event/photo").toString())
                .containsExactly(
                        "{\"io.pawline.events.ImageRef\":{\"key\":{\"string\":\"photos/1\"},\"url\":null}}", "null");
        assertThat(versions(tasks.getFirst())
                        .getLast()
                        .at("/event/context/callbackUrl/string")
                        .asString(""))
                .isEqualTo("https://shop.example/new");
    }

    @Test
    void aPatchOfNothingIsNone() {
        assertThat(patch("{\"stage\":\"generate\"}", "{}").status()).isEqualTo(400);
        assertThat(patch("{\"stage\":\"generate\"}", "[1]").status()).isEqualTo(400);
        assertThat(patch("{}", "{\"description\":\"a dog\"}").status()).isEqualTo(400);
    }

    private static String refusal(String patch) {
        JsonNode preview = preview("{\"stage\":\"generate\"}", patch);
        assertThat(preview.path("refused").asInt(0)).isEqualTo(1);
        assertThat(patch("{\"stage\":\"generate\"}", patch).status()).isEqualTo(422);
        return preview.at("/refusals/0/why").asString("");
    }

    private static JsonNode preview(String filter, String patch) {
        return ops.post("/v1/dead-letters/patch/preview", "{\"filter\":%s,\"patch\":%s}".formatted(filter, patch))
                .json();
    }

    private static TestingOps.Answer patch(String filter, String patch) {
        return ops.post("/v1/dead-letters/patch", "{\"filter\":%s,\"patch\":%s,%s}".formatted(filter, patch, WHY));
    }

    private static List<JsonNode> versions(Submission task) {
        JsonNode deadLetter = ops.get("/v1/dead-letters?state=any&task_id=" + task.id())
                .json()
                .at("/dead_letters/0");
        return ops.get("/v1/dead-letters/" + deadLetter.path("id").asLong(0))
                .json()
                .path("versions")
                .valueStream()
                .collect(Collectors.toList());
    }

    private static int open() {
        return ops.get("/v1/dead-letters").json().path("dead_letters").size();
    }

    private static List<Submission> failed(int count) {
        List<Submission> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Submission task = task();
            tasks.add(task);
            TestingKafka.send(List.of(TestingOps.deadLetter(
                    Stage.GENERATE,
                    task,
                    TestingOps.bytes(TestingOps.described(task, 1)),
                    Reason.PROVIDER_ERROR,
                    "It is so.")));
        }
        await().atMost(PATIENCE).until(() -> open() == count);
        return tasks;
    }

    private static Submission task() {
        TaskDao tasks = ops.bean(TaskDao.class);
        Submission task = TestingTasks.submission();
        tasks.accept(task);
        tasks.close(task.id(), 1, TestingTasks.failure(Reason.PROVIDER_ERROR));
        return task;
    }
}
