package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests many tasks by their ids, batches, quotas, later starts, other variations, deletion, and forecasts. */
class FrontEndRequestsIT {

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(postgres, images, "--pawline.ingest.relay.poll-interval=50ms");
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        // Not truncated: the lock of that would wait for what the running service reads, and the service for it
        ingest.bean(TaskDatabase.class)
                .jdbi()
                .useHandle(handle -> handle.execute("delete from task; delete from batch"));
    }

    // Many tasks by their ids

    @Test
    void showsTasksByIdsInTheOrderAskedAndListsUnknownOnes() {
        List<String> ids = new ArrayList<>(List.of(submit(), submit(), submit()));
        Collections.reverse(ids);
        end(ids.get(1));
        String unknown = TaskId.next().toString();
        JsonNode answer =
                byIds(ids.get(0), unknown, ids.get(1), ids.get(2), ids.get(0)).json();
        assertThat(taskIds(answer)).isEqualTo(ids);
        assertThat(answer.get("tasks").findValuesAsString("state"))
                .containsExactly("processing", "failed", "processing");
        assertThat(answer.get("unknown")).extracting(JsonNode::asString).containsExactly(unknown);
    }

    @Test
    void aTaskOfAnotherTenantLooksUnknown() {
        String id = submit();
        JsonNode answer = ingest.as(Optional.of(ingest.newKey("other", Scope.READ)))
                .get("/v1/tasks?ids=" + id)
                .json();
        assertThat(answer.get("tasks")).isEmpty();
        assertThat(answer.get("unknown").get(0).asString()).isEqualTo(id);
    }

    @Test
    void takesAHundredIdsAndNotOneMore() {
        List<String> ids =
                Stream.generate(() -> TaskId.next().toString()).limit(101).toList();
        assertThat(byIds(ids.subList(0, 100).toArray(String[]::new)).json().get("unknown"))
                .hasSize(100);
        assertThat(byIds(ids.toArray(String[]::new)).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "x",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f,",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f,,",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f%20",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f%00",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f&limit=5",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f&ids=0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f';drop%20table%20task"
            })
    void refusesWhatIsNoListOfIds(String ids) {
        assertThat(ingest.get("/v1/tasks?ids=" + ids).status()).isEqualTo(400);
    }

    // Quotas

    @Test
    void theQuotaAgreesWithTheHeadersAndCostsNothing() {
        TestingIngest client =
                ingest.as(Optional.of(ingest.newKey(new ApiKeys.Terms("shop", "test", Set.of(Scope.SUBMIT), 3, null))));
        assertThat(client.get("/v1/quota").json().at("/quotas/tasks/remaining").asInt())
                .isEqualTo(3);
        for (int left = 2; left >= 0; left--) {
            client.post(body(""), UUID.randomUUID().toString());
            Answer quota = client.get("/v1/quota");
            JsonNode tasks = quota.json().at("/quotas/tasks");
            assertThat(quota.header("ratelimit-policy")).isEqualTo("\"tasks\";q=3;w=60");
            assertThat(quota.header("ratelimit")).startsWith("\"tasks\";r=%d;".formatted(left));
            assertThat(tasks.get("limit").asInt()).isEqualTo(3);
            assertThat(tasks.get("window_seconds").asInt()).isEqualTo(60);
            assertThat(tasks.get("remaining").asInt()).isEqualTo(left);
            assertThat(tasks.get("full_in_seconds").asInt()).isBetween(1, 20 * (3 - left));
            assertThat(tasks.has("next_in_seconds")).isEqualTo(left == 0);
        }
        assertThat(client.post(body(""), "beyond").status()).isEqualTo(429);
        assertThat(client.get("/v1/quota")
                        .json()
                        .at("/quotas/tasks/next_in_seconds")
                        .asInt())
                .isEqualTo(20);
    }

    @Test
    void showsOnlyTheQuotasThatConcernTheKey() {
        JsonNode webhook = ingest.as(Optional.of(ingest.newKey("shop", Scope.WEBHOOK)))
                .get("/v1/quota")
                .json()
                .get("quotas");
        assertThat(webhook.at("/test-callbacks/limit").asInt()).isEqualTo(10);
        assertThat(webhook.at("/test-callbacks/remaining").asInt()).isEqualTo(10);
        assertThat(ingest.get("/v1/quota").json().get("quotas").has("test-callbacks"))
                .isFalse();
    }

    // Another variation

    @Test
    void anotherVariationIsATaskOfItsOwn() {
        String id = idOf(ingest.post(body("")));
        Answer folded = ingest.post(body(""));
        assertThat(idOf(folded)).isEqualTo(id);
        assertThat(folded.json().get("collapsed").asBoolean()).isTrue();

        Answer again = ingest.post(body(",\"again\":true"));
        assertThat(idOf(again)).isNotEqualTo(id);
        assertThat(again.json().has("collapsed")).isFalse();
        assertThat(idOf(ingest.post(body(",\"again\":true")))).isNotEqualTo(idOf(again));
        assertThat(ingest.post(body(",\"again\":false")).json().has("collapsed"))
                .isTrue();
    }

    @Test
    void anIdempotencyKeyHoldsForAnotherVariationToo() {
        String body = body(",\"again\":true");
        Answer first = ingest.post(body, "again-1");
        Answer repeated = ingest.post(body, "again-1");
        assertThat(idOf(repeated)).isEqualTo(idOf(first));
        assertThat(repeated.header("idempotent-replayed")).isEqualTo("true");
        assertThat(ingest.post(body(""), "again-1").status()).isEqualTo(422);
    }

    @Test
    void aFormMayAskForAnotherVariation() {
        byte[][] parts = {TestingIngest.file("image", TestingPngs.PNG), TestingIngest.part("style", "ink")};
        String id = idOf(ingest.upload(parts));
        assertThat(idOf(ingest.upload(parts))).isEqualTo(id);
        assertThat(idOf(ingest.upload(parts[0], parts[1], TestingIngest.part("again", "true"))))
                .isNotEqualTo(id);
        assertThat(ingest.upload(parts[0], parts[1], TestingIngest.part("again", "yes"))
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"true\"", "1", "\"\"", "[]", "{}", "0.5"})
    void againIsTrueOrFalse(String value) {
        Answer answer = ingest.post(body(",\"again\":" + value));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").asString()).isEqualTo("again must be true or false");
    }

    // A later start

    @Test
    void aTaskStartsWhenItsTimeHasCome() {
        Instant start = Instant.now().plus(Duration.ofHours(2));
        String id = idOf(ingest.post(body(",\"not_before\":\"%s\"".formatted(start))));
        JsonNode task = ingest.get("/v1/tasks/" + id).json();
        assertThat(Instant.parse(task.get("not_before").asString())).isBetween(start.minusMillis(1), start);
        // An hour after the start, as it is an hour from now otherwise
        assertThat(Duration.between(
                        Instant.parse(task.get("not_before").asString()),
                        Instant.parse(task.get("deadline").asString())))
                .isEqualTo(Duration.ofHours(1));
        assertThat(task.has("queue_position")).isFalse();
        assertThat(inOutbox(id)).isFalse();
        execute("update task set not_before = now()");
        await().until(() -> inOutbox(id));
    }

    @Test
    void aTimeThatHasPassedMeansAtOnce() {
        String id = idOf(ingest.post(body(",\"not_before\":\"1970-01-01T00:00:00+08:00\"")));
        assertThat(ingest.get("/v1/tasks/" + id).json().has("not_before")).isFalse();
        assertThat(inOutbox(id)).isTrue();
    }

    @Test
    void aCancelledTaskIsPassedOnBeforeItsTime() {
        String id = idOf(ingest.post(
                body(",\"not_before\":\"%s\"".formatted(Instant.now().plus(Duration.ofHours(2))))));
        assertThat(ingest.call("POST", "/v1/tasks/" + id + "/cancel").status()).isEqualTo(200);
        assertThat(inOutbox(id)).isTrue();
    }

    @Test
    void aRequestForNowIsNotFoldedIntoOneForLater() {
        String start = Instant.now().plus(Duration.ofHours(2)).toString();
        String later = idOf(ingest.post(body(",\"not_before\":\"%s\"".formatted(start))));
        assertThat(idOf(ingest.post(body("")))).isNotEqualTo(later);
        assertThat(idOf(ingest.post(body(",\"not_before\":\"%s\"".formatted(start)))))
                .isEqualTo(later);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"not_before\":\"tomorrow\"",
                "\"not_before\":\"\"",
                "\"not_before\":5",
                "\"not_before\":\"+999999999-12-31T23:59:59Z\"",
                "\"not_before\":\"2999-01-01T00:00:00Z\"",
                "\"not_before\":\"IN_2_H\",\"ttl\":\"1h\"",
                "\"not_before\":\"IN_2_H\",\"deadline\":\"IN_2_H\"",
                "\"not_before\":\"IN_24_H\""
            })
    void refusesAStartThatIsNoTimeBeforeTheDeadline(String fields) {
        Instant now = Instant.now();
        String body = body("," + fields)
                .replace("IN_24_H", now.plus(Duration.ofDays(1)).plusSeconds(5).toString())
                .replace("IN_2_H", now.plus(Duration.ofHours(2)).toString());
        assertThat(ingest.post(body).status()).isEqualTo(400);
        assertThat(ingest.get("/v1/tasks").json().get("tasks")).isEmpty();
    }

    @Test
    void theDeadlineIsNeverBeyondTheLongestOne() {
        Instant now = Instant.now();
        String id =
                idOf(ingest.post(body(",\"not_before\":\"%s\"".formatted(now.plus(Duration.ofMinutes(23 * 60 + 50))))));
        JsonNode task = ingest.get("/v1/tasks/" + id).json();
        assertThat(Duration.between(
                        Instant.parse(task.get("submitted_at").asString()),
                        Instant.parse(task.get("deadline").asString())))
                .isEqualTo(Duration.ofDays(1));
    }

    // Batches

    @Test
    void aBatchIsFollowedByItsId() {
        Answer opened = openBatch(3, "batch-1");
        assertThat(opened.status()).isEqualTo(207);
        String id = opened.json().get("batch_id").asString();
        assertThat(opened.header("location")).endsWith("/v1/batches/" + id);
        List<String> ids = opened.json()
                .get("results")
                .valueStream()
                .map(result -> result.path("task_id").asString(""))
                .toList();
        submit();
        end(ids.get(1));

        JsonNode batch = ingest.get("/v1/batches/" + id).json();
        assertThat(batch.get("state").asString()).isEqualTo("processing");
        assertThat(batch.at("/counts/processing").asInt()).isEqualTo(2);
        assertThat(batch.at("/counts/failed").asInt()).isEqualTo(1);
        assertThat(taskIds(batch)).isEqualTo(ids);
        assertThat(ingest.get("/v1/tasks/" + ids.getFirst())
                        .json()
                        .get("batch_id")
                        .asString())
                .isEqualTo(id);

        JsonNode page = ingest.get("/v1/batches/" + id + "?limit=2").json();
        assertThat(taskIds(page)).isEqualTo(ids.subList(0, 2));
        assertThat(taskIds(ingest.get("/v1/batches/" + id + "?limit=2&cursor="
                                + page.get("next_cursor").asString())
                        .json()))
                .isEqualTo(ids.subList(2, 3));
    }

    @Test
    void aRepeatedBatchIsTheSameBatch() {
        Answer first = openBatch(2, "batch-2");
        assertThat(openBatch(2, "batch-2").body()).isEqualTo(first.body());
        // The first attempt broke off after two: the others join them
        JsonNode more = openBatch(4, "batch-2").json();
        assertThat(more.get("batch_id")).isEqualTo(first.json().get("batch_id"));
        assertThat(ingest.get("/v1/batches/" + more.get("batch_id").asString())
                        .json()
                        .at("/counts/processing")
                        .asInt())
                .isEqualTo(4);
    }

    @Test
    void cancellingABatchEndsItsOpenTasksOnly() {
        JsonNode opened = openBatch(3, "batch-3").json();
        String path = "/v1/batches/" + opened.get("batch_id").asString();
        end(opened.get("results").get(0).get("task_id").asString());
        String other = submit();

        Answer cancelled = ingest.call("POST", path + "/cancel");
        assertThat(cancelled.json().get("state").asString()).isEqualTo("ended");
        assertThat(cancelled.json().at("/counts/cancelled").asInt()).isEqualTo(2);
        assertThat(cancelled.json().at("/counts/failed").asInt()).isEqualTo(1);
        assertThat(ingest.call("POST", path + "/cancel").body()).isEqualTo(cancelled.body());
        assertThat(ingest.get("/v1/tasks/" + other).json().get("state").asString())
                .isEqualTo("processing");
    }

    @Test
    void aBatchOfWhichNothingIsAcceptedIsKnownAndEmpty() {
        Answer opened = ingest.batch("{\"tasks\":[{\"style\":\"ink\"}]}", "batch-4");
        JsonNode batch = ingest.get(
                        "/v1/batches/" + opened.json().get("batch_id").asString())
                .json();
        assertThat(batch.get("state").asString()).isEqualTo("ended");
        assertThat(batch.get("tasks")).isEmpty();
    }

    @Test
    void aBatchOfAnotherTenantIsUnknown() {
        String id = openBatch(1, "batch-5").json().get("batch_id").asString();
        TestingIngest other = ingest.as(Optional.of(ingest.newKey("other", Scope.READ, Scope.SUBMIT)));
        assertThat(other.get("/v1/batches/" + id).status()).isEqualTo(404);
        assertThat(other.call("POST", "/v1/batches/" + id + "/cancel").status()).isEqualTo(404);
        assertThat(ingest.get("/v1/batches/" + id)
                        .json()
                        .at("/counts/processing")
                        .asInt())
                .isEqualTo(1);
        assertThat(ingest.get("/v1/batches/" + TaskId.next()).json().get("type").asString())
                .isEqualTo("urn:pawline:problem:batch-not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "0199f1c4-8a6b-7c3d-9e2f",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f?limit=0",
                "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f?cursor=x"
            })
    void refusesWhatIsNoBatch(String path) {
        assertThat(ingest.get("/v1/batches/" + path).status()).isEqualTo(400);
    }

    @Test
    void theKeyOfABatchLeavesRoomForPlaces() {
        assertThat(openBatch(1, "k".repeat(251))
                        .json()
                        .get("results")
                        .get(0)
                        .get("status")
                        .asInt())
                .isEqualTo(202);
        assertThat(openBatch(1, "k".repeat(252)).status()).isEqualTo(400);
    }

    // Deletion

    @Test
    void aDeletedTaskIsGoneWithItsPictures() {
        String id =
                idOf(ingest.upload(TestingIngest.file("image", TestingPngs.PNG), TestingIngest.part("style", "ink")));
        TaskId task = TaskId.parse(id);
        ImageStore store = ingest.bean(ImageStore.class);
        ImageKey result = ImageKey.result(task, 1);
        store.put(result, TestingPngs.PNG, "image/png");
        end(id);

        Answer deleted = ingest.call("DELETE", "/v1/tasks/" + id);
        assertThat(deleted.status()).isEqualTo(204);
        assertThat(store.size(ImageKey.photo(task))).isEmpty();
        assertThat(store.size(result)).isEmpty();
        for (String path : List.of("", "?wait=1s", "/events", "/callback")) {
            assertThat(ingest.get("/v1/tasks/" + id + path).status()).as(path).isEqualTo(404);
        }
        for (String path : List.of("/cancel", "/callback")) {
            assertThat(ingest.call("POST", "/v1/tasks/" + id + path).status())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(ingest.get("/v1/tasks").json().get("tasks")).isEmpty();
        assertThat(byIds(id).json().get("unknown").get(0).asString()).isEqualTo(id);
        assertThat(ingest.call("DELETE", "/v1/tasks/" + id).status()).isEqualTo(204);
    }

    @Test
    void aRepeatedDeletionDeletesPicturesThatWereLeft() {
        String id = submit();
        end(id);
        assertThat(ingest.call("DELETE", "/v1/tasks/" + id).status()).isEqualTo(204);
        ImageKey left = ImageKey.result(TaskId.parse(id), 1);
        ingest.bean(ImageStore.class).put(left, TestingPngs.PNG, "image/png");
        assertThat(ingest.call("DELETE", "/v1/tasks/" + id).status()).isEqualTo(204);
        assertThat(ingest.bean(ImageStore.class).size(left)).isEmpty();
    }

    @Test
    void anOpenTaskIsDeletedOnlyAfterItIsCancelled() {
        String id = submit();
        Answer refused = ingest.call("DELETE", "/v1/tasks/" + id);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("detail").asString()).contains("cancel it first");
        assertThat(ingest.call("POST", "/v1/tasks/" + id + "/cancel").status()).isEqualTo(200);
        assertThat(ingest.call("DELETE", "/v1/tasks/" + id).status()).isEqualTo(204);
    }

    @Test
    void nobodyElseDeletesATask() {
        String id = submit();
        end(id);
        TestingIngest other = ingest.as(Optional.of(ingest.newKey("other", Scope.SUBMIT)));
        assertThat(other.call("DELETE", "/v1/tasks/" + id).status()).isEqualTo(404);
        TestingIngest reader = ingest.as(Optional.of(ingest.newKey("default", Scope.READ)));
        assertThat(reader.call("DELETE", "/v1/tasks/" + id).status()).isEqualTo(403);
        assertThat(ingest.get("/v1/tasks/" + id).status()).isEqualTo(200);
        assertThat(ingest.call("DELETE", "/v1/tasks/x").status()).isEqualTo(400);
        assertThat(ingest.call("DELETE", "/v1/tasks/" + TaskId.next()).status()).isEqualTo(404);
    }

    // Forecasts

    @Test
    void showsThePlaceInTheQueueAndWhenATaskIsExpectedToEnd() {
        // Ten tasks took a minute each, and ten ended in the last ten seconds; then twenty more came
        execute("insert into task (id, tenant, style, photo_url, submitted_at, deadline, state, ended_at, result)"
                + " select " + TestingIngest.NEW_ID + ", 'default', 'ink', 'https://photos.example/cat.jpg',"
                + " now() - interval '60 s' - n * interval '1 s', now() + interval '1 h', 'success',"
                + " now() - n * interval '1 s', '{\"image\":{\"key\":\"t/1/r.png\",\"width\":1,\"height\":1},\"thumbnails\":[]}'"
                + " from generate_series(1, 10) n");
        execute("insert into task (id, tenant, style, photo_url, submitted_at, deadline)"
                + " select " + TestingIngest.NEW_ID + ", 'default', 'ink', 'https://photos.example/cat.jpg',"
                + " now() - n * interval '2 s', now() + interval '1 h' from generate_series(1, 20) n");
        String id = submit();
        await().untilAsserted(() -> {
            JsonNode task = ingest.get("/v1/tasks/" + id).json();
            assertThat(task.get("queue_position").asInt()).isEqualTo(20);
            assertThat(Duration.between(
                            Instant.parse(task.get("submitted_at").asString()),
                            Instant.parse(task.get("eta").asString())))
                    .isBetween(Duration.ofSeconds(55), Duration.ofSeconds(65));
        });
        JsonNode byId = byIds(id).json().get("tasks").get(0);
        assertThat(byId.get("queue_position").asInt()).isEqualTo(20);
        assertThat(byId.has("eta")).isTrue();
        end(id);
        JsonNode ended = ingest.get("/v1/tasks/" + id).json();
        assertThat(ended.has("queue_position")).isFalse();
        assertThat(ended.has("eta")).isFalse();
    }

    private static Answer openBatch(int tasks, String key) {
        String items = IntStream.range(0, tasks)
                .mapToObj(n -> "{\"image_url\":\"https://photos.example/%d\",\"style\":\"ink\"}".formatted(n))
                .collect(Collectors.joining(",", "{\"tasks\":[", "]}"));
        return ingest.batch(items, key);
    }

    private static Answer byIds(String... ids) {
        return ingest.get("/v1/tasks?ids=" + String.join(",", ids));
    }

    private static List<String> taskIds(JsonNode answer) {
        return answer.get("tasks")
                .valueStream()
                .map(task -> task.get("task_id").asString())
                .toList();
    }

    private static String body(String fields) {
        return "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"%s}".formatted(fields);
    }

    private static String submit() {
        return idOf(ingest.post(body(""), UUID.randomUUID().toString()));
    }

    private static String idOf(Answer answer) {
        assertThat(answer.status())
                .as(() -> new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(202);
        return answer.json().get("task_id").asString();
    }

    private static boolean inOutbox(String id) {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery("select relayed_at is null from task where id = cast(? as uuid)")
                                .bind(0, id)
                                .mapTo(Boolean.class)
                                .one());
    }

    private static void execute(String sql) {
        ingest.bean(TaskDatabase.class).jdbi().useHandle(handle -> handle.execute(sql));
    }

    private static void end(String id) {
        ingest.bean(TaskDao.class)
                .close(
                        TaskId.parse(id),
                        1,
                        new FinalState.Failure(Instant.now(), TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null));
    }
}
