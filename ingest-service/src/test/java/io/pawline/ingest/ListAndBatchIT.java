package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ListAndBatchIT {

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(postgres, images);
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        ingest.bean(TaskDatabase.class).jdbi().useHandle(handle -> handle.execute("delete from task"));
    }

    @Test
    void answersABatchItemByItem() {
        Answer answer = ingest.postBatch(
                "{\"tasks\":[%s,{\"style\":\"ink\"},5,{\"stile\":\"ink\"},%s,%s]}".formatted(item(1), item(2), item(1)),
                UUID.randomUUID().toString());
        assertThat(answer.status()).isEqualTo(207);
        JsonNode results = answer.json().get("results");
        assertThat(results.findValuesAsString("status"))
                .startsWith("202", "400", "400", "400", "400", "400", "400", "202", "202");
        assertThat(results.get(0).get("status_url").asString())
                .endsWith("/v1/tasks/" + results.get(0).get("task_id").asString());
        assertThat(results.get(1).get("problem").get("type").asString())
                .isEqualTo("urn:pawline:problem:invalid-request");
        assertThat(results.get(3).get("problem").get("detail").asString()).contains("\"stile\"");
        assertThat(ids("")).hasSize(3);
    }

    @Test
    void answersARepeatedBatchTheSame() {
        String key = UUID.randomUUID().toString();
        String batch = batch(20);
        Answer first = ingest.postBatch(batch, key);
        assertThat(ingest.postBatch(batch, key).body()).isEqualTo(first.body());
        assertThat(ids("?limit=100")).hasSize(20);
    }

    @Test
    void takesFiveHundredAndNotOneMore() {
        assertThat(ingest.postBatch(batch(501), "more").status()).isEqualTo(400);
        assertThat(ids("")).isEmpty();
        Answer answer = ingest.postBatch(batch(500), "most");
        assertThat(answer.json().get("results"))
                .hasSize(500)
                .allSatisfy(result -> assertThat(result.get("status").asInt()).isEqualTo(202));
    }

    @Test
    void refusesALongSubmissionByItself() {
        String longOne = "{\"style\":\"" + "x".repeat(70_000) + "\"}";
        Answer answer = ingest.postBatch(
                "{\"tasks\":[%s,%s,%s]}".formatted(item(1), longOne, item(2)),
                UUID.randomUUID().toString());
        JsonNode results = answer.json().get("results");
        assertThat(statuses(results)).containsExactly(202, 413, 202);
        assertThat(results.get(1).at("/problem/detail").asString()).contains("65536 bytes");
        assertThat(ids("")).hasSize(2);
    }

    @Test
    void saysWhatWasAcceptedBeforeTheDatabaseWasLost() {
        // the class of lost connections
        failFrom("order-40", "08006");
        String key = UUID.randomUUID().toString();
        Answer answer = ingest.postBatch(batch(50), key);
        restore();
        assertThat(answer.status()).isEqualTo(207);
        JsonNode results = answer.json().get("results");
        assertThat(statuses(results).subList(0, 40)).containsOnly(202);
        assertThat(statuses(results).subList(40, 50)).containsOnly(503);
        assertThat(results.get(45).at("/problem/retry_after").asInt()).isEqualTo(5);
        assertThat(ids("?limit=100")).hasSize(40);

        JsonNode again = ingest.postBatch(batch(50), key).json().get("results");
        assertThat(statuses(again)).containsOnly(202);
        for (int i = 0; i < 40; i++) {
            assertThat(again.get(i).get("task_id")).isEqualTo(results.get(i).get("task_id"));
        }
        assertThat(ids("?limit=100")).hasSize(50);
    }

    @Test
    void saysWhatWasAcceptedBesideASubmissionThatFailed() {
        failFrom("order-3", "P0001");
        Answer answer = ingest.postBatch(batch(4), UUID.randomUUID().toString());
        restore();
        assertThat(statuses(answer.json().get("results"))).containsExactly(202, 202, 202, 500);
        assertThat(ids("")).hasSize(3);
    }

    /** Has the database refuse the task with this reference, with this SQLSTATE. */
    private static void failFrom(String clientRef, String state) {
        ingest.bean(TaskDatabase.class)
                .jdbi()
                .useHandle(handle ->
                        handle.createScript("""
                create function fail() returns trigger language plpgsql as $$
                begin
                  raise exception 'as the test wants it' using errcode = '%s';
                end $$;
                create trigger fail before insert on task for each row
                  when (new.client_ref = '%s') execute function fail();
                """.formatted(state, clientRef)).execute());
    }

    private static void restore() {
        ingest.bean(TaskDatabase.class)
                .jdbi()
                .useHandle(handle -> handle.execute("drop trigger fail on task; drop function fail()"));
    }

    private static List<Integer> statuses(JsonNode results) {
        List<Integer> statuses = new ArrayList<>();
        results.forEach(result -> statuses.add(result.get("status").asInt()));
        return statuses;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "5",
                "{}",
                "{\"tasks\":{}}",
                "{\"tasks\":[]}",
                "{\"tasks\":[],\"x\":1}",
                "{\"tasks\":[{}],\"x\":1}",
                "{\"tasks\":[{}]}{}",
                "{\"tasks\":[{}],\"tasks\":[{}]}",
                "{\"tasks\":[{},]}",
                "{\"tasks\":[{}"
            })
    void refusesWhatIsNoBatch(String body) {
        Answer answer = ingest.postBatch(body, "none");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    }

    @Test
    void listsEachTaskOnceNewestFirstWhileOthersComeIn() {
        List<String> accepted = submit(7);
        List<String> listed = new ArrayList<>();
        String cursor = "";
        for (int pages = 0; pages < 4; pages++) {
            JsonNode page = ingest.get("/v1/tasks?limit=2" + cursor).json();
            page.get("tasks").forEach(task -> listed.add(task.get("task_id").asString()));
            submit(1);
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.get("next_cursor").asString()
                    : "end";
        }
        assertThat(cursor).isEqualTo("end");
        Collections.reverse(accepted);
        assertThat(listed).isEqualTo(accepted);
    }

    @Test
    void listsByStateReasonTimeAndReference() {
        List<String> ids = submit(4);
        close(ids.get(0), TaskState.FAILED, Reason.NO_PET);
        close(ids.get(1), TaskState.EXPIRED, Reason.DEADLINE_PASSED);
        ingest.bean(ProgressDao.class)
                .add(List.of(new StageReached(TaskId.parse(ids.get(2)), 1, Stage.MATTING, Instant.now())));
        assertThat(ids("?state=failed")).containsExactly(ids.get(0));
        assertThat(ids("?state=expired&reason=deadline_passed")).containsExactly(ids.get(1));
        assertThat(ids("?state=processing")).containsExactly(ids.get(3), ids.get(2));
        assertThat(ids("?state=success")).isEmpty();
        assertThat(ids("?reason=no_pet")).containsExactly(ids.get(0));
        assertThat(ids("?client_ref=order-3")).containsExactly(ids.get(3));
        assertThat(ids("?to=2020-01-01T00:00:00Z")).isEmpty();
        assertThat(ids("?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")).hasSize(4);
        JsonNode open = ingest.get("/v1/tasks?state=processing").json().get("tasks");
        assertThat(open.get(0).get("stage").asString()).isEqualTo("detect");
        assertThat(open.get(1).get("stage").asString()).isEqualTo("matting");
    }

    private static List<String> submit(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Answer answer = ingest.post(item(i), UUID.randomUUID().toString());
            ids.add(answer.json().get("task_id").asString());
        }
        return ids;
    }

    private static String batch(int count) {
        return IntStream.range(0, count)
                .mapToObj(ListAndBatchIT::item)
                .collect(Collectors.joining(",", "{\"tasks\":[", "]}"));
    }

    private static String item(int number) {
        return "{\"image_url\":\"https://photos.example/%1$d\",\"style\":\"ink\",\"client_ref\":\"order-%1$d\"}"
                .formatted(number);
    }

    private static List<String> ids(String query) {
        Answer answer = ingest.get("/v1/tasks" + query);
        assertThat(answer.status()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        answer.json().get("tasks").forEach(task -> ids.add(task.get("task_id").asString()));
        return ids;
    }

    private static void close(String id, TaskState state, Reason reason) {
        ingest.bean(TaskDao.class)
                .close(TaskId.parse(id), 1, new FinalState.Failure(Instant.now(), state, reason, Stage.DETECT, null));
    }
}
