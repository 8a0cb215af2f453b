package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.outbound.webhook.WebhookSecrets;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.WebhookSecretDao;
import io.pawline.taskstore.WebhookSecretVersions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Tests the webhook secrets of tenants as the API shows and changes them. */
class WebhookSecretIT {

    private static final String MASTER = "bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=";
    private static final String SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OF_ACME = "whsec_" + "QUJD".repeat(8);

    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final String BODY = "{\"test\": 2432232314}";

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
                "--pawline.callback.master-secrets=" + MASTER,
                "--pawline.callback.secrets=" + SHARED,
                "--pawline.callback.tenant-secrets.acme=" + OF_ACME);
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @Test
    void showsEachTenantASecretOfItsOwn() {
        Answer shop = tenant("shop").get("/v1/webhook-secret");
        Answer other = tenant("other").get("/v1/webhook-secret");

        assertThat(shop.status()).isEqualTo(200);
        assertThat(shop.header("cache-control")).isEqualTo("no-store");
        assertThat(shop.json().get("tenant").asString()).isEqualTo("shop");
        assertThat(shop.json().at("/current/version").asInt()).isEqualTo(1);
        assertThat(shop.json().has("previous")).isFalse();
        assertThat(shop.json().get("shared_signs").asBoolean()).isTrue();
        assertThat(shop.json().get("configured_signs").asBoolean()).isFalse();
        assertThat(verifies(current(shop), "shop")).isTrue();
        assertThat(verifies(current(other), "other")).isTrue();
        assertThat(verifies(current(other), "shop")).isFalse();
        assertThat(verifies(current(shop), "other")).isFalse();
    }

    @Test
    void theSecretBeforeSignsBesideTheNewOneForADay() {
        TestingIngest client = tenant("rotating");
        String before = current(client.get("/v1/webhook-secret"));

        Answer rotated = client.call("POST", "/v1/webhook-secret/rotate");

        assertThat(rotated.status()).isEqualTo(200);
        assertThat(rotated.header("cache-control")).isEqualTo("no-store");
        assertThat(rotated.json().at("/current/version").asInt()).isEqualTo(2);
        assertThat(rotated.json().at("/previous/version").asInt()).isEqualTo(1);
        assertThat(rotated.json().at("/previous/secret").asString()).isEqualTo(before);
        assertThat(Instant.parse(rotated.json().at("/previous/signs_until").asString()))
                .isCloseTo(Instant.now().plus(Duration.ofHours(24)), within(10, ChronoUnit.MINUTES));
        assertThat(client.get("/v1/webhook-secret").json()).isEqualTo(rotated.json());
        assertThat(current(rotated)).isNotEqualTo(before);
        assertThat(verifies(current(rotated), "rotating")).isTrue();
        assertThat(verifies(before, "rotating")).isTrue();
    }

    @Test
    void refusesAThirdSecretUntilTheOneBeforeIsEnded() {
        TestingIngest client = tenant("third");
        String first = current(client.get("/v1/webhook-secret"));
        client.call("POST", "/v1/webhook-secret/rotate");

        assertProblem(client.call("POST", "/v1/webhook-secret/rotate"), "webhook-secret-rotating");
        assertThat(client.get("/v1/webhook-secret")
                        .json()
                        .at("/current/version")
                        .asInt())
                .isEqualTo(2);

        Answer ended = client.call("DELETE", "/v1/webhook-secret/previous");
        assertThat(ended.status()).isEqualTo(200);
        assertThat(ended.json().has("previous")).isFalse();
        assertThat(verifies(first, "third")).isFalse();
        assertThat(verifies(current(ended), "third")).isTrue();
        assertThat(client.call("DELETE", "/v1/webhook-secret/previous").json()).isEqualTo(ended.json());
        assertThat(client.call("POST", "/v1/webhook-secret/rotate")
                        .json()
                        .at("/current/version")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void withoutAnOverlapTheSecretBeforeEndsAtOnce() {
        TestingIngest client = tenant("leaked");
        String leaked = current(client.get("/v1/webhook-secret"));

        Answer rotated = client.call("POST", "/v1/webhook-secret/rotate?overlap=0s");

        assertThat(rotated.json().has("previous")).isFalse();
        assertThat(verifies(leaked, "leaked")).isFalse();
        assertThat(verifies(current(rotated), "leaked")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1d", "-1h", "721h", "999999999h", "soon", "24"})
    void refusesAnOverlapThatIsNone(String overlap) {
        Answer answer = tenant("patient").call("POST", "/v1/webhook-secret/rotate?overlap=" + overlap);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").asString()).startsWith("overlap ");
        assertThat(tenant("patient")
                        .get("/v1/webhook-secret")
                        .json()
                        .at("/current/version")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void switchesTheSharedSecretForOneTenantOnly() {
        TestingIngest client = tenant("alone");
        assertThat(verifies(SHARED, "alone")).isTrue();

        Answer off = client.call("DELETE", "/v1/webhook-secret/shared");

        assertThat(off.json().get("shared_signs").asBoolean()).isFalse();
        assertThat(verifies(SHARED, "alone")).isFalse();
        assertThat(verifies(current(off), "alone")).isTrue();
        assertThat(tenant("beside")
                        .get("/v1/webhook-secret")
                        .json()
                        .get("shared_signs")
                        .asBoolean())
                .isTrue();

        Answer on = client.call("PUT", "/v1/webhook-secret/shared");
        assertThat(on.json().get("shared_signs").asBoolean()).isTrue();
        assertThat(verifies(SHARED, "alone")).isTrue();
    }

    @Test
    void saysThatConfiguredSecretsSignInPlaceOfTheShared() {
        JsonNode acme = tenant("acme").get("/v1/webhook-secret").json();

        assertThat(acme.get("configured_signs").asBoolean()).isTrue();
        assertThat(acme.get("shared_signs").asBoolean()).isFalse();
        assertThat(verifies(OF_ACME, "acme")).isTrue();
        assertThat(verifies(SHARED, "acme")).isFalse();
    }

    @Test
    void logsWhoChangedASecretAndNoSecret() {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Logger spring = (Logger) LoggerFactory.getLogger("org.springframework.web");
        Level before = spring.getLevel();
        String key = ingest.newKey("quiet", Scope.WEBHOOK);
        String who = "Key " + ApiKeys.idOf(key).orElseThrow();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        spring.setLevel(Level.DEBUG);
        try {
            ingest.as(Optional.of(key)).call("POST", "/v1/webhook-secret/rotate");
        } finally {
            spring.setLevel(before);
            root.detachAppender(log);
        }
        assertThat(new ArrayList<>(log.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.startsWith(who) && line.contains("tenant=quiet"))
                .anyMatch(line -> line.startsWith("Writing [") && line.contains("tenant=quiet"))
                .noneMatch(line -> line.contains("whsec_"));
    }

    @Test
    void withoutAMasterSecretNamesTheSetting() {
        try (TestingIngest own = new TestingIngest(postgres, images, "--pawline.callback.secrets=" + SHARED)) {
            TestingIngest client = own.as(Optional.of(own.newKey("shop", Scope.WEBHOOK)));
            for (String call : List.of(
                    "GET /v1/webhook-secret",
                    "POST /v1/webhook-secret/rotate",
                    "DELETE /v1/webhook-secret/previous",
                    "PUT /v1/webhook-secret/shared",
                    "DELETE /v1/webhook-secret/shared")) {
                String[] parts = call.split(" ", 2);
                Answer answer = client.call(parts[0], parts[1]);
                assertProblem(answer, "no-master-secret");
                assertThat(answer.json().get("detail").asString()).contains("pawline.callback.master-secrets");
            }
        }
    }

    private static TestingIngest tenant(String name) {
        return ingest.as(Optional.of(ingest.newKey(name, Scope.WEBHOOK)));
    }

    private static String current(Answer answer) {
        return answer.json().at("/current/secret").asString();
    }

    private static void assertProblem(Answer answer, String type) {
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:" + type);
    }

    /** Whether a receiver with this secret takes a callback that is signed for this tenant now. */
    private static boolean verifies(String secret, String tenant) {
        Instant now = Instant.now();
        WebhookSecretVersions live = ingest.bean(WebhookSecretDao.class).of(tenant);
        String signatures = ingest.bean(WebhookSecrets.class)
                .signer(tenant, live.live(now), live.sharedSigns())
                .sign(ID, now, BODY.getBytes(StandardCharsets.UTF_8));
        Map<String, List<String>> headers = Map.of(
                "webhook-id",
                List.of(ID),
                "webhook-timestamp",
                List.of(Long.toString(now.getEpochSecond())),
                "webhook-signature",
                List.of(signatures));
        try {
            new Webhook(secret).verify(BODY, headers);
            return true;
        } catch (WebhookVerificationException refused) {
            return false;
        } catch (EmptyWebhookSecretException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
