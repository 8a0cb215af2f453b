package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.CallbackAttempt;
import io.pawline.taskstore.CallbackAttempts;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CallbackIT {

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
    void listsUndeliveredCallbacksPageByPage() {
        List<String> ended = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ended.addFirst(ended("https://shop.example/hook"));
        }
        submit("https://shop.example/hook");
        ingest.bean(TaskDao.class)
                .recordDeliveryFailure(
                        TaskId.parse(ended.getFirst()), 1, Instant.now(), Reason.READ_TIMEOUT, "No answer in 15 s.");
        ingest.bean(TaskDao.class).markDelivered(TaskId.parse(ended.removeLast()), 1, Instant.now());

        List<String> listed = new ArrayList<>();
        String cursor = "";
        while (!cursor.equals("end")) {
            JsonNode page = ingest.get("/v1/callbacks?state=undelivered&limit=2" + cursor)
                    .json();
            page.get("callbacks")
                    .forEach(callback -> listed.add(callback.get("task_id").asString()));
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.get("next_cursor").asString()
                    : "end";
        }

        assertThat(listed).isEqualTo(ended);
        JsonNode newest = ingest.get("/v1/callbacks?state=undelivered&limit=1")
                .json()
                .get("callbacks")
                .get(0);
        assertThat(newest.get("state").asString()).isEqualTo("failed");
        assertThat(newest.get("generation").asInt()).isEqualTo(1);
        assertThat(newest.get("attempts").asInt()).isEqualTo(1);
        assertThat(newest.get("reason").asString()).isEqualTo("read_timeout");
        assertThat(newest.get("message").asString()).isEqualTo("No answer in 15 s.");
        assertThat(newest.has("delivered_at")).isFalse();
    }

    @Test
    void listsNoCallbackThatIsStillPending() {
        String pending = close(submit("https://shop.example/hook"), Instant.now());
        String tried = close(submit("https://shop.example/hook"), Instant.now());
        ingest.bean(TaskDao.class)
                .recordDeliveryFailure(TaskId.parse(tried), 1, Instant.now(), Reason.CALLBACK_REFUSED, "500.");
        String waited = ended("https://shop.example/hook");

        assertThat(ingest.get("/v1/callbacks?state=undelivered")
                        .json()
                        .get("callbacks")
                        .valueStream()
                        .map(callback -> callback.get("task_id").asString()))
                .containsExactly(waited, tried)
                .doesNotContain(pending);
        assertThat(delivery(pending)).isEqualTo("pending");
        assertThat(delivery(tried)).isEqualTo("undelivered");
        assertThat(delivery(waited)).isEqualTo("undelivered");
    }

    private static String delivery(String id) {
        return ingest.get("/v1/tasks/" + id).json().get("delivery").asString();
    }

    @Test
    void sendsACallbackAgainEvenIfItWasDelivered() {
        String id = ended("https://shop.example/hook");
        ingest.bean(TaskDao.class).markDelivered(TaskId.parse(id), 1, Instant.now());

        Answer answer = resend(id);

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().get("task_id").asString()).isEqualTo(id);
        assertThat(answer.json().has("delivered_at")).isTrue();
        assertThat(answer.json().has("resend_requested_at")).isTrue();
        assertThat(resend(id).status()).isEqualTo(202);
    }

    @Test
    void listsTheAttemptsOfACallback() {
        String id = close(submit("https://shop.example:8443/hook?token=secret&sig=password"), Instant.now());
        TaskId task = TaskId.parse(id);
        Instant at = Instant.parse("2026-11-23T10:15:30.123Z");
        Instant next = at.plusSeconds(40);
        ingest.bean(TaskDao.class)
                .recordDeliveryFailure(task, 1, Instant.now(), Reason.READ_TIMEOUT, "No answer in 15 s.");
        ingest.bean(CallbackAttempts.class)
                .write(List.of(
                        new CallbackAttempt(
                                task,
                                1,
                                1,
                                at,
                                Duration.ofMillis(120),
                                500,
                                Reason.CALLBACK_REFUSED,
                                at.plusSeconds(5)),
                        new CallbackAttempt(
                                task,
                                1,
                                2,
                                at.plusSeconds(5),
                                Duration.ofSeconds(15),
                                null,
                                Reason.READ_TIMEOUT,
                                next)));

        JsonNode delivery = delivery200(id);

        assertThat(delivery.get("task_id").asString()).isEqualTo(id);
        assertThat(delivery.get("generation").asInt()).isEqualTo(1);
        assertThat(delivery.get("delivery").asString()).isEqualTo("undelivered");
        assertThat(delivery.get("host").asString()).isEqualTo("shop.example");
        assertThat(delivery.get("next_attempt_at").asString()).isEqualTo(next.toString());
        assertThat(delivery.toString()).doesNotContain("token", "secret", "password", "hook");
        assertThat(delivery.get("attempts").valueStream().map(JsonNode::toString))
                .containsExactly(
                        "{\"generation\":1,\"number\":1,\"at\":\"2026-11-23T10:15:30.123Z\",\"duration_ms\":120,"
                                + "\"delivered\":false,\"status\":500,\"reason\":\"callback_refused\"}",
                        "{\"generation\":1,\"number\":2,\"at\":\"2026-11-23T10:15:35.123Z\",\"duration_ms\":15000,"
                                + "\"delivered\":false,\"reason\":\"read_timeout\"}");

        ingest.bean(TaskDao.class).markDelivered(task, 1, Instant.now());
        assertThat(delivery200(id).get("delivery").asString()).isEqualTo("delivered");
        assertThat(delivery200(id).has("delivered_at")).isTrue();
        assertThat(delivery200(id).has("next_attempt_at")).isFalse();
    }

    @Test
    void showsThatThereIsNothingToDeliver() {
        JsonNode processing = delivery200(submit("https://shop.example/hook"));
        assertThat(processing.get("delivery").asString()).isEqualTo("none");
        assertThat(processing.get("host").asString()).isEqualTo("shop.example");
        assertThat(processing.get("attempts")).isEmpty();

        JsonNode unwanted = delivery200(ended(null));
        assertThat(unwanted.get("delivery").asString()).isEqualTo("none");
        assertThat(unwanted.has("host")).isFalse();

        assertThat(delivery200(close(submit("https://shop.example/hook"), Instant.now()))
                        .get("delivery")
                        .asString())
                .isEqualTo("pending");
    }

    /** As a newer version or a person may have written it. */
    @Test
    void anAttemptThatCannotBeReadIsLeftOut() {
        String id = ended("https://shop.example/hook");
        ingest.bean(TaskDatabase.class)
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into callback_attempt select ?, 1, n, 'infinity', 5, -42, 'of_tomorrow', null"
                                + " from generate_series(0, 2) n",
                        UUID.fromString(id)));

        assertThat(delivery200(id)
                        .get("attempts")
                        .valueStream()
                        .map(attempt -> attempt.get("number").asInt()))
                .containsExactly(1, 2);
    }

    @Test
    void showsADeliveryToReadersOfTheTenantOnly() {
        String path = "/v1/tasks/" + ended("https://shop.example/hook") + "/callback";
        TestingIngest stranger = ingest.as(Optional.of(ingest.newKey("other", Scope.values())));
        TestingIngest submitter = ingest.as(Optional.of(ingest.newKey("default", Scope.SUBMIT)));
        TestingIngest reader = ingest.as(Optional.of(ingest.newKey("default", Scope.READ)));

        assertThat(reader.get(path).status()).isEqualTo(200);
        assertProblem(stranger.get(path), 404, "task-not-found");
        assertProblem(submitter.get(path), 403, "forbidden");
        assertProblem(ingest.as(Optional.empty()).get(path), 401, "unauthorized");
        assertProblem(reader.get("/v1/tasks/" + TaskId.next() + "/callback"), 404, "task-not-found");
        assertProblem(reader.get("/v1/tasks/no-id/callback"), 400, "invalid-request");
    }

    private static JsonNode delivery200(String id) {
        Answer answer = ingest.get("/v1/tasks/" + id + "/callback");
        assertThat(answer.status()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void anOperatorResendsCallbacksOfTheOwnTenantOnly() {
        String id = ended("https://shop.example/hook");
        String path = "/v1/tasks/" + id + "/callback";
        TestingIngest operator = ingest.as(Optional.of(ingest.newKey("default", Scope.OPERATE)));
        TestingIngest stranger = ingest.as(Optional.of(ingest.newKey("other", Scope.values())));

        assertThat(operator.call("POST", path).status()).isEqualTo(202);
        assertProblem(stranger.call("POST", path), 404, "task-not-found");
        assertThat(stranger.get("/v1/callbacks?state=undelivered").json().get("callbacks"))
                .isEmpty();
    }

    @Test
    void refusesToSendACallbackThatDoesNotExist() {
        assertProblem(resend(TaskId.next().toString()), 404, "task-not-found");
        assertProblem(resend("no-id"), 400, "invalid-request");
        assertProblem(resend(submit("https://shop.example/hook")), 409, "task-not-finished");
        assertProblem(resend(ended(null)), 409, "no-callback");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "?state=", "?state=delivered", "?state=undelivered&limit=0", "?state=undelivered&cursor=x"})
    void refusesOtherLists(String query) {
        assertProblem(ingest.get("/v1/callbacks" + query), 400, "invalid-request");
    }

    private static void assertProblem(Answer answer, int status, String type) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:" + type);
    }

    private static Answer resend(String id) {
        return ingest.call("POST", "/v1/tasks/" + id + "/callback");
    }

    private static String ended(@Nullable String callback) {
        return close(submit(callback), Instant.now().minusSeconds(61));
    }

    private static String close(String id, Instant at) {
        ingest.bean(TaskDao.class)
                .close(
                        TaskId.parse(id),
                        1,
                        new FinalState.Failure(at, TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null));
        return id;
    }

    private static String submit(@Nullable String callback) {
        String url = callback == null ? "" : ",\"callback_url\":\"" + callback + "\"";
        String body = "{\"image_url\":\"https://photos.example/cat\",\"style\":\"ink\"" + url + "}";
        return ingest.post(body, UUID.randomUUID().toString())
                .json()
                .get("task_id")
                .asString();
    }
}
