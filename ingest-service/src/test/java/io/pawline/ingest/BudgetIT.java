package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.budget.BudgetAccount;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.service.BudgetProperties;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.BudgetStore.Limits;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TestingPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tests what a tenant sees of its money, in a real database. Each test has a tenant of its own. */
class BudgetIT {

    @TempDir
    static Path images;

    /** A zone in which it is about noon, so that no day ends during a test. */
    private static String zone = "";

    private static TestingPostgres postgres;
    private static TestingIngest waiting;
    private static TestingIngest refusing;

    @BeforeAll
    static void start() {
        zone = ZoneOffset.ofHours(12 - OffsetDateTime.now(ZoneOffset.UTC).getHour())
                .getId();
        postgres = TestingPostgres.shared();
        waiting = new TestingIngest(
                postgres, images, "--pawline.budget.default-per-day=1.5", "--pawline.budget.time-zone=" + zone);
        refusing = new TestingIngest(
                postgres,
                images,
                "--pawline.budget.default-per-day=1.5",
                "--pawline.budget.time-zone=" + zone,
                "--pawline.budget.when-spent=refuse");
    }

    @AfterAll
    static void stop() {
        waiting.close();
        refusing.close();
        postgres.close();
    }

    @Test
    void theQuotaShowsTheMoneyOfTheDay() {
        TestingIngest shop = as(waiting, "seen");
        ask("seen", 0, 0, 0, 500_000);
        ask("seen", 1, 500_000, 200_000, 0);

        JsonNode budget = shop.get("/v1/quota").json().get("budget");

        assertThat(budget.get("limit").asDouble()).isEqualTo(1.5);
        assertThat(budget.get("spent").asDouble()).isEqualTo(0.2);
        assertThat(budget.get("reserved").asDouble()).isEqualTo(0.3);
        assertThat(budget.get("remaining").asDouble()).isEqualTo(1);
        assertThat(budget.get("exhausted").asBoolean()).isFalse();
        assertThat(budget.get("time_zone").asString()).isEqualTo(zone);
        assertThat(Instant.parse(budget.get("resets_at").asString()))
                .isBetween(Instant.now(), Instant.now().plus(Duration.ofDays(1)));
    }

    @Test
    void aTaskWaitsForMoneyAndSaysSo() {
        TestingIngest shop = as(waiting, "waits");
        String before = submitted(shop.post(body("ttl", "\"10m\"")));
        spend("waits");

        // What a tenant has left is read again after some seconds
        await().untilAsserted(() -> {
            JsonNode task = shop.get("/v1/tasks/" + before).json();
            assertThat(task.get("state").asString()).isEqualTo("processing");
            assertThat(task.path("waiting_for").asString("")).isEqualTo("budget");
            assertThat(task.has("eta")).isFalse();
        });
        assertThat(as(waiting, "other")
                        .get("/v1/quota")
                        .json()
                        .get("budget")
                        .get("exhausted")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void aTaskThatCannotWaitForTheNextDayIsSentAway() {
        TestingIngest shop = as(waiting, "late");
        spend("late");

        Answer refused = shop.post(body("ttl", "\"10m\""));

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().get("type").asString()).isEqualTo("urn:pawline:problem:daily-budget-spent");
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 86_401);
        assertThat(as(waiting, "another").post(body("ttl", "\"1m\"")).status()).isEqualTo(202);
    }

    @Test
    void aTaskIsRefusedWhereNoneWaits() {
        TestingIngest shop = as(refusing, "refused");
        spend("refused");

        Answer refused = shop.post(body("ttl", "\"10m\""));

        assertThat(refused.status()).isEqualTo(402);
        assertThat(refused.json().get("type").asString()).isEqualTo("urn:pawline:problem:budget-exceeded");
    }

    private static TestingIngest as(TestingIngest ingest, String tenant) {
        return ingest.as(Optional.of(ingest.newKey(tenant, Scope.SUBMIT, Scope.READ)));
    }

    private static String body(String field, String value) {
        return "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\",\"%s\":%s}".formatted(field, value);
    }

    private static String submitted(Answer answer) {
        assertThat(answer.status()).isEqualTo(202);
        return answer.json().get("task_id").asString();
    }

    /** Has a process spend all that there is, and ask for another call. */
    private static void spend(String tenant) {
        ask(tenant, 0, 0, 0, 1_500_000);
        ask(tenant, 1, 1_500_000, 1_500_000, 30_000);
    }

    private static void ask(String tenant, long version, long ceiling, long spent, long wanted) {
        BudgetProperties budget = waiting.bean(BudgetProperties.class);
        Instant now = Instant.now();
        waiting.bean(BudgetStore.class)
                .answer(
                        new BudgetAsk(
                                "life-of-" + tenant,
                                version + 1,
                                "generate-0",
                                List.of(new BudgetAsk.Need(
                                        BudgetAccount.ofDay(tenant),
                                        Optional.empty(),
                                        1,
                                        version,
                                        ceiling,
                                        spent,
                                        wanted,
                                        30_000))),
                        new Limits(budget::microsPerDay, budget::microsPerTask),
                        budget.dayOf(now),
                        budget.leftOfDay(now));
    }
}
