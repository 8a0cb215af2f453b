package io.pawline.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.detect.DetectProperties.AnswerFormat;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.images.ImageKey;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundProperties;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.photoloader.TestingPhotoStore;
import io.pawline.photos.PhotoNormaliser;
import io.pawline.photos.PhotoProperties;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import io.pawline.testkit.PhotoSamples;
import io.pawline.testkit.TestingAttempts;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DetectHandlerTest {

    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");

    private static final long BUDGET = 16 * 1024 * 1024;

    private final TaskId task = TaskId.next();
    private final TestingAttempts calls = new TestingAttempts();
    private final Attempt attempt = calls.attempt(task, 2, Instant.MAX);
    private final TestingPhotoStore images = new TestingPhotoStore();
    private final MemoryBudget memory = new MemoryBudget(BUDGET);
    private final MemoryBudget decoding = new MemoryBudget(BUDGET);
    private final MockWebServer ark = new MockWebServer();
    private final MockWebServer web = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        ark.start();
        web.start();
    }

    @AfterEach
    void stop() {
        assertThat(memory.freeBytes()).as("memory that was given back").isEqualTo(BUDGET);
        assertThat(decoding.freeBytes()).as("memory for decoding").isEqualTo(BUDGET);
        ark.close();
        web.close();
    }

    @Test
    void describesAnUploadedPhoto() throws Exception {
        images.put(ImageKey.photo(task), jpeg(), "image/jpeg");
        ark.enqueue(TestingVisionModel.pet("a fluffy cat"));

        TaskAccepted accepted = accepted(ImageKey.photo(task).value(), null);

        assertThat(handler().handle(accepted, attempt)).isEqualTo(described(accepted, "a fluffy cat"));
        assertThat(ark.takeRequest().getHeaders().get("X-Client-Request-Id")).isEqualTo(TestingAttempts.REQUEST_ID);
        assertThat(calls.reports()).containsExactly(CallReport.succeeded(200, Optional.of("021755")));
    }

    @Test
    void describesAPhotoFromAnAddress() throws Exception {
        web.enqueue(new MockResponse.Builder().body(new Buffer().write(jpeg())).build());
        ark.enqueue(TestingVisionModel.pet("a fluffy cat"));

        TaskAccepted accepted = accepted(null, photoUrl());

        assertThat(handler().handle(accepted, attempt)).isEqualTo(described(accepted, "a fluffy cat"));
        assertThat(calls.reports())
                .as("the photo's download is none of the provider's")
                .hasSize(1);
    }

    @Test
    void rejectsAPhotoWithoutAPet() throws Exception {
        images.put(ImageKey.photo(task), jpeg(), "image/jpeg");
        ark.enqueue(TestingVisionModel.completion("{\"has_pet\":false,\"description\":\"\"}", "stop"));

        assertRejected(handler().handle(accepted(ImageKey.photo(task).value(), null), attempt), Reason.NO_PET);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 410})
    void rejectsAPhotoThatIsNotThere(int status) throws Exception {
        web.enqueue(new MockResponse.Builder().code(status).build());

        assertRejected(handler().handle(accepted(null, photoUrl()), attempt), Reason.PHOTO_UNREACHABLE);
        assertThat(calls.reports()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void triesAgainIfThePhotoMayComeLater(int status) throws Exception {
        web.enqueue(new MockResponse.Builder().code(status).build());

        assertRetry(handler().handle(accepted(null, photoUrl()), attempt), Reason.PHOTO_UNREACHABLE);
        assertThat(calls.reports()).isEmpty();
    }

    @Test
    void rejectsBytesThatAreNotAnImage() throws Exception {
        web.enqueue(new MockResponse.Builder().body("<html>").build());
        images.put(ImageKey.photo(task), new byte[] {1, 2, 3}, "image/jpeg");

        assertRejected(handler().handle(accepted(null, photoUrl()), attempt), Reason.PHOTO_NOT_AN_IMAGE);
        assertRejected(
                handler().handle(accepted(ImageKey.photo(task).value(), null), attempt), Reason.PHOTO_NOT_AN_IMAGE);
        assertThat(calls.reports()).isEmpty();
    }

    @Test
    void rejectsAPhotoThatIsTooLarge() throws Exception {
        web.enqueue(new MockResponse.Builder()
                .body(new Buffer().write(new byte[21 << 20]))
                .build());

        assertRejected(handler().handle(accepted(null, photoUrl()), attempt), Reason.PHOTO_TOO_LARGE);
        assertThat(calls.reports()).isEmpty();
    }

    @Test
    void sendsAPlainUprightJpegWhereverThePhotoComesFrom() throws Exception {
        byte[] photo = PhotoSamples.withMetadata(
                PhotoSamples.jpeg(PhotoSamples.stored(PhotoSamples.scene(300, 200), 6), 0.9f, false), 6);
        images.put(ImageKey.photo(task), photo, "image/jpeg");
        web.enqueue(new MockResponse.Builder().body(new Buffer().write(photo)).build());
        for (TaskAccepted accepted : List.of(
                accepted(null, photoUrl()), accepted(ImageKey.photo(task).value(), null))) {
            ark.enqueue(TestingVisionModel.pet("a fluffy cat"));

            assertThat(handler().handle(accepted, attempt)).isEqualTo(described(accepted, "a fluffy cat"));

            byte[] sent = photoOf(ark.takeRequest());
            assertThat(new String(sent, StandardCharsets.ISO_8859_1))
                    .doesNotContain("Exif", "GPS")
                    .doesNotContain(PhotoSamples.SECRETS.toArray(String[]::new));
            BufferedImage seen = ImageIO.read(new ByteArrayInputStream(sent));
            assertThat(seen.getWidth()).isEqualTo(300);
            assertThat(seen.getHeight()).isEqualTo(200);
            int red = seen.getRGB(30, 30);
            assertThat(red >> 16 & 255).as("the upper left is red").isGreaterThan(200);
            assertThat(red & 255).isLessThan(60);
        }
    }

    @Test
    void scalesALargePhotoDownBeforeItIsSent() throws Exception {
        BufferedImage large = PhotoSamples.scene(2400, 1600);
        web.enqueue(new MockResponse.Builder()
                .body(new Buffer().write(PhotoSamples.packed(large, "png")))
                .build());
        ark.enqueue(TestingVisionModel.pet("a fluffy cat"));

        handler().handle(accepted(null, photoUrl()), attempt);

        BufferedImage seen = ImageIO.read(new ByteArrayInputStream(photoOf(ark.takeRequest())));
        assertThat(seen.getWidth()).isEqualTo(2048);
    }

    /** The photo that the vision model gets, which says that it is a JPEG. */
    private static byte[] photoOf(RecordedRequest request) {
        String body = Objects.requireNonNull(request.getBody()).utf8();
        String beginning = "data:image/jpeg;base64,";
        int begin = body.indexOf(beginning) + beginning.length();
        assertThat(begin).isGreaterThan(beginning.length());
        return Base64.getDecoder().decode(body.substring(begin, body.indexOf('"', begin)));
    }

    @Test
    void rejectsAPhotoThatIsCutOffBeforeItIsPaidFor() throws Exception {
        for (String format : List.of("jpeg", "png", "bmp", "tiff")) {
            byte[] photo = PhotoSamples.packed(PhotoSamples.scene(300, 200), format);
            byte[] part = Arrays.copyOf(photo, photo.length * 2 / 3);
            web.enqueue(
                    new MockResponse.Builder().body(new Buffer().write(part)).build());
            images.put(ImageKey.photo(task), part, "image/" + format);

            assertRejected(handler().handle(accepted(null, photoUrl()), attempt), Reason.PHOTO_NOT_AN_IMAGE);
            assertRejected(
                    handler().handle(accepted(ImageKey.photo(task).value(), null), attempt), Reason.PHOTO_NOT_AN_IMAGE);
        }
        assertThat(calls.reports()).isEmpty();
        assertThat(ark.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://10.0.0.1/secret", "ftp://photos.example/secret", "http://photos.example/a b", "secret"})
    void rejectsAnAddressThatMustNotBeCalled(String url) throws Exception {
        assertRejected(handler().handle(accepted(null, url), attempt), Reason.ADDRESS_REFUSED);
        assertThat(calls.reports()).isEmpty();
    }

    @Test
    void triesAgainIfTheStoreIsAwayOrHasNoPhotoYet() throws Exception {
        TaskAccepted accepted = accepted(ImageKey.photo(task).value(), null);

        assertRetry(handler().handle(accepted, attempt), Reason.PHOTO_UNREACHABLE);
        images.becomeUnreachable();
        assertRetry(handler().handle(accepted, attempt), Reason.STORAGE_UNAVAILABLE);
        assertThat(calls.reports()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "InputImageSensitiveContentDetected, 400, MODERATED_PHOTO",
        "AccountOverdueError, 403, BILLING",
        "InvalidEndpointOrModel.NotFound, 404, CONFIGURATION"
    })
    void rejectsWhatNoFurtherCallMends(String code, int status, Reason reason) throws Exception {
        images.put(ImageKey.photo(task), jpeg(), "image/jpeg");
        ark.enqueue(error(code).code(status).build());

        assertRejected(handler().handle(accepted(ImageKey.photo(task).value(), null), attempt), reason);
        assertThat(calls.reports())
                .singleElement()
                .satisfies(report -> assertThat(report.failure()).contains(reason))
                .satisfies(report -> assertThat(report.providerCode()).contains(code));
    }

    @Test
    void triesAgainWhenTheProviderSaysSo() throws Exception {
        images.put(ImageKey.photo(task), jpeg(), "image/jpeg");
        ark.enqueue(error("ServerOverloaded")
                .code(429)
                .addHeader("Retry-After", "30")
                .build());

        Outcome outcome = handler().handle(accepted(ImageKey.photo(task).value(), null), attempt);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Retry.class, retry -> {
            assertThat(retry.reason()).isEqualTo(Reason.OVERLOADED);
            assertThat(retry.notBefore()).isAfter(Instant.now().plusSeconds(15));
        });
    }

    @Test
    void triesAgainAfterALostConnection() throws Exception {
        images.put(ImageKey.photo(task), jpeg(), "image/jpeg");
        ark.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());

        assertRetry(handler().handle(accepted(ImageKey.photo(task).value(), null), attempt), Reason.CONNECTION_LOST);
    }

    private DetectHandler handler() {
        DetectProperties properties = TestingVisionModel.properties(AnswerFormat.SCHEMA, Duration.ofSeconds(20));
        return new DetectHandler(
                new PhotoLoader(
                        images,
                        ImageFetcher.create(OutboundProperties.allowing("127.0.0.1"), OpenTelemetry.noop()),
                        new PhotoNormaliser(PhotoProperties.DEFAULTS),
                        PhotoProperties.DEFAULTS.maxSize(),
                        memory,
                        decoding),
                List.of(new PetDetector(TestingVisionModel.client(ark), properties, Clock.systemUTC())));
    }

    private String photoUrl() {
        return "http://127.0.0.1:" + web.getPort() + "/secret";
    }

    private TaskAccepted accepted(@Nullable String key, @Nullable String url) {
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(task.toString())
                .setTenant("acme")
                .setStyle("watercolour")
                .setSubmittedAt(NOW)
                .setDeadline(NOW.plusSeconds(600))
                .setGeneration(3)
                .build();
        ImageRef photo = ImageRef.newBuilder().setKey(key).setUrl(url).build();
        return TaskAccepted.newBuilder().setContext(context).setPhoto(photo).build();
    }

    private static Outcome described(TaskAccepted accepted, String description) {
        return Outcome.done(
                Stage.GENERATE,
                PetDescribed.newBuilder()
                        .setContext(accepted.getContext())
                        .setDescription(description)
                        .setPhoto(accepted.getPhoto())
                        .build());
    }

    private static MockResponse.Builder error(String code) {
        return new MockResponse.Builder()
                .body("{\"error\":{\"code\":\"" + code + "\",\"message\":\"see https://ark.example/secret\"}}");
    }

    private static byte[] jpeg() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "jpg", bytes);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void assertRejected(Outcome outcome, Reason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(reason);
            assertSaysNoSecret(rejected.detail());
        });
    }

    private static void assertRetry(Outcome outcome, Reason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Retry.class, retry -> {
            assertThat(retry.reason()).isEqualTo(reason);
            assertSaysNoSecret(retry.detail());
        });
    }

    private static void assertSaysNoSecret(String detail) {
        assertThat(detail)
                .isNotBlank()
                .doesNotContain("secret")
                .doesNotContain("s3cr3t")
                .doesNotContain("://");
    }
}
