package io.pawline.outbound.ark;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.CallPhase;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkAnswer.Failed;
import io.pawline.outbound.ark.ArkAnswer.Ok;
import io.pawline.schemas.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class ArkClientTest {

    private static final String KEY = "ark-0f3d-secret";
    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");
    private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20));

    private final JsonMapper json = new JsonMapper();
    private final List<String> refused = new ArrayList<>();
    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v3", "/api/v3/"})
    void postsJsonWithTheKeyAndANameForTheCall(String base) throws Exception {
        server.enqueue(response(200)
                .addHeader("X-Request-Id", "021755")
                .body("{\"id\":1}")
                .build());

        ArkAnswer answer =
                client(base).post(ArkOperation.GENERATION, json.readTree("{\"a\":\"猫\"}"), "task-1", TIMEOUTS);

        assertThat(answer)
                .isEqualTo(new Ok(
                        ArkOperation.GENERATION, json.readTree("{\"id\":1}"), "021755", answered(200, null, "021755")));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /api/v3/images/generations HTTP/1.1");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + KEY);
        assertThat(request.getHeaders().get("X-Client-Request-Id")).isEqualTo("task-1");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
        assertThat(request.getBody()).isEqualTo(ByteString.encodeUtf8("{\"a\":\"猫\"}"));
    }

    @Test
    void namesTheCallAsPawlineDoesIfArkDoesNot() throws Exception {
        server.enqueue(response(200).body("{}").build());

        assertThat(post())
                .isEqualTo(
                        new Ok(ArkOperation.GENERATION, json.createObjectNode(), "task-1", answered(200, null, null)));
    }

    @ParameterizedTest
    @CsvSource({
        "MissingParameter, 400, CONFIGURATION",
        "MissingParameter.prompt, 400, INVALID_REQUEST",
        "InvalidParameter, 400, CONFIGURATION",
        "InvalidParameter.size, 400, CONFIGURATION",
        "InvalidParameter.OversizedImage, 400, PHOTO_TOO_LARGE",
        "InvalidParameter.UnsupportedImageFormat, 400, PHOTO_NOT_AN_IMAGE",
        "InvalidArgumentError, 400, CONFIGURATION",
        "InvalidArgumentError.prompt, 400, INVALID_REQUEST",
        "InvalidEndpoint.ClosedEndpoint, 400, CONFIGURATION",
        "InvalidImageURL.EmptyURL, 400, INVALID_REQUEST",
        "InvalidImageURL.InvalidFormat, 400, INVALID_REQUEST",
        "OutofContextError, 400, INVALID_REQUEST",
        "InputTextSensitiveContentDetected, 400, MODERATED_PROMPT",
        "InputTextSensitiveContentDetected.PolicyViolation, 400, MODERATED_PROMPT",
        "InputImageSensitiveContentDetected, 400, MODERATED_PHOTO",
        "InputImageSensitiveContentDetected.PrivacyInformation, 400, MODERATED_PHOTO",
        "InputTextRiskDetection, 400, MODERATED_PROMPT",
        "InputImageRiskDetection, 400, MODERATED_PHOTO",
        "SomeRiskDetection, 400, MODERATED_PHOTO",
        "SensitiveContentDetected, 400, MODERATED_PROMPT",
        "SensitiveContentDetected.SevereViolation, 400, MODERATED_PROMPT",
        "OutputImageSensitiveContentDetected, 400, MODERATED_IMAGE",
        "OutputImageSensitiveContentDetected.PolicyViolation, 400, MODERATED_IMAGE",
        "OutputTextSensitiveContentDetected, 400, MODERATED_IMAGE",
        "OutputImageRiskDetection, 400, MODERATED_IMAGE",
        "OutputTextRiskDetection, 400, MODERATED_IMAGE",
        "ContentSecurityDetectionError, 400, MODERATION_UNAVAILABLE",
        "AuthenticationError, 401, AUTHENTICATION",
        "InvalidAccountStatus, 401, AUTHENTICATION",
        "AccountOverdueError, 403, BILLING",
        "OperationDenied.ServiceOverdue, 403, BILLING",
        "AccessDenied, 403, AUTHENTICATION",
        "OperationDenied.PermissionDenied, 403, AUTHENTICATION",
        "OperationDenied.ServiceNotOpen, 403, AUTHENTICATION",
        "ModelNotOpen, 404, CONFIGURATION",
        "InvalidEndpointOrModel.NotFound, 404, CONFIGURATION",
        "InvalidEndpointOrModel.ModelIDAccessDisabled, 404, CONFIGURATION",
        "UnsupportedModel, 404, CONFIGURATION",
        "RateLimitExceeded.EndpointRPMExceeded, 429, RATE_LIMITED",
        "RateLimitExceeded.EndpointTPMExceeded, 429, RATE_LIMITED",
        "ModelAccountRpmRateLimitExceeded, 429, RATE_LIMITED",
        "ModelAccountTpmRateLimitExceeded, 429, RATE_LIMITED",
        "ModelAccountIpmRateLimitExceeded, 429, RATE_LIMITED",
        "APIAccountRpmRateLimitExceeded, 429, RATE_LIMITED",
        "AccountRateLimitExceeded, 429, RATE_LIMITED",
        "ServerOverloaded, 429, OVERLOADED",
        "RequestBurstTooFast, 429, OVERLOADED",
        "InflightBatchsizeExceeded, 429, OVERLOADED",
        "SetLimitExceeded, 429, QUOTA_EXHAUSTED",
        "QuotaExceeded, 429, QUOTA_EXHAUSTED",
        "InternalServiceError, 500, PROVIDER_ERROR",
        // the code counts before the status
        "InternalServiceError, 503, PROVIDER_ERROR",
        "ServerOverloaded, 500, OVERLOADED",
        "QuotaExceeded, 400, QUOTA_EXHAUSTED",
        "OutputImageSensitiveContentDetected, 500, MODERATED_IMAGE",
        "RateLimitExceeded.EndpointRPMExceeded, 200, RATE_LIMITED",
        // unless it is unknown
        "BrandNewError, 400, INVALID_REQUEST",
        "BrandNewError, 429, RATE_LIMITED",
        "BrandNewError, 502, PROVIDER_ERROR",
        "BrandNewError, 200, PROVIDER_ERROR",
        "QuotaExceededSomehow, 429, RATE_LIMITED"
    })
    void matchesTheCodeBeforeTheStatus(String code, int status, Reason reason) throws Exception {
        server.enqueue(response(status)
                .addHeader("X-Request-Id", "021755")
                .body(error(code, "something with Bearer " + KEY + " at https://ark.example/x?Signature=s3cr3t"))
                .build());

        assertThat(post()).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(reason);
            assertThat(failed.facts()).isEqualTo(answered(status, code, "021755"));
            assertThat(failed.detail())
                    .contains(code, "021755")
                    .doesNotContain(KEY)
                    .doesNotContain("s3cr3t")
                    .doesNotContain("://");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "302, CONFIGURATION",
        "400, INVALID_REQUEST",
        "401, AUTHENTICATION",
        "402, BILLING",
        "403, AUTHENTICATION",
        "404, CONFIGURATION",
        "405, CONFIGURATION",
        "408, PROVIDER_ERROR",
        "413, INVALID_REQUEST",
        "422, INVALID_REQUEST",
        "429, RATE_LIMITED",
        "500, PROVIDER_ERROR",
        "502, PROVIDER_ERROR",
        "503, OVERLOADED",
        "504, PROVIDER_ERROR"
    })
    void goesByTheStatusWhereThereIsNoCode(int status, Reason reason) throws Exception {
        for (String body :
                new String[] {"<html>bad gateway</html>", "", "{}", "[]", "{\"error\":null}", "{\"error\":\"no\"}"}) {
            server.enqueue(response(status).body(body).build());

            assertThat(post()).as(body).isInstanceOfSatisfying(Failed.class, failed -> {
                assertThat(failed.reason()).isEqualTo(reason);
                assertThat(failed.facts()).isEqualTo(answered(status, null, null));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "null", "[]", "7", "\"ok\"", "<html>ok</html>", "{\"data\":", "\u0000"})
    void callsASuccessWithoutAJsonObjectMalformed(String body) throws Exception {
        server.enqueue(response(200).body(body).build());

        assertThat(post()).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(Reason.MALFORMED_ANSWER);
            assertThat(failed.facts()).isEqualTo(answered(200, null, null));
        });
    }

    @Test
    void callsAnAnswerOfManyMegabytesMalformed() throws Exception {
        server.enqueue(response(200).body(new Buffer().write(new byte[2 << 20])).build());

        assertThat(post())
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.MALFORMED_ANSWER));
    }

    @Test
    void reportsWhenArkWantsToBeCalledAgain() throws Exception {
        server.enqueue(response(429)
                .addHeader("Retry-After", "30")
                .body(error("ServerOverloaded", "busy"))
                .build());

        assertThat(post())
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.facts())
                                .isEqualTo(answered(429, "ServerOverloaded", null)
                                        .withNotBefore(Optional.of(NOW.plusSeconds(30)))));
    }

    @Test
    void passesOnHowACallDied() throws Exception {
        server.enqueue(
                response(200).onResponseStart(new SocketEffect.CloseSocket()).build());

        assertThat(post()).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(failed.facts()).isEqualTo(died(CallPhase.WAIT));
            assertThat(failed.detail()).doesNotContain("/api/v3");
        });
    }

    @Test
    void saysThatNothingWasSentWhereNobodyListens() throws Exception {
        ArkClient client = client("/api/v3");
        server.close();

        assertThat(post(client)).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(Reason.CONNECTION_FAILED);
            assertThat(failed.facts()).isEqualTo(CallFacts.NOTHING_SENT).isEqualTo(died(CallPhase.CONNECT));
        });
    }

    @Test
    void keepsTheFactsOfAnAnswerThatTurnsOutUseless() throws Exception {
        Ok ok = new Ok(ArkOperation.GENERATION, json.createObjectNode(), "021755", answered(200, null, "021755"));

        assertThat(ok.butFailed(Reason.MALFORMED_ANSWER, "the answer holds nothing"))
                .isEqualTo(
                        new Failed(Reason.MALFORMED_ANSWER, "the answer holds nothing (request 021755)", ok.facts()));
        assertThat(ok.butFailed(ArkError.of(json.readTree("{\"code\":\"OutputImageRiskDetection\"}")), "no picture"))
                .isEqualTo(new Failed(
                        Reason.MODERATED_IMAGE,
                        "no picture: OutputImageRiskDetection (request 021755)",
                        answered(200, "OutputImageRiskDetection", "021755")));
        assertThat(ok.butFailed(ArkError.NONE, "no picture"))
                .isEqualTo(new Failed(
                        Reason.PROVIDER_ERROR, "no picture: an error without a code (request 021755)", ok.facts()));
    }

    @Test
    void keepsWhatArkSaysToOneShortLineWithoutAddresses() throws Exception {
        String message =
                "line one\r\n\tline two\u0000 data:image/png;base64,AAAA HTTP://X.EXAMPLE/?sig=1 " + "y".repeat(500);
        server.enqueue(
                response(400).body(error("InvalidParameter.size", message)).build());

        assertThat(post())
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.detail())
                                .startsWith("Ark answered 400 InvalidParameter.size: line one line two … … yyy")
                                .hasSizeLessThan(320));
    }

    @Test
    void saysNothingOfWhatArkSaysAboutAKey() throws Exception {
        server.enqueue(response(401)
                .body(error("AuthenticationError", "the key ark-0f3d-sec*** is invalid"))
                .build());

        assertThat(post())
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.detail()).doesNotContain("0f3d"));
    }

    @Test
    void takesNoCodeThatDoesNotLookLikeOne() throws Exception {
        server.enqueue(
                response(400).body(error("see https://x.example/ now", "")).build());

        assertThat(post()).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.facts().providerCode()).isEmpty();
            assertThat(failed.detail()).doesNotContain("://");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GENERATION | size                             | CONFIGURATION
                    GENERATION | model                            | CONFIGURATION
                    GENERATION | prompt                           | INVALID_REQUEST
                    GENERATION | image                            | INVALID_REQUEST
                    GENERATION | image[0]                         | INVALID_REQUEST
                    GENERATION | prompt_options                   | CONFIGURATION
                    GENERATION | ''                               | CONFIGURATION
                    CHAT       | messages[0].content[1].image_url | INVALID_REQUEST
                    CHAT       | image_url.url                    | INVALID_REQUEST
                    CHAT       | response_format.type             | CONFIGURATION
                    CHAT       | thinking                         | CONFIGURATION
                    CHAT       | ''                               | INVALID_REQUEST
                    """)
    void blamesTheSettingsForAParameterThatEachTaskSends(ArkOperation operation, String parameter, Reason reason)
            throws Exception {
        String quoted = "The parameter `" + parameter + "` specified in the request is not valid.";
        List<String> errors = List.of(
                error("InvalidParameter", "no", parameter),
                error("InvalidArgumentError.Somehow", "no", parameter),
                error("MissingParameter", parameter.isEmpty() ? "no" : quoted, ""));
        for (String error : errors) {
            server.enqueue(response(400).body(error).build());

            assertThat(client("/api/v3").post(operation, json.createObjectNode(), "task-1", TIMEOUTS))
                    .as(error)
                    .isInstanceOfSatisfying(
                            Failed.class, failed -> assertThat(failed.reason()).isEqualTo(reason));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GENERATION, InvalidParameter, size, pawline.generate.size",
        "GENERATION, InvalidParameter.guidance_scale, '', pawline.generate.guidance-scale",
        "GENERATION, ModelNotOpen, '', pawline.generate.model",
        "GENERATION, InvalidEndpoint.ClosedEndpoint, '', pawline.generate.model",
        "GENERATION, InvalidParameter, '', pawline.generate.*",
        "GENERATION, MissingParameter, brand_new, pawline.generate.*",
        "CHAT, InvalidParameter, response_format.type, pawline.detect.answer-format",
        "CHAT, InvalidEndpointOrModel.NotFound, '', pawline.detect.model"
    })
    void namesTheSettingThatArkRefuses(ArkOperation operation, String code, String parameter, String setting)
            throws Exception {
        server.enqueue(response(400).body(error(code, "no", parameter)).build());

        assertThat(client("/api/v3").post(operation, json.createObjectNode(), "task-1", TIMEOUTS))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed ->
                                assertThat(failed.detail()).endsWith("(request task-1); check the setting " + setting));
        assertThat(refused).containsExactly(setting);
    }

    private ArkAnswer post() throws InterruptedException {
        return post(client("/api/v3"));
    }

    private ArkAnswer post(ArkClient client) throws InterruptedException {
        return client.post(ArkOperation.GENERATION, json.createObjectNode(), "task-1", TIMEOUTS);
    }

    private ArkClient client(String base) {
        URI baseUrl = server.url(base).uri();
        return new ArkClient(
                OutboundHttp.create(OutboundProperties.allowing()),
                new ArkProperties(baseUrl, KEY),
                Clock.fixed(NOW, ZoneOffset.UTC),
                refused::add);
    }

    private String error(String code, String message) {
        return error(code, message, "");
    }

    private String error(String code, String message, String parameter) {
        JsonNode error = json.createObjectNode()
                .put("code", code)
                .put("message", message)
                .put("param", parameter)
                .put("type", "BadRequest");
        return json.writeValueAsString(json.createObjectNode().set("error", error));
    }

    private static CallFacts answered(int status, @Nullable String code, @Nullable String requestId) {
        return new CallFacts(
                CallPhase.DONE,
                Optional.of(status),
                Optional.ofNullable(code),
                Optional.ofNullable(requestId),
                Optional.empty());
    }

    private static CallFacts died(CallPhase phase) {
        return new CallFacts(phase, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static MockResponse.Builder response(int status) {
        return new MockResponse.Builder().code(status);
    }
}
