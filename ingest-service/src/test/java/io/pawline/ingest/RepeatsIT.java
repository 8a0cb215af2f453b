package io.pawline.ingest;

import static io.pawline.ingest.TestingIngest.file;
import static io.pawline.ingest.TestingIngest.part;
import static io.pawline.ingest.TestingPngs.PNG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests requests that come more than once: with and without a key, one after the other and at the same time. */
class RepeatsIT {

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

    @Test
    void answersTheSameAgainForTheSameKeyAndBody() {
        String key = newKey();
        Answer first = ingest.post(body("a", "\"metadata\":{\"x\":1,\"y\":2}"), key);
        Answer again = ingest.post(
                "{\"metadata\":{\"y\":2,\"x\":1}, \"style\":\"ink\", \"image_url\":\"https://photos.example/a\"}", key);
        assertThat(first.status()).isEqualTo(202);
        assertThat(first.header("idempotent-replayed")).isEqualTo("none");
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("location")).isEqualTo(first.header("location"));
        assertThat(again.header("idempotent-replayed")).isEqualTo("true");
    }

    @Test
    void answersARepetitionTheSameAfterTheDeadline() {
        String key = newKey();
        String body = body("b", "\"deadline\":\"%s\"".formatted(Instant.now().plusSeconds(2)));
        String id = taskOf(ingest.post(body, key));
        close(id);
        await().until(() -> ingest.post(body).status() == 400);
        assertThat(taskOf(ingest.post(body, key))).isEqualTo(id);
    }

    @Test
    void refusesAKeyThatCameWithAnotherBody() {
        String key = newKey();
        ingest.post(body("c", "\"ttl\":\"5m\""), key);
        long before = rows();
        for (String other : List.of(
                body("d", "\"ttl\":\"5m\""),
                body("c", "\"ttl\":\"6m\""),
                body("c", "\"priority\":\"bulk\",\"ttl\":\"5m\""),
                body("c", "\"metadata\":{},\"ttl\":\"5m\""))) {
            Answer answer = ingest.post(other, key);
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:idempotency-key-reused");
        }
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void refusesAMalformedKey() {
        assertThat(ingest.post(body("e", "\"ttl\":\"5m\""), "x".repeat(256)).status())
                .isEqualTo(400);
        assertThat(ingest.post(body("e", "\"ttl\":\"5m\""), "a b").status()).isEqualTo(400);
    }

    @Test
    void takesAKeyThatLooksLikeATaskOfABatchForAnother() {
        String key = newKey();
        String batch = "{\"tasks\":[%s]}".formatted(body("n", "\"ttl\":\"5m\""));
        String ofBatch =
                ingest.postBatch(batch, key).json().at("/results/0/task_id").asString();

        Answer alone = ingest.post(body("o", "\"ttl\":\"5m\""), key + "#0");

        assertThat(alone.status()).isEqualTo(202);
        assertThat(taskOf(alone)).isNotEqualTo(ofBatch);
        assertThat(taskOf(ingest.post(body("o", "\"ttl\":\"5m\""), key + "#0"))).isEqualTo(taskOf(alone));
        assertThat(ingest.postBatch(batch, key).json().at("/results/0/task_id").asString())
                .isEqualTo(ofBatch);
    }

    @Test
    void keepsNoKeyOfARequestThatWasRefused() {
        String key = newKey();
        assertThat(ingest.post(body("f", "\"ttl\":\"never\""), key).status()).isEqualTo(400);
        assertThat(ingest.post(body("f", "\"ttl\":\"5m\""), key).status()).isEqualTo(202);
    }

    @Test
    void makesOneTaskOfConcurrentRequestsWithOneKey() throws Exception {
        String key = newKey();
        String body = body("g", "\"ttl\":\"5m\"");
        long before = rows();
        List<Answer> answers = atOnce(32, _ -> ingest.post(body, key));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(202));
        assertThat(answers.stream().map(RepeatsIT::taskOf).distinct()).hasSize(1);
        assertThat(rows()).isEqualTo(before + 1);
    }

    /** In every order, a key stands for one body and one task, and every 202 names that task. */
    @Test
    void holdsForAnyMixOfKeysAndBodies() throws Exception {
        Random random = new Random(11);
        for (int round = 0; round < 10; round++) {
            List<String> keys = Stream.generate(RepeatsIT::newKey).limit(4).toList();
            List<int[]> picks = new ArrayList<>();
            for (int i = 0; i < 48; i++) {
                picks.add(new int[] {random.nextInt(4), random.nextInt(3)});
            }
            long before = rows();
            List<Answer> answers = atOnce(
                    48, i -> ingest.post(body("mix" + picks.get(i)[1], "\"ttl\":\"5m\""), keys.get(picks.get(i)[0])));
            Map<Integer, String> taskOfKey = new HashMap<>();
            Map<Integer, Integer> bodyOfKey = new HashMap<>();
            for (int i = 0; i < picks.size(); i++) {
                if (answers.get(i).status() == 202) {
                    int key = picks.get(i)[0];
                    assertThat(taskOf(answers.get(i))).isEqualTo(taskOfKey.computeIfAbsent(key, first(answers.get(i))));
                    int body = picks.get(i)[1];
                    assertThat(bodyOfKey.computeIfAbsent(key, _ -> body)).isEqualTo(body);
                } else {
                    assertThat(answers.get(i).status()).isEqualTo(422);
                }
            }
            assertThat(rows() - before).isEqualTo(taskOfKey.size());
        }
    }

    private static Function<Integer, String> first(Answer answer) {
        return _ -> taskOf(answer);
    }

    @Test
    void foldsARequestForTheSameIntoTheRunningTask() {
        Answer first = ingest.post(body("h", "\"ttl\":\"5m\""));
        assertThat(first.json().has("collapsed")).isFalse();
        Answer again = ingest.post(body("h", "\"ttl\":\"9m\""));
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.json().get("collapsed").asBoolean()).isTrue();
        assertThat(taskOf(again)).isEqualTo(taskOf(first));
    }

    @Test
    void foldsTheSameUploadAndStoresItOnce() throws IOException {
        Answer first = ingest.upload(file("image", PNG), part("style", "fold"));
        long files = files();
        Answer again = ingest.upload(part("style", "fold"), file("image", PNG));
        assertThat(again.json().get("collapsed").asBoolean()).isTrue();
        assertThat(taskOf(again)).isEqualTo(taskOf(first));
        assertThat(files()).isEqualTo(files);
    }

    @Test
    void foldsNoRequestIntoADifferentOne() {
        String first = taskOf(ingest.post(body("i", "\"ttl\":\"5m\"")));
        for (UnaryOperator<String> change : List.<UnaryOperator<String>>of(
                body -> body.replace("/i", "/j"),
                body -> body.replace("ink", "oil"),
                body -> body.replace("}", ",\"client_ref\":\"order-2\"}"),
                body -> body.replace("}", ",\"callback_url\":\"https://shop.example/other\"}"))) {
            Answer other = ingest.post(change.apply(body("i", "\"ttl\":\"5m\"")));
            assertThat(other.json().has("collapsed")).isFalse();
            assertThat(taskOf(other)).isNotEqualTo(first);
        }
        Answer keyed = ingest.post(body("i", "\"ttl\":\"5m\""), newKey());
        assertThat(taskOf(keyed)).isNotEqualTo(first);
    }

    @Test
    void foldsNothingIntoAnEndedOrOldTask() {
        String first = taskOf(ingest.post(body("k", "\"ttl\":\"5m\"")));
        close(first);
        String second = taskOf(ingest.post(body("k", "\"ttl\":\"5m\"")));
        assertThat(second).isNotEqualTo(first);
        ingest.bean(TaskDatabase.class)
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update task set submitted_at = submitted_at - interval '61 s' where id = ?",
                        UUID.fromString(second)));
        assertThat(taskOf(ingest.post(body("k", "\"ttl\":\"5m\"")))).isNotEqualTo(second);
    }

    @Test
    void makesOneTaskOfConcurrentRequestsForTheSame() throws Exception {
        long before = rows();
        List<Answer> answers = atOnce(32, _ -> ingest.post(body("l", "\"ttl\":\"5m\"")));
        assertThat(answers.stream().map(RepeatsIT::taskOf).distinct()).hasSize(1);
        assertThat(answers.stream().filter(answer -> !answer.json().has("collapsed")))
                .hasSize(1);
        assertThat(rows()).isEqualTo(before + 1);
    }

    private interface Request {
        Answer send(int number);
    }

    private static List<Answer> atOnce(int count, Request request) throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                calls.add(() -> request.send(number));
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        }
    }

    private static String body(String photo, String field) {
        return "{\"image_url\":\"https://photos.example/%s\",\"style\":\"ink\",%s}".formatted(photo, field);
    }

    private static String newKey() {
        return UUID.randomUUID().toString();
    }

    private static String taskOf(Answer answer) {
        return answer.json().get("task_id").asString();
    }

    private static void close(String id) {
        ingest.bean(TaskDao.class)
                .close(
                        TaskId.parse(id),
                        1,
                        new FinalState.Failure(Instant.now(), TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null));
    }

    private static long rows() {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from task")
                        .mapTo(Long.class)
                        .one());
    }

    private static long files() throws IOException {
        try (Stream<Path> all = Files.walk(images)) {
            return all.filter(Files::isRegularFile).count();
        }
    }
}
