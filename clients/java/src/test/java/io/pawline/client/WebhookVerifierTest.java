package io.pawline.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the verification with the vectors of Standard Webhooks, and with callbacks. */
class WebhookVerifierTest {

    // Of standardwebhooks' own tests
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long TIME = 1_614_265_330;
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static final String OTHER = "whsec_QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD";
    private static final String CALLBACK = """
            {"params":{"code":1001,"data":{"task_id":"0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f","status":"failed",
             "reason":"no_pet","message":"No pet.","timestamp":1795428930123,"generation":2,"new_field":1}}}""";

    @Test
    void theVectorOfStandardWebhooksIsGenuine() {
        assertThat(at(TIME, SECRET).check(headers(TIME, SIGNATURE), BODY.getBytes(UTF_8)))
                .isEqualTo(ID);
    }

    @Test
    void oneOfSeveralSignaturesIsEnough() {
        String signatures = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,xyz v1,not-base64! " + SIGNATURE
                + " v1,dGhlIHNpZ25hdHVyZSBvZiBhbm90aGVyIHNlY3JldCE=";
        assertThat(at(TIME, SECRET).check(headers(TIME, signatures), BODY.getBytes(UTF_8)))
                .isEqualTo(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=",
                "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "v1,",
                "v1"
            })
    void anotherSignatureIsRefused(String signature) {
        refused("no signature matches", () -> at(TIME, SECRET).check(headers(TIME, signature), BODY.getBytes(UTF_8)));
    }

    @Test
    void aChangedBodyIsRefused() {
        refused(
                "no signature matches",
                () -> at(TIME, SECRET).check(headers(TIME, SIGNATURE), "{\"test\": 2432232315}".getBytes(UTF_8)));
    }

    @Test
    void fiveMinutesAreTolerated() {
        for (long now : List.of(TIME - 300, TIME + 300)) {
            assertThat(at(now, SECRET).check(headers(TIME, SIGNATURE), BODY.getBytes(UTF_8)))
                    .isEqualTo(ID);
        }
        refused("too old", () -> at(TIME + 301, SECRET).check(headers(TIME, SIGNATURE), BODY.getBytes(UTF_8)));
        refused("in the future", () -> at(TIME - 301, SECRET).check(headers(TIME, SIGNATURE), BODY.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void aMissingHeaderIsNamed(String name) {
        Map<String, List<String>> headers = headers(TIME, SIGNATURE);
        headers.remove(name);
        refused(name + " is missing", () -> at(TIME, SECRET).check(headers, BODY.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "99999999999999999999", "9223372036854775807", "-1"})
    void aTimestampThatIsNoTimeIsRefused(String timestamp) {
        Map<String, List<String>> headers = headers(TIME, SIGNATURE);
        headers.put("webhook-timestamp", List.of(timestamp));
        refused("webhook-timestamp", () -> at(TIME, SECRET).check(headers, BODY.getBytes(UTF_8)));
    }

    @Test
    void aCallbackIsReadAndItsHeadersMayHaveAnyCase() {
        Map<String, List<String>> headers = new HashMap<>();
        headers(TIME, sign(SECRET, CALLBACK)).forEach((name, value) -> headers.put("W" + name.substring(1), value));
        ReceivedCallback callback = at(TIME, SECRET).verify(headers, CALLBACK.getBytes(UTF_8));
        assertThat(callback.webhookId()).isEqualTo(ID);
        assertThat(callback.code()).isEqualTo(1001);
        assertThat(callback.data().getReason()).isEqualTo("no_pet");
        assertThat(callback.data().getGeneration()).isEqualTo(2);
    }

    @Test
    void aCallbackIsGenuineWhileTheSecretIsChanged() {
        byte[] body = CALLBACK.getBytes(UTF_8);
        String both = sign(SECRET, CALLBACK) + " " + sign(OTHER, CALLBACK);
        for (WebhookVerifier verifier : List.of(at(TIME, SECRET), at(TIME, OTHER), at(TIME, SECRET, OTHER))) {
            assertThat(verifier.verify(headers(TIME, both), body).webhookId()).isEqualTo(ID);
        }
        assertThat(at(TIME, SECRET, OTHER)
                        .verify(headers(TIME, sign(OTHER, CALLBACK)), body)
                        .webhookId())
                .isEqualTo(ID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{}", "{\"params\":{\"code\":0}}", "not JSON"})
    void aGenuineBodyThatIsNoCallbackIsRefused(String body) {
        refused("no callback", () -> at(TIME, SECRET).verify(headers(TIME, sign(SECRET, body)), body.getBytes(UTF_8)));
    }

    @Test
    void aVerifierNeedsSecretsOfTheRightForm() {
        assertThatIllegalArgumentException().isThrownBy(() -> new WebhookVerifier());
        assertThatIllegalArgumentException().isThrownBy(() -> new WebhookVerifier("whsec_"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookVerifier("whsec_%%%"))
                .withMessageNotContaining("%%%");
    }

    private static void refused(String why, Runnable verification) {
        assertThatExceptionOfType(WebhookRefusedException.class)
                .isThrownBy(verification::run)
                .withMessageContaining(why);
    }

    private static WebhookVerifier at(long epochSecond, String... secrets) {
        return new WebhookVerifier(Clock.fixed(Instant.ofEpochSecond(epochSecond), ZoneOffset.UTC), List.of(secrets));
    }

    private static Map<String, List<String>> headers(long time, String signature) {
        return new HashMap<>(Map.of(
                "webhook-id", List.of(ID),
                "webhook-timestamp", List.of(Long.toString(time)),
                "webhook-signature", List.of(signature)));
    }

    private static String sign(String secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
            byte[] signed = (ID + "." + TIME + "." + body).getBytes(UTF_8);
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
