package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.e2e.OutageStory.Customer;
import io.pawline.testkit.NeedsTools;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows an analyst through a provider's outage: she replays one customer's dead letters with the commands that she
 * has, and then the other's in the console.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OutageStoryIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int SUCCEEDED = OutageStory.HALF - OutageStory.MODERATED;

    @TempDir
    private static Path folder;

    private static OutageStory story;

    @BeforeAll
    static void start() throws Exception {
        story = OutageStory.start(folder);
    }

    @AfterAll
    static void stop() {
        story.close();
    }

    @Test
    @Order(1)
    void oneCustomersDeadLettersAreReplayedByCommand() throws Exception {
        assertThat(story.dlt("groups").lines().skip(1).toList())
                .singleElement()
                .asString()
                .startsWith("300\tgenerate\tprovider_error\tInternalServiceError\t");
        assertWhatIsKnownOfOne();

        story.providerIsBack();
        JsonNode forecast =
                json(story.dlt("replay", "--dry-run", "-f", "reason=provider_error", "-f", "client_ref=cats"));
        assertThat(forecast.path("replayed").asInt(0)).isEqualTo(OutageStory.HALF);
        assertThat(forecast.path("cost_micros").asLong(0)).isEqualTo(OutageStory.HALF * 40_000L);
        assertThat(forecast.path("drain_seconds").asDouble(0)).isGreaterThanOrEqualTo(7.5);

        String replay = json(story.dlt(
                        "replay",
                        "--per-second=20",
                        "--why=The provider says it is back.",
                        "-f",
                        "reason=provider_error",
                        "-f",
                        "client_ref=cats"))
                .path("id")
                .asString("");
        await().atMost(PATIENCE).until(() -> ended(story.get("/v1/replays/" + replay)) == OutageStory.HALF);

        assertOutcome(story.get("/v1/replays/" + replay));
        assertOpenLetters(Customer.CATS);
        assertFrontEndKnows(Customer.CATS);
        assertThat(story.tasksOf(Customer.DOGS))
                .allSatisfy(task -> assertThat(story.frontEnd().callbacks(task)).hasSize(1));
        assertAudit(replay);
        assertThat(story.report("--format=md")).startsWith("# ").contains("InternalServiceError", "| Tasks | 300 |");
        assertThat(story.report("--lang=zh")).contains("文生图");
    }

    @Test
    @Order(2)
    @NeedsTools({NeedsTools.Tool.CHROMIUM, NeedsTools.Tool.NODE})
    void theOtherCustomersDeadLettersAreReplayedInTheConsole() throws Exception {
        try (AnalystsBrowser analyst = new AnalystsBrowser()) {
            analyst.signIn(story);
            analyst.dryRun(OutageStory.HALF);
            analyst.replay(OutageStory.HALF, 100, "The rest waits, too.");
            analyst.assertOutcome(SUCCEEDED, OutageStory.MODERATED);
            assertOpenLetters(Customer.DOGS);
            assertFrontEndKnows(Customer.DOGS);
            analyst.assertAudit("The rest waits, too.", SUCCEEDED);
            analyst.assertLifeOf(story.tasksOf(Customer.DOGS).getFirst());
            analyst.assertNoComplaints();
        }
    }

    private static void assertWhatIsKnownOfOne() {
        String task = story.tasksOf(Customer.CATS).getFirst();
        String id = story.dlt("list", "-f", "task_id=" + task)
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow()
                .split("\t", 2)[0];
        JsonNode whole = json(story.dlt("show", id));
        assertThat(whole.at("/payload/event/context/taskId").asString("")).isEqualTo(task);
        assertThat(whole.path("calls"))
                .filteredOn(call -> call.path("stage").asString("").equals("generate"))
                .hasSize(2)
                .allSatisfy(call -> {
                    assertThat(call.path("http_status").asInt(0)).isEqualTo(500);
                    assertThat(call.path("request_id").asString("")).isNotEmpty();
                });
        assertThat(story.dlt("export", "--format=csv").lines()).hasSize(OutageStory.TASKS + 1);
    }

    private static int ended(JsonNode replay) {
        return replay.at("/letters/succeeded").asInt(0)
                + replay.at("/letters/failed").asInt(0);
    }

    private static void assertOutcome(JsonNode replay) {
        assertThat(replay.at("/letters/succeeded").asInt(0)).isEqualTo(SUCCEEDED);
        assertThat(replay.at("/failed_with/moderated_image").asInt(0)).isEqualTo(OutageStory.MODERATED);
    }

    private static void assertOpenLetters(Customer customer) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode open =
                    story.get("/v1/dead-letters?client_ref=" + customer.ref()).path("dead_letters");
            assertThat(open)
                    .extracting(deadLetter -> deadLetter.path("task_id").asString(""))
                    .containsExactlyInAnyOrderElementsOf(story.moderatedOf(customer));
            assertThat(open).allSatisfy(deadLetter -> {
                assertThat(deadLetter.path("reason").asString("")).isEqualTo("moderated_image");
                assertThat(deadLetter.path("generation").asInt(0)).isEqualTo(2);
            });
        });
    }

    /**
     * The front end was notified twice: of the failure, and later of the final state of the replay, under an id of its
     * own.
     */
    private static void assertFrontEndKnows(Customer customer) {
        await().atMost(PATIENCE)
                .until(() -> story.tasksOf(customer).stream()
                        .allMatch(task -> story.frontEnd().callbacks(task).size() == 2));
        int moderated = 0;
        for (String task : story.tasksOf(customer)) {
            TestingFrontEnd.Callback first = story.frontEnd().callbacks(task).getFirst();
            TestingFrontEnd.Callback late = story.frontEnd().callbacks(task).getLast();
            assertThat(first.reason()).isEqualTo("provider_error");
            assertThat(late.signed()).isTrue();
            assertThat(late.params().at("/data/generation").asInt(0)).isEqualTo(2);
            assertThat(late.webhookId()).isNotEqualTo(first.webhookId());
            if (late.reason().equals("moderated_image")) {
                moderated++;
            } else {
                assertThat(late.status()).isEqualTo("success");
            }
        }
        assertThat(moderated).isEqualTo(OutageStory.MODERATED);
    }

    private static void assertAudit(String replay) throws Exception {
        JsonNode deed = story.get("/v1/audit").path("audit").path(0);
        assertThat(deed.path("by").asString("")).isEqualTo("ann");
        assertThat(deed.path("action").asString("")).isEqualTo("replay");
        assertThat(deed.path("why").asString("")).isEqualTo("The provider says it is back.");
        assertThat(deed.at("/filter/reason").asString("")).isEqualTo("provider_error");
        assertThat(deed.path("letters").asInt(0)).isEqualTo(OutageStory.HALF);
        assertThat(deed.path("replay_id").asString("")).isEqualTo(replay);
        assertThat(deed.at("/outcome/succeeded").asInt(0)).isEqualTo(SUCCEEDED);
        assertThat(deed.at("/outcome/failed").asInt(0)).isEqualTo(OutageStory.MODERATED);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
