package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests what a test delivery brings to a receiver, and what it says of the receiver. */
class TestDeliveryIT {

    private static final String MASTER = "bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=";
    private static final String SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private record Received(String path, HttpHeaders headers, String body) {}

    @TempDir
    static Path images;

    private static final BlockingQueue<Received> RECEIVED = new LinkedBlockingQueue<>();

    private static TestingPostgres postgres;
    private static HttpServer receiver;
    private static TestingIngest ingest;

    /** The receiver listens at all addresses of this machine, and 127.0.0.1 is the only one that may be called. */
    @BeforeAll
    static void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(0), 0);
        receiver.createContext("/", TestDeliveryIT::receive);
        receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        receiver.start();
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(
                postgres,
                images,
                "--pawline.callback.master-secrets=" + MASTER,
                "--pawline.callback.secrets=" + SHARED,
                "--pawline.outbound.allow=127.0.0.1",
                "--pawline.ingest.default-callback-url=" + url("/default"));
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
        receiver.stop(0);
    }

    @BeforeEach
    void forget() {
        RECEIVED.clear();
    }

    @Test
    void bringsAnExampleSignedWithTheTenantsSecrets() {
        TestingIngest shop = tenant("shop");
        String before = secret(shop.get("/v1/webhook-secret"));
        String current = secret(shop.call("POST", "/v1/webhook-secret/rotate"));
        String other = secret(tenant("other").get("/v1/webhook-secret"));

        JsonNode result = test(shop, url("/hook")).json();

        Received received = RECEIVED.remove();
        assertThat(received.path()).isEqualTo("/hook");
        assertThat(verifies(before, received)).isTrue();
        assertThat(verifies(current, received)).isTrue();
        assertThat(verifies(SHARED, received)).isTrue();
        assertThat(verifies(other, received)).isFalse();
        assertThat(received.headers().firstValue("user-agent")).contains("Pawline");
        assertThat(received.headers().firstValue("content-type")).contains("application/json");
        assertThat(received.headers().firstValue("accept-encoding")).contains("identity");
        JsonNode body = JsonMapper.shared().readTree(received.body());
        assertThat(body.at("/params/code").asInt(-1)).isZero();
        assertThat(body.at("/params/data/test").asBoolean(false)).isTrue();
        assertThat(body.at("/params/data/status").asString()).isEqualTo("success");
        String task = body.at("/params/data/task_id").asString();

        assertThat(result.get("delivered").asBoolean()).isTrue();
        assertThat(result.get("status").asInt()).isEqualTo(204);
        assertThat(result.get("signatures").asInt()).isEqualTo(3);
        assertThat(result.get("webhook_id").asString())
                .isEqualTo("msg_test_" + task)
                .isEqualTo(received.headers().firstValue("webhook-id").orElseThrow());
        assertThat(result.get("signature_headers").valueStream().map(JsonNode::asString))
                .isNotEmpty()
                .allMatch(name -> received.headers().firstValue(name).isPresent());
        assertThat(result.has("reason")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/500, 500, callback_refused",
        "/429, 429, rate_limited",
        "/503, 503, overloaded",
        "/410, 410, callback_gone",
        "/302, 302, callback_refused",
    })
    void saysWhatTheReceiverAnsweredAndTriesOnce(String path, int status, String reason) {
        JsonNode result = test(tenant("curious"), url(path)).json();

        assertThat(result.get("delivered").asBoolean()).isFalse();
        assertThat(result.get("status").asInt()).isEqualTo(status);
        assertThat(result.get("reason").asString()).isEqualTo(reason);
        assertThat(result.get("message").asString()).contains("answered " + status);
        assertThat(RECEIVED).extracting(Received::path).containsExactly(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.2:PORT/",
                "http://[::1]:PORT/",
                "http://[::ffff:127.0.0.2]:PORT/",
                "http://2130706434:PORT/",
                "http://0x7f.2:PORT/",
                "http://0.0.0.0:PORT/",
                "http://169.254.169.254/latest/meta-data",
                "http://10.0.0.1/",
                "http://user:password@127.0.0.1:PORT/",
            })
    void callsNoAddressThatACallbackWouldNot(String address) {
        String port = Integer.toString(receiver.getAddress().getPort());
        TestingIngest client = tenant("spy-" + Integer.toHexString(address.hashCode()));

        JsonNode result = test(client, address.replace("PORT", port)).json();

        assertThat(result.get("delivered").asBoolean()).isFalse();
        assertThat(result.get("reason").asString()).isEqualTo("address_refused");
        assertThat(result.has("status")).isFalse();
        assertThat(RECEIVED).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://127.0.0.1/", "mailto:somebody@shop.example", "shop.example/hook", "http://"})
    void refusesWhatIsNoAddressOfAReceiver(String address) {
        Answer answer = test(tenant("vague-" + Integer.toHexString(address.hashCode())), address);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").asString()).startsWith("callback_url is no absolute http or https URL");
        assertThat(RECEIVED).isEmpty();
    }

    @Test
    void withoutAnAddressCallsTheDefault() {
        for (Answer answer : List.of(
                tenant("brief").call("POST", "/v1/callbacks/test"),
                tenant("brief").testDelivery("{}"))) {
            assertThat(answer.json().get("delivered").asBoolean()).isTrue();
            assertThat(RECEIVED.remove().path()).isEqualTo("/default");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "{", "{\"url\":\"x\"}", "{\"callback_url\":1}", "{\"callback_url\":\"a b\"}"})
    void refusesABodyThatIsNone(String body) {
        assertProblem(tenant("typist").testDelivery(body), 400, "invalid-request");
        assertThat(RECEIVED).isEmpty();
    }

    @Test
    void limitsEachTenant() {
        TestingIngest busy = tenant("busy");
        Answer refused = IntStream.range(0, 100)
                .mapToObj(_ -> test(busy, url("/hook")))
                .filter(answer -> answer.status() != 200)
                .findFirst()
                .orElseThrow();

        assertProblem(refused, 429, "too-many-test-deliveries");
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 6);
        assertThat(test(tenant("idle"), url("/hook")).status()).isEqualTo(200);
    }

    @Test
    void withoutASecretNamesTheSetting() {
        try (TestingIngest own = new TestingIngest(postgres, images, "--pawline.outbound.allow=127.0.0.1")) {
            TestingIngest client = own.as(Optional.of(own.newKey("shop", Scope.WEBHOOK)));

            Answer unsigned = test(client, url("/hook"));
            assertProblem(unsigned, 409, "no-master-secret");
            assertThat(unsigned.json().get("detail").asString()).contains("pawline.callback.master-secrets");
            assertProblem(client.call("POST", "/v1/callbacks/test"), 400, "invalid-request");
            assertThat(RECEIVED).isEmpty();
        }
    }

    private static TestingIngest tenant(String name) {
        return ingest.as(Optional.of(ingest.newKey(name, Scope.WEBHOOK)));
    }

    private static Answer test(TestingIngest client, String callbackUrl) {
        return client.testDelivery("{\"callback_url\":\"" + callbackUrl + "\"}");
    }

    private static String secret(Answer answer) {
        return answer.json().at("/current/secret").asString();
    }

    private static void assertProblem(Answer answer, int status, String type) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:" + type);
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + path;
    }

    /** Answers with the status that is the path, or 204. */
    private static void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            RECEIVED.add(new Received(
                    path,
                    HttpHeaders.of(exchange.getRequestHeaders(), (_, _) -> true),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.getResponseHeaders().add("Location", "/redirected");
            exchange.sendResponseHeaders(path.matches("/[0-9]{3}") ? Integer.parseInt(path.substring(1)) : 204, -1);
        }
    }

    private static boolean verifies(String secret, Received received) {
        try {
            new Webhook(secret).verify(received.body(), received.headers());
            return true;
        } catch (WebhookVerificationException refused) {
            return false;
        } catch (EmptyWebhookSecretException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
