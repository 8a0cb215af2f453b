package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.schemas.Reason;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingKafka;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Gives live controls over HTTP and looks at what is in force, in a running ops-service. */
class ControlsApiIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ANN = "{\"by\":\"ann\",\"why\":\"the pictures are wrong\"%s}";

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

    /** One after the other, because each looks at everything that is in force. */
    @Test
    void eachControlIsInForceUntilItIsTakenBackAndIsAudited() {
        give("stages/generate/pause", "");
        give("stages/generate/limit", ",\"limit\":16");
        give("providers/seedream/cool-down", ",\"seconds\":300");
        give("providers/seedream/switch-off", "");
        give("tenants/big%20shop/weight", ",\"weight\":2.5");
        awaitInForce(
                "limit:generate limit 16",
                "off:seedream pause 0",
                "provider:seedream cool_down 0",
                "stage:generate pause 0",
                "weight:big shop weight 0");
        assertThat(controls().at("/controls/4/weight").asDouble()).isEqualTo(2.5);
        assertThat(controls().at("/controls/3/by").asString()).isEqualTo("ann");
        assertThat(controls().at("/controls/3/why").asString()).isEqualTo("the pictures are wrong");

        give("stages/generate/resume", "");
        give("stages/generate/clear-limit", "");
        give("providers/seedream/end-cool-down", "");
        give("providers/seedream/switch-on", "");
        give("tenants/big%20shop/clear-weight", "");
        awaitInForce();
        assertThat(summaries(controls().path("last")))
                .containsExactly(
                        "limit:generate clear_limit 0",
                        "off:seedream resume 0",
                        "provider:seedream end_cool_down 0",
                        "stage:generate resume 0",
                        "weight:big shop clear_weight 0");

        assertThat(summaries(ops.get("/v1/audit").json().path("audit")))
                .containsSubsequence(
                        "off:seedream resume 0",
                        "provider:seedream end_cool_down 0",
                        "limit:generate clear_limit 0",
                        "stage:generate resume 0",
                        "off:seedream pause 0",
                        "provider:seedream cool_down 0",
                        "limit:generate limit 16",
                        "stage:generate pause 0");
    }

    @Test
    void aTaskOfAnyTenantIsCancelledOnceInItsRowAndInTheStages() {
        TaskDao tasks = ops.bean(TaskDao.class);
        Submission task = TestingTasks.submission();
        tasks.accept(task);
        String cancel = "/v1/controls/tasks/" + task.id() + "/cancel";

        assertThat(ops.post(cancel, ANN.formatted("")).json().path("until").asString())
                .isEqualTo(task.deadline().toString());

        assertThat(tasks.find(task.id()).orElseThrow().state()).isEqualTo(TaskState.CANCELLED);
        assertThat(ops.post(cancel, ANN.formatted("")).status()).isEqualTo(409);
        assertThat(ops.get("/v1/audit").json().path("audit"))
                .filteredOn(action -> action.path("subject").asString("").equals("task:" + task.id()))
                .singleElement()
                .satisfies(action -> assertThat(action.path("by").asString()).isEqualTo("ann"));
    }

    @Test
    void aTaskThatHasEndedKeepsItsFinalState() {
        TaskDao tasks = ops.bean(TaskDao.class);
        Submission task = TestingTasks.submission();
        tasks.accept(task);
        tasks.close(task.id(), 1, TestingTasks.failure(Reason.NO_PET));

        TestingOps.Answer refused = ops.post("/v1/controls/tasks/" + task.id() + "/cancel", ANN.formatted(""));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("detail").asString()).isEqualTo("the task is failed and cannot be cancelled");
        assertThat(tasks.find(task.id()).orElseThrow().state()).isEqualTo(TaskState.FAILED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            stages/painting/pause            | ""                 | 404 | the stages are detect, generate
            stages/generate/limit            | ",'limit':0"       | 400 | limit is no whole number from 1
            stages/generate/limit            | ""                 | 400 | limit is no whole number from 1
            tenants/shop/weight              | ",'weight':0"      | 400 | a weight must be > 0 and <= 1000
            tenants/shop/weight              | ",'weight':'2'"    | 400 | weight is no number
            stages/generate/pause            | ",'seconds':3"     | 400 | there is no field \\"seconds\\"
            providers/seedream/cool-down     | ",'seconds':86401" | 400 | seconds is no whole number from 1 to 86400
            providers/a%20b/end-cool-down    | ""                 | 400 | a provider's name has letters
            tasks/42/cancel                  | ""                 | 400 | the task's id is none
            tasks/019dbbc4-7c1e-7b6a-9d3c-2f1f6f0a8e11/cancel | "" | 404 | no task has the id
            """)
    void saysWhatIsWrongWithAControl(String path, String fields, int status, String detail) {
        TestingOps.Answer refused = ops.post("/v1/controls/" + path, ANN.formatted(fields.replace('\'', '"')));

        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.json().path("detail").asString()).contains(detail.replace("\\\"", "\""));
    }

    @Test
    void whoAndWhyAreAskedFor() {
        for (String body :
                List.of("{}", "{\"by\":\"ann\"}", "{\"why\":\"because I can\"}", "{\"by\":\"ann\",\"why\":\"x\"}")) {
            assertThat(ops.post("/v1/controls/stages/detect/pause", body).status())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    private static void give(String path, String fields) {
        TestingOps.Answer given = ops.post("/v1/controls/" + path, ANN.formatted(fields));
        assertThat(given.status()).as(given.body()).isEqualTo(200);
    }

    private static void awaitInForce(String... expected) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                summaries(controls().path("controls")).filter(control -> !control.startsWith("task:")))
                        .containsExactly(expected));
    }

    private static JsonNode controls() {
        return ops.get("/v1/controls").json();
    }

    private static Stream<String> summaries(JsonNode controls) {
        return controls.valueStream()
                .map(control -> "%s %s %d"
                        .formatted(
                                control.path("subject").asString(""),
                                control.path("action").asString(""),
                                control.path("limit").asInt(0)));
    }
}
