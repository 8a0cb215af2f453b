package io.pawline.generate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.Billed;
import io.pawline.events.CallPhase;
import io.pawline.generate.Generation.Failed;
import io.pawline.generate.Generation.Picture;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.OutsideCall.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class SeedreamGeneratorTest {

    private static final String SEEDREAM_3 = "doubao-seedream-3-0-t2i-250415";
    private static final Duration AMPLE = Duration.ofSeconds(20);

    private final JsonMapper json = new JsonMapper();
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
    @CsvSource(delimiter = '|', textBlock = """
                    doubao-seedream-3-0-t2i-250415 | ,"seed":-1,"guidance_scale":2.5
                    doubao-seedream-4-0-250828     | ''
                    ep-20250816-abcde              | ''
                    """)
    void sendsSeedAndGuidanceOnlyToTheModelsThatTakeThem(String model, String more) throws Exception {
        server.enqueue(TestingImageModel.picture());

        Answer<Generation> answer =
                generator(model, AMPLE).generate("a \"cat\" 猫", null, "task-1", Instant.MAX, BodyMemory.UNCOUNTED);

        assertThat(answer.value()).isEqualTo(new Picture(URI.create(TestingImageModel.PICTURE)));
        assertThat(answer.report()).isEqualTo(CallReport.succeeded(200, Optional.of("021755")));
        assertThat(answer.report().billed()).isEqualTo(Billed.YES);
        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/api/v3/images/generations");
        assertThat(request.getHeaders().get("X-Client-Request-Id")).isEqualTo("task-1");
        assertThat(json.readTree(requireNonNull(request.getBody()).utf8()))
                .isEqualTo(json.readTree("""
                                {"model":"%s","prompt":"a \\"cat\\" 猫","size":"2048x2048","response_format":"url"%s,"watermark":false}
                                """.formatted(model, more)));
    }

    @Test
    void sendsThePhotoWithThePrompt() throws Exception {
        server.enqueue(TestingImageModel.picture());

        Answer<Generation> answer = generator("doubao-seedream-4-0-250828", AMPLE)
                .generate(
                        "a cat",
                        new DataUrl("image/jpeg", new byte[] {1, 2, 3}),
                        "task-1",
                        Instant.MAX,
                        BodyMemory.UNCOUNTED);

        assertThat(answer.value()).isInstanceOf(Picture.class);
        assertThat(json.readTree(requireNonNull(server.takeRequest().getBody()).utf8())
                        .path("image")
                        .asString())
                .isEqualTo("data:image/jpeg;base64,AQID");
    }

    @ParameterizedTest
    @CsvSource({
        "OutputImageSensitiveContentDetected, MODERATED_IMAGE",
        "InputTextSensitiveContentDetected, MODERATED_PROMPT",
        "InternalServiceError, PROVIDER_ERROR",
        "ContentSecurityDetectionError, MODERATION_UNAVAILABLE",
        "BrandNewError, PROVIDER_ERROR"
    })
    void readsAnErrorThatStandsInForThePicture(String code, Reason reason) throws Exception {
        server.enqueue(TestingImageModel.answer(
                "{\"data\":[{\"error\":{\"code\":\"" + code + "\",\"message\":\"see https://ark.example/?key="
                        + TestingImageModel.KEY + "\"}}],\"usage\":{\"generated_images\":0}}"));

        assertThat(assertFailed(generate(), reason))
                .isEqualTo(answered(reason, 200, Optional.of(code), Optional.of("021755")));
    }

    @ParameterizedTest
    @CsvSource({
        "400, MissingParameter.prompt, INVALID_REQUEST",
        "400, InputTextSensitiveContentDetected, MODERATED_PROMPT",
        "400, OutputImageSensitiveContentDetected, MODERATED_IMAGE",
        "400, ContentSecurityDetectionError, MODERATION_UNAVAILABLE",
        "401, AuthenticationError, AUTHENTICATION",
        "403, AccountOverdueError, BILLING",
        "404, InvalidEndpointOrModel.NotFound, CONFIGURATION",
        "429, ModelAccountIpmRateLimitExceeded, RATE_LIMITED",
        "429, InflightBatchsizeExceeded, OVERLOADED",
        "429, SetLimitExceeded, QUOTA_EXHAUSTED",
        "500, InternalServiceError, PROVIDER_ERROR",
        "200, OutputImageSensitiveContentDetected, MODERATED_IMAGE"
    })
    void passesOnWhyThereIsNoPicture(int status, String code, Reason reason) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .body("{\"error\":{\"code\":\"%s\",\"message\":\"key %s at https://ark.example/\"}}"
                        .formatted(code, TestingImageModel.KEY))
                .build());

        CallReport report = assertFailed(generate(), reason);

        assertThat(report).isEqualTo(answered(reason, status, Optional.of(code), Optional.empty()));
        assertThat(report.billed()).isEqualTo(Billed.NO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"data\":[]}",
                "{\"data\":{}}",
                "{\"data\":[7]}",
                "{\"data\":[{}]}",
                "{\"data\":[{\"url\":\"\"}]}",
                "{\"data\":[{\"url\":null}]}",
                "{\"data\":[{\"url\":7}]}",
                "{\"data\":[{\"url\":\"a picture\"}]}",
                "{\"data\":[{\"url\":\"/a.jpg\"}]}",
                "{\"data\":[{\"url\":\"ftp://x.example/a.jpg\"}]}",
                "{\"data\":[{\"url\":\"https:///a.jpg\"}]}",
                "{\"data\":[{\"b64_json\":\"AAAA\"}]}"
            })
    void callsASuccessWithoutAPictureMalformed(String body) throws Exception {
        server.enqueue(TestingImageModel.answer(body));

        CallReport report = assertFailed(generate(), Reason.MALFORMED_ANSWER);

        assertThat(report).isEqualTo(answered(Reason.MALFORMED_ANSWER, 200, Optional.empty(), Optional.of("021755")));
        assertThat(report.billed()).isEqualTo(Billed.UNKNOWN);
    }

    @Test
    void needsNoUsage() throws Exception {
        server.enqueue(TestingImageModel.answer(
                "{\"data\":[{\"url\":\"" + TestingImageModel.PICTURE + "\"}],\"usage\":null}"));

        assertThat(generate().value()).isInstanceOf(Picture.class);
    }

    @Test
    void givesUpAtTheTimeLimitOrAtAnEarlierDeadline() throws Exception {
        for (int i = 0; i < 2; i++) {
            server.enqueue(new MockResponse.Builder()
                    .onResponseStart(SocketEffect.Stall.INSTANCE)
                    .build());
        }

        var _ = assertFailed(
                generator(SEEDREAM_3, Duration.ofMillis(200))
                        .generate("a cat", null, "task-1", Instant.MAX, BodyMemory.UNCOUNTED),
                Reason.READ_TIMEOUT);
        var _ = assertFailed(
                generator(SEEDREAM_3, Duration.ofHours(1))
                        .generate("a cat", null, "task-1", Instant.EPOCH, BodyMemory.UNCOUNTED),
                Reason.READ_TIMEOUT);
    }

    @Test
    void distinguishesALostConnectionFromARefusedOne() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());

        CallReport lost = assertFailed(generate(), Reason.CONNECTION_LOST);
        PictureGenerator generator = generator(SEEDREAM_3, AMPLE);
        server.close();
        CallReport refused = assertFailed(
                generator.generate("a cat", null, "task-1", Instant.MAX, BodyMemory.UNCOUNTED),
                Reason.CONNECTION_FAILED);

        assertThat(lost).isEqualTo(CallReport.died(Reason.CONNECTION_LOST, CallPhase.WAIT));
        assertThat(lost.billed()).isEqualTo(Billed.UNKNOWN);
        assertThat(refused).isEqualTo(CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT));
        assertThat(refused.billed()).isEqualTo(Billed.NO);
    }

    private Answer<Generation> generate() throws InterruptedException {
        return generator(SEEDREAM_3, AMPLE).generate("a cat", null, "task-1", Instant.MAX, BodyMemory.UNCOUNTED);
    }

    private PictureGenerator generator(String model, Duration callTimeout) {
        return new SeedreamGenerator(
                TestingImageModel.client(server), TestingImageModel.properties(model, callTimeout), Clock.systemUTC());
    }

    private static CallReport answered(Reason failure, int status, Optional<String> code, Optional<String> requestId) {
        return new CallReport(
                Optional.of(failure), CallPhase.DONE, Optional.of(status), code, requestId, Optional.empty());
    }

    private static CallReport assertFailed(Answer<Generation> answer, Reason reason) {
        assertThat(answer.value()).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(reason);
            assertThat(failed.detail())
                    .isNotBlank()
                    .doesNotContain(TestingImageModel.KEY)
                    .doesNotContain("s3cr3t")
                    .doesNotContain("://");
        });
        return answer.report();
    }
}
