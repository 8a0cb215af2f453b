package io.pawline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VolcengineSignatureTest {

    private static final Instant SENT = Instant.parse("2025-08-16T06:00:00Z");
    private static final String BODY = "{\"req_key\":\"saliency_seg\",\"image_urls\":[\"https://example.com/pet.jpg\"],"
            + "\"only_mask\":3,\"rgb\":[-1,-1,-1],\"refine_mask\":2}";
    private static final String SIGNED = "content-type;host;x-content-sha256;x-date";
    private static final String SIGNATURE_A = "190efcd86a6d2e233e1bc35a1bf568a29f42c5be1365ab9de08d2035aa14596d";
    private static final String QUERY = "/?Action=CVProcess&Version=2022-08-31";

    @Test
    void acceptsAnOfficiallySignedRequest() {
        assertThat(check(SENT, QUERY, BODY, vectorA())).isEmpty();
    }

    @Test
    void acceptsAQueryInAnyOrder() {
        assertThat(check(SENT, "/?Version=2022-08-31&Action=CVProcess", BODY, vectorA()))
                .isEmpty();
    }

    @Test
    void acceptsATemporaryKeysToken() {
        HttpHeaders headers = headers(
                BODY, SIGNED + ";x-security-token", "3694f874d295421c723d0585e713459d8b75bd0172352bb967ba53a6638cd136");
        headers.set("X-Security-Token", "STSEXAMPLETOKEN");

        assertThat(check(SENT, QUERY, BODY, headers)).isEmpty();
    }

    @Test
    void acceptsABodyBeyondAscii() {
        String body = "{\"req_key\":\"saliency_seg\",\"image_urls\":[\"https://example.com/猫.jpg\"]}";
        HttpHeaders headers = headers(body, SIGNED, "890187e200726eb6c249e3b025962a7fab63783b1ad7cc78a2e0fd1f99f5c39b");

        assertThat(headers.get("X-Content-Sha256"))
                .isEqualTo("449b7a2f5f5131ac95e6634efaa5696776cd29f0f8b94e14e193e6c80721e424");
        assertThat(check(SENT, QUERY, body, headers)).isEmpty();
    }

    @Test
    void acceptsAClockThatIsAQuarterOfAnHourOff() {
        assertThat(check(SENT.plus(Duration.ofMinutes(15)), QUERY, BODY, vectorA()))
                .isEmpty();
        assertThat(check(SENT.minus(Duration.ofMinutes(15)), QUERY, BODY, vectorA()))
                .isEmpty();
    }

    @Test
    void refusesAnOlderRequest() {
        assertThat(check(SENT.plus(Duration.ofSeconds(901)), QUERY, BODY, vectorA()))
                .contains(100006);
    }

    @Test
    void refusesAnUnknownAccessKey() {
        HttpHeaders headers = vectorA();
        headers.set("Authorization", headers.get("Authorization").replace("AKLTEXAMPLE", "AKLTANOTHER"));

        assertThat(check(SENT, QUERY, BODY, headers)).contains(100009);
    }

    @Test
    void refusesAnotherBodyThanTheSignedOne() {
        assertThat(check(SENT, QUERY, BODY + " ", vectorA())).contains(100010);
    }

    @Test
    void refusesAnotherBodyWithItsOwnHash() {
        assertThat(check(SENT, QUERY, "{}", headers("{}", SIGNED, SIGNATURE_A))).contains(100010);
    }

    @Test
    void refusesAnotherQueryThanTheSignedOne() {
        assertThat(check(SENT, "/?Action=CVProcess&Version=2024-01-01", BODY, vectorA()))
                .contains(100010);
    }

    @Test
    void refusesAnotherHostThanTheSignedOne() {
        HttpHeaders headers = vectorA();
        headers.set("Host", "visual.volcengineapi.com:8443");

        assertThat(check(SENT, QUERY, BODY, headers)).contains(100010);
    }

    @Test
    void refusesToLeaveTheHostUnsigned() {
        assertThat(check(SENT, QUERY, BODY, headers(BODY, "content-type;x-content-sha256;x-date", SIGNATURE_A)))
                .contains(100010);
    }

    @Test
    void refusesAScopeOfAnotherRegion() {
        HttpHeaders headers = vectorA();
        headers.set("Authorization", headers.get("Authorization").replace("cn-north-1", "cn-beijing"));

        assertThat(check(SENT, QUERY, BODY, headers)).contains(100010);
    }

    @Test
    void refusesARequestWithoutASignature() {
        assertThat(check(SENT, QUERY, BODY, vectorA().remove("Authorization"))).contains(100010);
    }

    private static HttpHeaders vectorA() {
        return headers(BODY, SIGNED, SIGNATURE_A);
    }

    private static HttpHeaders headers(String body, String signed, String signature) {
        return new DefaultHttpHeaders()
                .set("Host", "visual.volcengineapi.com")
                .set("Content-Type", "application/json")
                .set("X-Date", "20250816T060000Z")
                .set("X-Content-Sha256", Hashes.sha256(body.getBytes(StandardCharsets.UTF_8)))
                .set(
                        "Authorization",
                        "HMAC-SHA256 Credential=AKLTEXAMPLE0000000000000000000000/20250816/cn-north-1/cv/request, "
                                + "SignedHeaders=" + signed + ", Signature=" + signature);
    }

    private static Optional<Integer> check(Instant now, String uri, String body, HttpHeaders headers) {
        VolcengineSignature signature = new VolcengineSignature(
                "AKLTEXAMPLE0000000000000000000000",
                "ExampleSecretKey0123456789abcdef==",
                Clock.fixed(now, ZoneOffset.UTC));
        SimulatedCall simulatedCall =
                new SimulatedCall("request", "POST", uri, headers, body.getBytes(StandardCharsets.UTF_8));
        return signature.check(simulatedCall).map(VolcengineSignature.Wrong::number);
    }
}
