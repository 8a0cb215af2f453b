package io.pawline.outbound.visual;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.Billed;
import io.pawline.events.CallPhase;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.visual.VisualAnswer.CutOut;
import io.pawline.outbound.visual.VisualAnswer.CutOutAt;
import io.pawline.outbound.visual.VisualAnswer.Failed;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisualClientTest {

    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");
    private static final URI PICTURE = URI.create("https://example.com/pet.jpg");
    private static final byte[] PNG = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private MockWebServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = new MockWebServer();
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void asksForACutOutInFullSizeWithASignedRequest() throws Exception {
        answer(200, success(PNG));

        call();

        RecordedRequest request = server.takeRequest();
        String body = Objects.requireNonNull(request.getBody()).utf8();
        assertThat(request.getMethod()).isEqualTo("POST");
        assertThat(request.getTarget()).isEqualTo("/?Action=CVProcess&Version=2022-08-31");
        assertThat(body)
                .isEqualTo(
                        "{\"req_key\":\"saliency_seg\",\"image_urls\":[\"https://example.com/pet.jpg\"],\"only_mask\":3,"
                                + "\"rgb\":[-1,-1,-1],\"refine_mask\":2}");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
        assertThat(request.getHeaders().get("Host")).isEqualTo("localhost:" + server.getPort());
        assertThat(request.getHeaders().get("X-Date")).isEqualTo("20250816T060000Z");
        assertThat(request.getHeaders().get("X-Content-Sha256"))
                .isEqualTo("740f779eb7f5184e84636a2c8e61437275daa437eb7f641519375bf7c54f4823");
        assertThat(request.getHeaders().get("Authorization"))
                .startsWith("HMAC-SHA256 Credential=the-access-key/20250816/cn-north-1/cv/request, "
                        + "SignedHeaders=content-type;host;x-content-sha256;x-date, Signature=");
    }

    @Test
    void handsOutThePictureOfTheAnswer() throws Exception {
        answer(200, success(PNG));

        VisualCall answer = call();

        assertThat(answer.answer())
                .isInstanceOfSatisfying(
                        CutOut.class, cutOut -> assertThat(cutOut.png()).isEqualTo(PNG));
        assertThat(answer.report()).isEqualTo(CallReport.succeeded(200, Optional.of("20250816-1")));
        assertThat(answer.report().billed()).isEqualTo(Billed.YES);
    }

    @Test
    void takesAPictureOfManyMegabytes() throws Exception {
        byte[] large = Arrays.copyOf(PNG, 24 * 1024 * 1024);
        answer(200, success(large));

        assertThat(call(DataLimit.ofMegabytes(40)).answer())
                .isInstanceOfSatisfying(
                        CutOut.class, cutOut -> assertThat(cutOut.png()).hasSameSizeAs(large));
    }

    @Test
    void takesAPictureWhoseTextIsBrokenIntoLines() throws Exception {
        String lines = Base64.getEncoder().encodeToString(PNG).replaceAll(".{20}", "$0\\\\n");
        answer(200, "{\"code\":10000,\"data\":{\"binary_data_base64\":[\"" + lines + "\"]}}");

        assertThat(call().answer())
                .isInstanceOfSatisfying(
                        CutOut.class, cutOut -> assertThat(cutOut.png()).isEqualTo(PNG));
    }

    @Test
    void readsNoAnswerBeyondTheLimit() throws Exception {
        answer(200, success(Arrays.copyOf(PNG, 100_000)));

        assertFailed(call(DataLimit.ofKilobytes(64)), Reason.MALFORMED_ANSWER);
    }

    @Test
    void handsOutTheAddressWhenThereIsNoPicture() throws Exception {
        answer(
                200,
                "{\"code\":10000,\"data\":{\"binary_data_base64\":[],\"image_urls\":[\"https://p9.example.com/a.png?x=1\"]}}");

        assertThat(call().answer()).isEqualTo(new CutOutAt(URI.create("https://p9.example.com/a.png?x=1")));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\u00a7',
            delimiter = '|',
            value = {
                "MALFORMED_ANSWER    | {\"code\":10000,\"data\":{\"binary_data_base64\":[],\"image_urls\":[]}}",
                "MALFORMED_ANSWER    | {\"code\":10000,\"data\":{\"binary_data_base64\":[\"\"],\"image_urls\":[\"no address\"]}}",
                "MALFORMED_ANSWER    | {\"code\":10000,\"data\":{\"binary_data_base64\":[null],\"image_urls\":[null]}}",
                "MALFORMED_ANSWER    | {\"code\":10000,\"data\":{\"binary_data_base64\":[\"no base64!\"]}}",
                "MALFORMED_ANSWER    | {\"code\":10000,\"data\":{\"binary_data_base64\":[7]}}",
                "MALFORMED_ANSWER    | {\"code\":10000,\"data\":null}",
                "MALFORMED_ANSWER    | {\"code\":10000,\"data\":\"\"}",
                "MALFORMED_ANSWER    | {\"code\":10000",
                "MALFORMED_ANSWER    | {}",
                "MALFORMED_ANSWER    | null",
                "MALFORMED_ANSWER    | []",
                "MALFORMED_ANSWER    | <html>welcome</html>",
                "INCONSISTENT_RESULT | {\"code\":10000,\"data\":{\"binary_data_base64\":[\"/9j/4AAQSkZJRgABAQ==\"]}}",
                "PROVIDER_ERROR      | {\"code\":10000,\"data\":{\"algorithm_base_resp\":{\"status_code\":7,\"status_message\":\"out of memory\"},\"binary_data_base64\":[\"iVBORw==\"]}}"
            })
    void findsNoPictureInABadSuccess(Reason reason, String body) throws Exception {
        answer(200, body);
        VisualCall answer = call();

        assertFailed(answer, reason);
        assertThat(answer.report().status()).hasValue(200);
        // A code for the failure means that the provider did nothing.
        boolean refused = answer.report().providerCode().isPresent();
        assertThat(answer.report().billed()).isEqualTo(refused ? Billed.NO : Billed.UNKNOWN);
        assertThat(refused).isEqualTo(reason == Reason.PROVIDER_ERROR);
    }

    @ParameterizedTest
    @CsvSource({
        "50411, 400, MODERATED_PHOTO",
        "50412, 400, MODERATED_PROMPT",
        "50413, 400, MODERATED_PROMPT",
        "50512, 400, MODERATED_PROMPT",
        "50518, 400, MODERATED_PHOTO",
        "50520, 400, MODERATION_UNAVAILABLE",
        "50521, 400, MODERATION_UNAVAILABLE",
        "50522, 400, MODERATION_UNAVAILABLE",
        "50511, 400, MODERATION_UNCERTAIN",
        "50519, 400, MODERATION_UNCERTAIN",
        "50429, 429, RATE_LIMITED",
        "50430, 429, OVERLOADED",
        "50500, 500, PROVIDER_ERROR",
        "50501, 500, PROVIDER_ERROR",
        "50400, 400, CONFIGURATION",
        "30403, 403, CONFIGURATION",
        "30404, 404, CONFIGURATION",
        "60000, 400, CONFIGURATION",
        "60102, 500, CONFIGURATION",
        "69999, 200, CONFIGURATION",
        // The status decides if the code is unknown
        "50999, 400, INVALID_REQUEST",
        "50999, 500, PROVIDER_ERROR",
        "50999, 200, PROVIDER_ERROR",
        // The code counts before the status
        "50430, 200, OVERLOADED",
        "50411, 500, MODERATED_PHOTO"
    })
    void classifiesACodeOfTheApi(int code, int status, Reason reason) throws Exception {
        answer(
                status,
                "{\"code\":%d,\"data\":null,\"message\":\"Pre Img Risk Not Pass\",\"request_id\":\"20250816-1\",\"status\":%d}"
                        .formatted(code, code));
        VisualCall answer = call();

        assertFailed(answer, reason)
                .isEqualTo("the visual API answered %d: %d Pre Img Risk Not Pass (request 20250816-1)", status, code);
        assertThat(answer.report()).isEqualTo(refused(reason, status, code, "20250816-1"));
    }

    @ParameterizedTest
    @CsvSource({
        "100009, 401, AUTHENTICATION",
        "100010, 401, AUTHENTICATION",
        "100012, 401, AUTHENTICATION",
        "100013, 403, AUTHENTICATION",
        "100006, 400, CLOCK_SKEW",
        "100018, 429, RATE_LIMITED",
        "100018, 400, RATE_LIMITED",
        "100099, 400, INVALID_REQUEST",
        "100099, 403, AUTHENTICATION",
        "100099, 502, PROVIDER_ERROR"
    })
    void classifiesACodeOfTheGateway(int code, int status, Reason reason) throws Exception {
        answer(
                status,
                "{\"ResponseMetadata\":{\"RequestId\":\"r-1\",\"Action\":\"CVProcess\",\"Error\":{\"CodeN\":%d,\"Code\":\"SomeName\",\"Message\":\"key the-access-key refused\"}}}"
                        .formatted(code));
        VisualCall answer = call();

        assertFailed(answer, reason)
                .isEqualTo("the visual API answered %d: gateway error %d SomeName (request r-1)", status, code);
        assertThat(answer.report()).isEqualTo(refused(reason, status, code, "r-1"));
        assertThat(answer.report().billed()).isEqualTo(Billed.NO);
    }

    @ParameterizedTest
    @CsvSource({
        "301, CONFIGURATION",
        "400, INVALID_REQUEST",
        "401, AUTHENTICATION",
        "402, BILLING",
        "403, AUTHENTICATION",
        "404, CONFIGURATION",
        "408, PROVIDER_ERROR",
        "413, INVALID_REQUEST",
        "429, RATE_LIMITED",
        "500, PROVIDER_ERROR",
        "502, PROVIDER_ERROR",
        "503, OVERLOADED",
        "504, PROVIDER_ERROR"
    })
    void classifiesAStatusWithoutACode(int status, Reason reason) throws Exception {
        answer(status, "<html>an error</html>");
        assertFailed(call(), reason);
        answer(status, "{}");
        assertFailed(call(), reason);
        answer(status, "");
        assertFailed(call(), reason);
    }

    @Test
    void passesOnWhenTheProviderWantsToBeCalledAgain() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(429)
                .setHeader("Retry-After", "7")
                .body("{\"code\":50429,\"message\":\"too many\"}")
                .build());

        VisualCall answer = call();

        assertThat(answer.answer())
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.notBefore()).hasValue(NOW.plusSeconds(7)));
        assertThat(answer.report().notBefore()).hasValue(NOW.plusSeconds(7));
    }

    @Test
    void repeatsNoAddressThatTheProviderQuotes() throws Exception {
        answer(400, "{\"code\":50400,\"message\":\"cannot load https://example.com/pet.jpg?sign=secret\"}");

        assertFailed(call(), Reason.CONFIGURATION).isEqualTo("the visual API answered 400: 50400");
    }

    @Test
    void saysHowACallDied() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onRequestBody(new SocketEffect.CloseSocket())
                .build());

        VisualCall answer = call();

        assertFailed(answer, Reason.CONNECTION_LOST).doesNotContain("pet.jpg");
        assertThat(answer.report().status()).isEmpty();
        assertThat(answer.report().billed()).isEqualTo(Billed.UNKNOWN);
    }

    @Test
    void saysThatNothingWasSentWhereNobodyListens() throws Exception {
        server.close();
        VisualCall answer = call();

        assertFailed(answer, Reason.CONNECTION_FAILED).doesNotContain("pet.jpg");
        assertThat(answer.report()).isEqualTo(CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT));
        assertThat(answer.report().billed()).isEqualTo(Billed.NO);
    }

    private void answer(int status, String body) {
        server.enqueue(new MockResponse.Builder().code(status).body(body).build());
    }

    private static String success(byte[] image) {
        return "{\"code\":10000,\"data\":{\"algorithm_base_resp\":{\"status_code\":0,\"status_message\":\"Success\"},"
                + "\"binary_data_base64\":[\"" + Base64.getEncoder().encodeToString(image) + "\"],\"image_urls\":[]},"
                + "\"message\":\"Success\",\"request_id\":\"20250816-1\",\"status\":10000,\"time_elapsed\":\"2.1s\"}";
    }

    private static CallReport refused(Reason reason, int status, int code, String requestId) {
        return new CallReport(
                Optional.of(reason),
                CallPhase.DONE,
                Optional.of(status),
                Optional.of(String.valueOf(code)),
                Optional.of(requestId),
                Optional.empty());
    }

    private static AbstractStringAssert<?> assertFailed(VisualCall answer, Reason reason) {
        assertThat(answer.report().failure()).hasValue(reason);
        assertThat(answer.answer())
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.reason()).isEqualTo(reason));
        return assertThat(((Failed) answer.answer()).detail());
    }

    private VisualCall call() throws InterruptedException {
        return call(DataLimit.ofMegabytes(1));
    }

    private VisualCall call(DataLimit limit) throws InterruptedException {
        VisualSettings settings = new VisualSettings(
                HttpUrl.get("http://localhost:" + server.getPort()),
                "cn-north-1",
                "cv",
                new VisualCredentials("the-access-key", "the-secret-key", Optional.empty()),
                new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(10)),
                limit,
                new VisualSettings.Model("saliency_seg", 3, 2, List.of(-1, -1, -1)));
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        return new VisualClient(OutboundHttp.create(OutboundProperties.allowing()), settings, clock)
                .cutOut(PICTURE, NOW.plusSeconds(60), BodyMemory.UNCOUNTED);
    }
}
