package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.ingest.follow.TaskSubscriptions;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FollowIT {

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(
                postgres,
                images,
                "--pawline.ingest.follow.look-every=20ms",
                "--pawline.ingest.follow.heartbeat=50ms",
                "--pawline.ingest.follow.max-waits=40");
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @AfterEach
    void noSubscriptionStaysOpen() {
        await().until(() -> waiting() == 0);
    }

    @Test
    void answersAWaitWhenTheTaskEnds() {
        String id = submit();
        CompletableFuture<Answer> answer = later("/v1/tasks/" + id + "?wait=60s");
        await().until(() -> waiting() == 1);
        reach(id, Stage.GENERATE);
        end(id);
        assertThat(answer.join().status()).isEqualTo(200);
        assertThat(answer.join().json().get("state").asString()).isEqualTo("failed");
    }

    @Test
    void answersAWaitThatIsOverWithTheTaskAsItIs() {
        assertThat(ingest.get("/v1/tasks/" + submit() + "?wait=1s")
                        .json()
                        .get("state")
                        .asString())
                .isEqualTo("processing");
    }

    @Test
    void answersAWaitForATaskThatHasEndedAtOnce() {
        String id = submit();
        end(id);
        assertThat(ingest.get("/v1/tasks/" + id + "?wait=60s")
                        .json()
                        .get("state")
                        .asString())
                .isEqualTo("failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0s", "61s", "soon", "-1s", "30"})
    void refusesAnInvalidWait(String wait) {
        assertThat(ingest.get("/v1/tasks/" + submit() + "?wait=" + wait).status())
                .isEqualTo(400);
    }

    @Test
    void sendsStageByStageAndThenTheFinalState() {
        String id = submit();
        CompletableFuture<Answer> stream = later("/v1/tasks/" + id + "/events");
        await().until(() -> waiting() == 1);
        reach(id, Stage.GENERATE);
        reach(id, Stage.MATTING);
        end(id);
        assertThat(stream.join().header("content-type")).startsWith("text/event-stream");
        assertThat(lines(stream.join(), "id:")).containsExactly("1-1", "1-2", "1-3", "1-9");
        assertThat(lines(stream.join(), "event:")).containsExactly("stage", "stage", "stage", "end");
        assertThat(text(stream.join())).contains("\"stage\":\"matting\"", "\"reason\":\"no_pet\"");
    }

    @Test
    void continuesWhereTheListenerStopped() {
        String id = submit();
        reach(id, Stage.GENERATE);
        reach(id, Stage.MATTING);
        end(id);
        assertThat(lines(ingest.getFrom("/v1/tasks/" + id + "/events", "1-2"), "id:"))
                .containsExactly("1-3", "1-9");
        assertThat(ingest.getFrom("/v1/tasks/" + id + "/events", "1-9").status())
                .isEqualTo(204);
        assertThat(ingest.getFrom("/v1/tasks/" + id + "/events", "x").status()).isEqualTo(400);
    }

    @Test
    @Timeout(60)
    void keepsAStreamAliveWhileNothingHappens() throws IOException {
        String id = submit();
        try (BufferedReader stream = ingest.stream("/v1/tasks/" + id + "/events")) {
            List<String> lines = new ArrayList<>();
            while (heartbeatsSinceTheFirstEvent(lines) < 3) {
                lines.add(Objects.requireNonNull(stream.readLine(), "the stream has ended"));
            }
            assertThat(lines.stream().filter(line -> line.startsWith("event:"))).containsExactly("event:stage");
            end(id);
            assertThat(stream.lines().filter(line -> line.startsWith("event:"))).containsExactly("event:end");
        }
    }

    private static long heartbeatsSinceTheFirstEvent(List<String> lines) {
        return lines.stream()
                .dropWhile(line -> !line.startsWith("event:"))
                .filter(line -> line.equals(":still here"))
                .count();
    }

    @Test
    void noticesThatAListenerIsGone() throws IOException {
        try (BufferedReader stream = ingest.stream("/v1/tasks/" + submit() + "/events")) {
            assertThat(stream.readLine()).isNotNull();
            assertThat(waiting()).isEqualTo(1);
        }
        // Checked by noSubscriptionStaysOpen
    }

    /** Else a stop takes as long as the longest wait, and a stream as long as its task. The start may take its time. */
    @Test
    void aStopEndsWhatWaits(@TempDir Path folder) {
        String id = submit();
        TestingIngest stopped = new TestingIngest(postgres, folder);
        CompletableFuture<Answer> wait =
                CompletableFuture.supplyAsync(() -> stopped.get("/v1/tasks/" + id + "?wait=60s"));
        CompletableFuture<Answer> stream =
                CompletableFuture.supplyAsync(() -> stopped.get("/v1/tasks/" + id + "/events"));
        await().until(() -> stopped.bean(TaskSubscriptions.class).count() == 2);

        assertThat(CompletableFuture.runAsync(stopped::close)).succeedsWithin(Duration.ofSeconds(30));

        assertThat(wait.join().json().get("state").asString()).isEqualTo("processing");
        assertThat(stream.join().status()).isEqualTo(200);
    }

    @Test
    void answersAProblemForAnUnknownTask() {
        for (String path : List.of("/events", "?wait=5s")) {
            Answer answer = ingest.get("/v1/tasks/" + TaskId.next() + path);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        }
    }

    @Test
    void refusesSubscriptionsBeyondTheShareOfTheTenant() {
        String id = submit();
        List<CompletableFuture<Answer>> subscriptions = Stream.generate(() -> later("/v1/tasks/" + id + "?wait=60s"))
                .limit(36)
                .toList();
        await().until(() -> waiting() == 36);
        Answer refused = ingest.get("/v1/tasks/" + id + "?wait=60s");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().get("type").asString()).isEqualTo("urn:pawline:problem:too-many-waits");
        assertThat(refused.header("retry-after")).isEqualTo("5");
        TestingIngest other = ingest.as(Optional.of(ingest.newKey("another", Scope.SUBMIT, Scope.READ)));
        String theirs = submit(other);
        assertThat(other.get("/v1/tasks/" + theirs + "?wait=1s").status())
                .as("another tenant has a share")
                .isEqualTo(200);
        end(id);
        assertThat(subscriptions)
                .allSatisfy(wait -> assertThat(wait.join().status()).isEqualTo(200));
    }

    private static int waiting() {
        return ingest.bean(TaskSubscriptions.class).count();
    }

    private static CompletableFuture<Answer> later(String path) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> answer.complete(ingest.get(path)));
        return answer;
    }

    private static List<String> lines(Answer answer, String field) {
        return text(answer)
                .lines()
                .filter(line -> line.startsWith(field))
                .map(line -> line.substring(field.length()))
                .toList();
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String submit() {
        return submit(ingest);
    }

    private static String submit(TestingIngest client) {
        return client.post(
                        "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"}",
                        UUID.randomUUID().toString())
                .json()
                .get("task_id")
                .asString();
    }

    private static void reach(String id, Stage stage) {
        ingest.bean(ProgressDao.class).add(List.of(new StageReached(TaskId.parse(id), 1, stage, Instant.now())));
    }

    private static void end(String id) {
        ingest.bean(TaskDao.class)
                .close(
                        TaskId.parse(id),
                        1,
                        new FinalState.Failure(Instant.now(), TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null));
    }
}
