package io.pawline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SimulatedReceiverTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String BODY =
            "{\"params\":{\"code\":0,\"data\":{\"task_id\":\"t-1\",\"status\":\"success\",\"message\":\"猫\"}}}";

    private final Clock clock = Clock.fixed(Instant.ofEpochSecond(1_614_265_330), ZoneOffset.UTC);
    private final ProviderSimulator simulator = new ProviderSimulator(
            SimulatorOptions.of(
                            Profile.parse(
                                    "test.yaml",
                                    "callback: {rules: [{when-text-contains: busy, first: 1, answer: http-503}]}"),
                            0)
                    .withWebhookSecret(SECRET),
            clock);
    private TestingProviderClient client = new TestingProviderClient(URI.create("http://unset.invalid"), clock);

    @BeforeEach
    void start() throws IOException {
        simulator.start();
        client = new TestingProviderClient(simulator.baseUrl(), clock);
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    @Test
    void takesASignedCallbackAndShowsIt() throws Exception {
        assertThat(client.send(signed("msg_1", clock.instant(), BODY)).status()).isEqualTo(200);

        JsonNode shown = client.get("/callbacks?task_id=t-1").json();

        assertThat(shown.size()).isEqualTo(1);
        assertThat(shown.at("/0/webhook-id").stringValue()).isEqualTo("msg_1");
        assertThat(shown.at("/0/received-at").stringValue()).isEqualTo("2021-02-25T15:02:10Z");
        assertThat(shown.at("/0/signature_ok").booleanValue()).isTrue();
        assertThat(shown.at("/0/answered").intValue()).isEqualTo(200);
        assertThat(shown.at("/0/path").stringValue()).isEqualTo("/callbacks/front-end");
        assertThat(shown.at("/0/body/params/data/message").stringValue()).isEqualTo("猫");
        assertThat(client.get("/callbacks?task_id=t-2").json().size()).isZero();
    }

    @Test
    void acceptsThePublishedVector() throws Exception {
        HttpRequest.Builder request = request("{\"test\": 2432232314}")
                .header("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
                .header("webhook-timestamp", "1614265330")
                .header(
                        "webhook-signature",
                        "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

        assertThat(client.send(request).status()).isEqualTo(200);
    }

    @Test
    void refusesAndKeepsACallbackThatIsNotSignedRightly() throws Exception {
        assertThat(client.send(request(BODY)).status()).isEqualTo(401);
        assertThat(client.send(signed("msg_1", clock.instant().minusSeconds(301), BODY))
                        .status())
                .isEqualTo(401);

        JsonNode shown = client.get("/callbacks").json();
        assertThat(shown.size()).isEqualTo(2);
        assertThat(shown.at("/0/signature_ok").booleanValue()).isFalse();
        assertThat(client.get("/stats").at("/providers/callback/signatures_wrong"))
                .isEqualTo("2");
    }

    @Test
    void notifiesItsListenerOfWhatItTakes() throws Exception {
        List<String> taken = new CopyOnWriteArrayList<>();
        simulator.onCallback((task, status) -> taken.add(task + " " + status));
        String busy = BODY.replace("success", "busy");

        client.send(signed("msg_1", clock.instant(), busy));
        client.send(request(BODY));
        assertThat(taken).isEmpty();
        client.send(signed("msg_1", clock.instant(), busy));
        client.send(signed("msg_2", clock.instant(), BODY));

        assertThat(taken).containsExactly("t-1 busy", "t-1 success");
    }

    @Test
    void countsAFaultsAttemptsByTheWebhookId() throws Exception {
        String busy = BODY.replace("success", "busy");
        var first = client.send(signed("msg_1", clock.instant(), busy));
        var second = client.send(signed("msg_1", clock.instant(), busy + " "));
        var other = client.send(signed("msg_2", clock.instant(), busy));

        assertThat(first.status()).isEqualTo(503);
        assertThat(first.headers().firstValue("Retry-After")).contains("1");
        assertThat(second.status()).isEqualTo(200);
        assertThat(other.status()).isEqualTo(503);
    }

    private HttpRequest.Builder request(String body) {
        return TestingProviderClient.post(simulator.baseUrl().resolve("/callbacks/front-end"), body);
    }

    private HttpRequest.Builder signed(String id, Instant at, String body) throws Exception {
        return request(body)
                .header("webhook-id", id)
                .header("webhook-timestamp", String.valueOf(at.getEpochSecond()))
                .header("webhook-signature", new Webhook(SECRET).sign(id, at.getEpochSecond(), body));
    }
}
