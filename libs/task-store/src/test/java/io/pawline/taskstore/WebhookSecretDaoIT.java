package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookSecretDaoIT {

    private static final Duration DAY = Duration.ofHours(24);

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static WebhookSecretDao secrets;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        secrets = new WebhookSecretDao(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        database.jdbi().useHandle(handle -> handle.execute("delete from webhook_secret"));
    }

    @Test
    void aTenantThatChangedNothingHasTheFirstVersion() {
        assertThat(secrets.of("shop")).isEqualTo(new WebhookSecretVersions(1, null, true));
        assertThat(secrets.endPrevious("shop", NOW)).isEqualTo(WebhookSecretVersions.FIRST);
    }

    @Test
    void theVersionBeforeSignsUntilItsTimeIsOver() {
        WebhookSecretVersions rotated = secrets.rotate("shop", DAY, NOW).orElseThrow();

        assertThat(rotated).isEqualTo(new WebhookSecretVersions(2, NOW.plus(DAY), true));
        assertThat(rotated.live(NOW.plus(DAY).minusMillis(1))).containsExactly(2, 1);
        assertThat(rotated.live(NOW.plus(DAY))).containsExactly(2);
    }

    @Test
    void theVersionsAreThereAfterARestart() {
        WebhookSecretVersions rotated = secrets.rotate("shop", DAY, NOW).orElseThrow();
        secrets.signShared("shop", false, NOW);

        try (TaskDatabase restarted = TaskDatabase.open(postgres.database())) {
            assertThat(new WebhookSecretDao(restarted).of("shop"))
                    .isEqualTo(new WebhookSecretVersions(2, rotated.previousUntil(), false));
        }
    }

    @Test
    void neverMakesAThirdVersionLive() {
        secrets.rotate("shop", DAY, NOW);
        assertThat(secrets.rotate("shop", DAY, NOW.plus(DAY).minusMillis(1))).isEmpty();
        assertThat(secrets.of("shop").current()).isEqualTo(2);

        assertThat(secrets.rotate("shop", DAY, NOW.plus(DAY)).orElseThrow().live(NOW.plus(DAY)))
                .containsExactly(3, 2);
    }

    @Test
    void ofRotationsAtTheSameTimeOneCounts() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Optional<WebhookSecretVersions>>> rotations = IntStream.range(0, 8)
                    .<Callable<Optional<WebhookSecretVersions>>>mapToObj(_ -> () -> secrets.rotate("shop", DAY, NOW))
                    .toList();
            assertThat(threads.invokeAll(rotations).stream()
                            .map(Future::resultNow)
                            .flatMap(Optional::stream))
                    .hasSize(1);
        }
        assertThat(secrets.of("shop").current()).isEqualTo(2);
    }

    @Test
    void endsTheVersionBeforeAtOnce() {
        secrets.rotate("shop", DAY, NOW);
        assertThat(secrets.endPrevious("shop", NOW).live(NOW)).containsExactly(2);
        // PostgreSQL rounds to microseconds, here up
        Instant between = NOW.plusNanos(900);
        assertThat(secrets.rotate("shop", Duration.ZERO, between).orElseThrow().live(between))
                .containsExactly(3);
    }

    @Test
    void switchesTheSharedSecretForOneTenantOnly() {
        assertThat(secrets.signShared("shop", false, NOW).sharedSigns()).isFalse();
        assertThat(secrets.of("other").sharedSigns()).isTrue();
        assertThat(secrets.rotate("shop", DAY, NOW).orElseThrow().sharedSigns()).isFalse();
        assertThat(secrets.signShared("shop", true, NOW)).isEqualTo(secrets.of("shop"));
        assertThat(secrets.of("shop")).isEqualTo(new WebhookSecretVersions(2, NOW.plus(DAY), true));
    }

    @Test
    void keepsNoSecret() {
        secrets.rotate("shop", DAY, NOW);
        String row = database.jdbi()
                .withHandle(handle -> handle.createQuery("select row_to_json(s)::text from webhook_secret s")
                        .mapTo(String.class)
                        .one());
        assertThat(row).contains("\"tenant\":\"shop\"", "\"version\":2").doesNotContain("whsec_");
    }
}
