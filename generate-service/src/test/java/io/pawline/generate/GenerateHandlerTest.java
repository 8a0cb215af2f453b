package io.pawline.generate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskContext;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.Outcome;
import io.pawline.testkit.TestingAttempts;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GenerateHandlerTest {

    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");

    private final TaskId task = TaskId.next();
    private final TestingAttempts calls = new TestingAttempts();
    private final Attempt attempt = calls.attempt(task, 2, Instant.MAX);
    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void sendsThePictureOnToMatting() throws Exception {
        server.enqueue(TestingImageModel.picture());
        PetDescribed described = described();

        Outcome outcome = handler().handle(described, attempt);

        assertThat(outcome)
                .isEqualTo(Outcome.done(
                        Stage.MATTING,
                        ImageGenerated.newBuilder()
                                .setContext(described.getContext())
                                .setImage(ImageRef.newBuilder()
                                        .setUrl(TestingImageModel.PICTURE)
                                        .build())
                                .build()));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getHeaders().get("X-Client-Request-Id")).isEqualTo(TestingAttempts.REQUEST_ID);
        assertThat(requireNonNull(request.getBody()).utf8()).contains("\"prompt\":\"a fluffy cat in watercolour\"");
        assertThat(calls.reports()).containsExactly(CallReport.succeeded(200, Optional.of("021755")));
    }

    @Test
    void rejectsWhatNoFurtherCallMends() throws Exception {
        server.enqueue(error("InputTextSensitiveContentDetected").code(400).build());

        assertThat(handler().handle(described(), attempt))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Reason.MODERATED_PROMPT));
    }

    @Test
    void triesAgainWhenTheProviderSaysSo() throws Exception {
        server.enqueue(error("ServerOverloaded")
                .code(429)
                .addHeader("Retry-After", "30")
                .build());

        assertThat(handler().handle(described(), attempt)).isInstanceOfSatisfying(Outcome.Retry.class, retry -> {
            assertThat(retry.reason()).isEqualTo(Reason.OVERLOADED);
            assertThat(retry.notBefore()).isAfter(Instant.now().plusSeconds(15));
            assertThat(calls.reports())
                    .singleElement()
                    .satisfies(report -> assertThat(report.failure()).contains(Reason.OVERLOADED))
                    .satisfies(report -> assertThat(report.notBefore()).hasValue(retry.notBefore()));
        });
    }

    @Test
    void leavesTheTimeOfTheNextAttemptToTheStage() throws Exception {
        server.enqueue(error("InternalServiceError").code(500).build());

        assertThat(handler().handle(described(), attempt)).isInstanceOfSatisfying(Outcome.Retry.class, retry -> {
            assertThat(retry.reason()).isEqualTo(Reason.PROVIDER_ERROR);
            assertThat(retry.notBefore()).isNull();
        });
    }

    private GenerateHandler handler() {
        GenerateProperties properties = TestingImageModel.properties("seedream-1", Duration.ofSeconds(20));
        return new GenerateHandler(
                new PromptTemplate(properties.promptTemplate()),
                new PictureGenerator(TestingImageModel.client(server), properties, Clock.systemUTC()));
    }

    private PetDescribed described() {
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(task.toString())
                .setTenant("acme")
                .setStyle("watercolour")
                .setSubmittedAt(NOW)
                .setDeadline(NOW.plusSeconds(600))
                .setGeneration(3)
                .build();
        return PetDescribed.newBuilder()
                .setContext(context)
                .setDescription("a fluffy cat")
                .build();
    }

    private static MockResponse.Builder error(String code) {
        return new MockResponse.Builder().body("{\"error\":{\"code\":\"" + code + "\",\"message\":\"no\"}}");
    }
}
