package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.deadletters.DeadLetterIndex;
import io.pawline.ops.deadletters.IndexedDeadLetter;
import io.pawline.ops.deadletters.IndexedDeadLetter.Header;
import io.pawline.ops.deadletters.IndexedDeadLetter.OfTask;
import io.pawline.ops.deadletters.IndexedDeadLetter.Position;
import io.pawline.ops.deadletters.TestingDeadLetters;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Asks for dead letters over HTTP. */
class DeadLetterApiIT {

    private static final Instant NOW = TestingTasks.NOW;
    private static final TestingOps OPS = new TestingOps(TestingDatabase.create());
    private static final TaskDatabase DATABASE = OPS.bean(TaskDatabase.class);

    private final DeadLetterIndex index = OPS.bean(DeadLetterIndex.class);

    @AfterAll
    static void close() {
        OPS.close();
    }

    @BeforeEach
    void empty() {
        // Not truncated: the lock of that would wait for what the running service reads, and the service for it
        DATABASE.with(handle -> handle.execute("delete from dead_letter"));
    }

    @Test
    void deadLettersAreCountedByCauseAndOverTime() {
        add("generate", "provider_error", NOW, 3);
        add("generate", "provider_error", NOW.minus(Duration.ofHours(2)), 2);
        add("matting", "overloaded", NOW, 1);

        JsonNode found = OPS.get("/v1/dead-letters/groups?from=2026-11-22T10:15:30Z&to=2026-11-24T10:15:30Z")
                .json();

        assertThat(found.path("letters").asInt(0)).isEqualTo(6);
        assertThat(found.path("span_seconds").asInt(0)).isEqualTo(3_600);
        JsonNode largest = found.path("groups").path(0);
        assertThat(largest.path("stage").asString("")).isEqualTo("generate");
        assertThat(largest.path("count").asInt(0)).isEqualTo(5);
        assertThat(largest.path("newest").asString("")).isEqualTo(NOW.toString());
        assertThat(largest.path("over_time"))
                .extracting(span -> span.path("count").asInt(0))
                .containsExactly(2, 3);
    }

    @ParameterizedTest
    @CsvSource({
        "stage=matting,1",
        "reason=provider_error,1",
        "q=strange -usual,1",
        "q=moon,1",
        "tenant=default,2",
        "tenant=nobody,0",
        "style=watercolour,2",
        "client_ref=order-7,1",
        "generation=1,2",
        "generation=2,0",
        "min_attempts=3,2",
        "max_attempts=2,0",
        "provider_code=none,2",
        "from=2026-11-23T10:15:31Z,1",
        "to=2026-11-23T10:15:31Z,1",
        "state=discarded,0",
        "state=any,2",
    })
    void filtersLeaveWhatIsAskedFor(String filter, int deadLetters) {
        Submission ordered = new Submission(
                TaskId.next(),
                "default",
                "watercolour",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                null,
                NOW,
                NOW.plusSeconds(60),
                Priority.INTERACTIVE,
                "order-7",
                null);
        new TaskDao(DATABASE).accept(ordered);
        index.add(List.of(
                TestingDeadLetters.deadLetter(ordered, "generate", "provider_error", "the usual trouble", NOW),
                TestingDeadLetters.deadLetter(
                        TestingTasks.submission(), "matting", "overloaded", "a strange moon", NOW.plusSeconds(5))));

        assertThat(OPS.get("/v1/dead-letters?" + filter.replace(" ", "%20"))
                        .json()
                        .path("dead_letters"))
                .hasSize(deadLetters);
    }

    @Test
    void pagesMissNothingAndRepeatNothingWithinTheSameMoment() {
        add("generate", "provider_error", NOW, 25);
        List<Long> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = OPS.get("/v1/dead-letters?limit=10" + cursor).json();
            page.path("dead_letters")
                    .forEach(deadLetter -> seen.add(deadLetter.path("id").asLong(0)));
            add("generate", "provider_error", NOW.plusSeconds(1), 1);
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.path("next_cursor").asString("")
                    : "";
        } while (!cursor.isEmpty());

        assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    void aDeadLetterIsShownWithAllThatIsKnownOfIt() {
        Submission task = TestingTasks.submission();
        new TaskDao(DATABASE).accept(task);
        new TaskDao(DATABASE).close(task.id(), 1, TestingTasks.failure(Reason.PROVIDER_ERROR));
        OPS.bean(CallLedger.class)
                .note(List.of(new Call(
                        TestingCallIds.idAt(Instant.now()),
                        task.id().value(),
                        1,
                        "default",
                        "generate",
                        "seedream",
                        1,
                        new Call.End(
                                NOW, "failed", "provider_error", "done", 500, "Internal", "req-9", 812L, null, "no"),
                        false)));
        long id = addOne(task, TestingOps.bytes(TestingOps.described(task, 1)));

        JsonNode whole = OPS.get("/v1/dead-letters/" + id).json();

        assertThat(whole.at("/payload/type").asString("")).isEqualTo("PetDescribed");
        assertThat(whole.at("/payload/event/context/taskId").asString(""))
                .isEqualTo(task.id().toString());
        assertThat(whole.at("/payload/schema/fields/1/name").asString("")).isEqualTo("description");
        assertThat(whole.at("/headers/0/text").asString("")).isEqualTo("3");
        assertThat(whole.at("/headers/1/hex").asString("")).isEqualTo("00ff");
        assertThat(whole.at("/calls/0/request_id").asString("")).isEqualTo("req-9");
        assertThat(whole.at("/calls/0/duration_ms").asInt(0)).isEqualTo(812);
        assertThat(whole.at("/task/state").asString("")).isEqualTo("failed");
    }

    @Test
    void bytesThatAreNoEventAreShownAndCanBeHadAsTheyAre() {
        long id = addOne(TestingTasks.submission(), new byte[] {0, 'h', 'i', (byte) 0xFF});

        JsonNode payload = OPS.get("/v1/dead-letters/" + id).json().path("payload");

        assertThat(payload.path("hex").asString("")).isEqualTo("006869ff");
        assertThat(payload.path("text").asString("")).isEqualTo(".hi.");
        assertThat(payload.has("event")).isFalse();
        TestingOps.Answer download = OPS.get("/v1/dead-letters/" + id + "/payload");
        assertThat(download.contentType()).isEqualTo("application/octet-stream");
        assertThat(download.bytes()).isEqualTo(new byte[] {0, 'h', 'i', (byte) 0xFF});
    }

    @Test
    void anExportHasEveryDeadLetterAndNoFormula() {
        add("generate", "provider_error", NOW, 1_003);
        index.add(List.of(TestingDeadLetters.deadLetter(
                TestingTasks.submission(), "matting", "overloaded", "=HYPERLINK(\"x\")", NOW.plusSeconds(9))));

        assertThat(OPS.get("/v1/dead-letters/export?stage=generate").body().lines())
                .hasSize(1_003);
        assertThat(OPS.get("/v1/dead-letters/export?format=csv").body())
                .startsWith("id,state,stage")
                .contains("\"'=HYPERLINK(\"\"x\"\")\"");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/dead-letters?colour=red,400,invalid-request",
        "/v1/dead-letters?limit=0,400,invalid-request",
        "/v1/dead-letters?cursor=x,400,invalid-request",
        "/v1/dead-letters?from=yesterday,400,invalid-request",
        "/v1/dead-letters?stage=a&stage=b,400,invalid-request",
        "/v1/dead-letters/groups?state=lost,400,invalid-request",
        "/v1/dead-letters/export?format=pdf,400,invalid-request",
        "/v1/dead-letters/999999,404,letter-not-found",
        "/v1/dead-letters/x,404,letter-not-found",
        "/v1/nothing,404,not-found",
    })
    void theAnswerToAWrongRequestSaysWhatIsWrong(String path, int status, String type) {
        TestingOps.Answer answer = OPS.get(path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.json().path("type").asString("")).isEqualTo("urn:pawline:problem:" + type);
    }

    private void add(String stage, String reason, Instant failedAt, int count) {
        List<IndexedDeadLetter> deadLetters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            deadLetters.add(
                    TestingDeadLetters.deadLetter(TestingTasks.submission(), stage, reason, "It is down.", failedAt));
        }
        index.add(deadLetters);
    }

    private long addOne(Submission task, byte[] value) {
        index.add(List.of(new IndexedDeadLetter(
                new Position("pawline.generate.dlt", "made-once", 7, 0),
                "generate",
                "provider_error",
                "It is down.",
                NOW,
                null,
                null,
                1,
                new OfTask(task.id().value(), 1, task.tenant(), task.style(), NOW),
                null,
                new byte[0],
                value,
                List.of(
                        new Header("pawline-attempt", "3".getBytes(StandardCharsets.UTF_8)),
                        new Header("binary", new byte[] {0, -1})),
                "")));
        return OPS.get("/v1/dead-letters?task_id=" + task.id())
                .json()
                .at("/dead_letters/0/id")
                .asLong(0);
    }
}
