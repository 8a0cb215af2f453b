package io.pawline.detect;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.detect.DetectProperties.AnswerFormat;
import io.pawline.detect.Detection.Pet;
import io.pawline.detect.Detection.Unknown;
import io.pawline.events.Billed;
import io.pawline.events.CallPhase;
import io.pawline.photoloader.LoadedPhoto;
import io.pawline.photos.PhotoFormat;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.OutsideCall.Answer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
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
class PetDetectorTest {

    private static final LoadedPhoto PHOTO = photo(new byte[] {1, 2, 3});

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
                    SCHEMA | ,"response_format":{"type":"json_schema","json_schema":{"name":"pet_detection","strict":true,"schema":{"type":"object","properties":{"has_pet":{"type":"boolean"},"description":{"type":"string"}},"required":["has_pet","description"],"additionalProperties":false}}}
                    OBJECT | ,"response_format":{"type":"json_object"}
                    NONE   | ''
                    """)
    void sendsThePhotoAndTheQuestion(AnswerFormat format, String responseFormat) throws Exception {
        server.enqueue(TestingVisionModel.pet("a fluffy cat"));

        Answer<Detection> answer = detector(format, Duration.ofSeconds(20)).detect(PHOTO, "task-1", Instant.MAX);

        assertThat(answer.value()).isEqualTo(new Pet("a fluffy cat"));
        assertThat(answer.report()).isEqualTo(CallReport.succeeded(200, Optional.of("021755")));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/api/v3/chat/completions");
        assertThat(request.getHeaders().get("X-Client-Request-Id")).isEqualTo("task-1");
        assertThat(json.readTree(requireNonNull(request.getBody()).utf8()))
                .isEqualTo(json.readTree("""
                                {"model":"vision-1","thinking":{"type":"disabled"},"max_tokens":300,
                                 "messages":[{"role":"user","content":[
                                  {"type":"image_url","image_url":{"url":"data:image/png;base64,AQID","detail":"low"}},
                                  {"type":"text","text":"Is there a pet?"}]}]%s}
                                """.formatted(responseFormat)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 12_287, 12_288, 12_289, 100_000, 5_000_000})
    void sendsAPhotoOfAnySizeWhole(int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        server.enqueue(TestingVisionModel.pet("a fluffy cat"));

        detector(AnswerFormat.NONE, Duration.ofSeconds(20)).detect(photo(bytes), "task-1", Instant.MAX);

        RecordedRequest request = server.takeRequest();
        String body = requireNonNull(request.getBody()).utf8();
        assertThat(request.getHeaders().get("Content-Length")).isEqualTo(String.valueOf(body.length()));
        assertThat(body.contains(
                        "\"data:image/png;base64," + Base64.getEncoder().encodeToString(bytes) + "\""))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "400, InvalidParameter.image_url, INVALID_REQUEST",
        "400, InputImageSensitiveContentDetected, MODERATED_PHOTO",
        "400, OutofContextError, INVALID_REQUEST",
        "401, AuthenticationError, AUTHENTICATION",
        "404, ModelNotOpen, CONFIGURATION",
        "429, QuotaExceeded, QUOTA_EXHAUSTED",
        "429, ServerOverloaded, OVERLOADED",
        "500, InternalServiceError, PROVIDER_ERROR",
        "200, InternalServiceError, PROVIDER_ERROR"
    })
    void passesOnWhyTheModelDidNotAnswer(int status, String code, Reason reason) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .body("{\"error\":{\"code\":\"%s\",\"message\":\"key %s at https://ark.example/\"}}"
                        .formatted(code, TestingVisionModel.KEY))
                .build());

        assertThat(assertUnknown(detect(), reason))
                .isEqualTo(new CallReport(
                        Optional.of(reason),
                        CallPhase.DONE,
                        Optional.of(status),
                        Optional.of(code),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void noPetIsAnAnswerToo() throws Exception {
        server.enqueue(TestingVisionModel.completion("{\"has_pet\":false}", "stop"));

        Answer<Detection> answer = detect();

        assertThat(answer.value()).isEqualTo(new Detection.NoPet());
        assertThat(answer.report().failure()).isEmpty();
        assertThat(answer.report().billed()).isEqualTo(Billed.YES);
    }

    @Test
    void reportsAUselessAnswerAsFailedAndPerhapsBilled() throws Exception {
        server.enqueue(TestingVisionModel.completion("I like cats.", "stop"));

        CallReport report = assertUnknown(detect(), Reason.MALFORMED_ANSWER);

        assertThat(report)
                .isEqualTo(CallReport.succeeded(200, Optional.of("021755")).butFailed(Reason.MALFORMED_ANSWER));
        assertThat(report.billed()).isEqualTo(Billed.UNKNOWN);
    }

    @Test
    void reportsWhetherACallThatDiedMayBeBilled() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());
        PetDetector detector = detector(AnswerFormat.NONE, Duration.ofSeconds(20));

        CallReport lost = assertUnknown(detector.detect(PHOTO, "task-1", Instant.MAX), Reason.CONNECTION_LOST);
        server.close();
        CallReport refused = assertUnknown(detector.detect(PHOTO, "task-1", Instant.MAX), Reason.CONNECTION_FAILED);

        assertThat(lost).isEqualTo(CallReport.died(Reason.CONNECTION_LOST, CallPhase.WAIT));
        assertThat(lost.billed()).isEqualTo(Billed.UNKNOWN);
        assertThat(refused).isEqualTo(CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT));
        assertThat(refused.billed()).isEqualTo(Billed.NO);
    }

    @Test
    void givesUpAtTheTimeLimitOrAtAnEarlierDeadline() throws Exception {
        for (int i = 0; i < 2; i++) {
            server.enqueue(new MockResponse.Builder()
                    .onResponseStart(SocketEffect.Stall.INSTANCE)
                    .build());
        }

        var _ = assertUnknown(
                detector(AnswerFormat.NONE, Duration.ofMillis(200)).detect(PHOTO, "task-1", Instant.MAX),
                Reason.READ_TIMEOUT);
        var _ = assertUnknown(
                detector(AnswerFormat.NONE, Duration.ofHours(1)).detect(PHOTO, "task-1", Instant.EPOCH),
                Reason.READ_TIMEOUT);
    }

    private static CallReport assertUnknown(Answer<Detection> answer, Reason reason) {
        assertThat(answer.value()).isInstanceOfSatisfying(Unknown.class, unknown -> {
            assertThat(unknown.reason()).isEqualTo(reason);
            assertThat(unknown.detail()).doesNotContain(TestingVisionModel.KEY).doesNotContain("://");
        });
        assertThat(answer.report().failure()).contains(reason);
        return answer.report();
    }

    private Answer<Detection> detect() throws InterruptedException {
        return detector(AnswerFormat.NONE, Duration.ofSeconds(20)).detect(PHOTO, "task-1", Instant.MAX);
    }

    private PetDetector detector(AnswerFormat format, Duration callTimeout) {
        return new PetDetector(
                TestingVisionModel.client(server),
                TestingVisionModel.properties(format, callTimeout),
                Clock.systemUTC());
    }

    private static LoadedPhoto photo(byte[] bytes) {
        try {
            return new LoadedPhoto(bytes, PhotoFormat.PNG, new MemoryBudget(1024).take(0));
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
