package io.pawline.generate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskContext;
import io.pawline.images.ImageKey;
import io.pawline.images.PaidImages;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.outbound.openai.OpenAiImagesClient;
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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class GenerateHandlerTest {

    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");
    private static final long MEMORY = 1 << 20;

    private static final Pattern IMAGE = Pattern.compile("\"image\":\"data:image/jpeg;base64,([^\"]+)\"");

    /** As a phone makes it: lying on its side, with its place and owner. */
    private static final byte[] PHOTO =
            PhotoSamples.withMetadata(PhotoSamples.packed(PhotoSamples.scene(64, 48), "jpeg"), 6);

    private final TaskId task = TaskId.next();
    private final TestingAttempts calls = new TestingAttempts();
    private final Attempt attempt = calls.attempt(task, 2, Instant.MAX);
    private final MockWebServer server = new MockWebServer();
    private final TestingPhotoStore images = new TestingPhotoStore();
    private final MemoryBudget memory = new MemoryBudget(MEMORY);
    private final MemoryBudget decoding = new MemoryBudget(64 << 20);

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

    @Test
    void redrawsAnUploadedPhoto() throws Exception {
        server.enqueue(TestingImageModel.picture());
        images.put(ImageKey.photo(task), PHOTO, "image/jpeg");

        Outcome outcome =
                withPhotos().handle(described(new ImageRef(ImageKey.photo(task).value(), null)), attempt);

        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        String request = requireNonNull(server.takeRequest().getBody()).utf8();
        assertThat(request).contains("\"prompt\":\"like this a fluffy cat in watercolour\"");
        assertNormalised(request);
        assertThat(memory.freeBytes()).isEqualTo(MEMORY);
    }

    @Test
    void redrawsAPhotoFromItsAddress() throws Exception {
        server.enqueue(
                new MockResponse.Builder().body(new Buffer().write(PHOTO)).build());
        server.enqueue(TestingImageModel.picture());
        String url = server.url("/photos/1").toString().replace("localhost", "127.0.0.1");

        Outcome outcome = withPhotos().handle(described(new ImageRef(null, url)), attempt);

        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        assertThat(server.takeRequest().getTarget()).isEqualTo("/photos/1");
        assertNormalised(requireNonNull(server.takeRequest().getBody()).utf8());
        assertThat(memory.freeBytes()).isEqualTo(MEMORY);
    }

    @Test
    void sendsNoPhotoUnlessItIsAskedFor() throws Exception {
        server.enqueue(TestingImageModel.picture());
        images.put(ImageKey.photo(task), PHOTO, "image/jpeg");

        Outcome outcome =
                handler().handle(described(new ImageRef(ImageKey.photo(task).value(), null)), attempt);

        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        assertThat(requireNonNull(server.takeRequest().getBody()).utf8())
                .contains("\"prompt\":\"a fluffy cat in watercolour\"")
                .doesNotContain("\"image\"");
    }

    /** The records of a version before this one have no photo. */
    @Test
    void drawsFromTheWordsWhereTheEventHasNoPhoto() throws Exception {
        server.enqueue(TestingImageModel.picture());

        assertThat(withPhotos().handle(described(), attempt)).isInstanceOf(Outcome.Done.class);

        assertThat(requireNonNull(server.takeRequest().getBody()).utf8())
                .contains("\"prompt\":\"a fluffy cat in watercolour\"")
                .doesNotContain("\"image\"");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:9/cat.jpg, PHOTO_UNREACHABLE, true",
        "http://10.0.0.7/cat.jpg, ADDRESS_REFUSED, false",
        "http://a b/, ADDRESS_REFUSED, false"
    })
    void paysForNothingWithoutThePhoto(String url, Reason reason, boolean retried) throws Exception {
        assertNoPhoto(withPhotos().handle(described(new ImageRef(null, url)), attempt), reason, retried);
    }

    @Test
    void triesAgainWhenTheStoreHasNoPhoto() throws Exception {
        PetDescribed described = described(new ImageRef(ImageKey.photo(task).value(), null));

        assertNoPhoto(withPhotos().handle(described, attempt), Reason.PHOTO_UNREACHABLE, true);
        images.becomeUnreachable();
        assertNoPhoto(withPhotos().handle(described, attempt), Reason.STORAGE_UNAVAILABLE, true);
        assertThat(memory.freeBytes()).isEqualTo(MEMORY);
    }

    @Test
    void keepsAPictureThatItsProviderDoesNotKeep() throws Exception {
        byte[] picture = PhotoSamples.packed(PhotoSamples.scene(32, 32), "png");
        server.enqueue(new MockResponse.Builder()
                .body("{\"data\":[{\"b64_json\":\"%s\"}]}"
                        .formatted(Base64.getEncoder().encodeToString(picture)))
                .build());

        Outcome outcome = openAiHandler().handle(described(), attempt);

        ImageRef image = imageOf(outcome);
        assertThat(image.getUrl()).isEmpty();
        ImageKey key = new ImageKey(image.getKey().orElseThrow());
        assertThat(key.value()).startsWith(task + "/3/picture-").endsWith(".png");
        assertThat(images.get(key)).contains(picture);
        assertThat(memory.freeBytes()).as("given back").isEqualTo(MEMORY);
    }

    @Test
    void triesAgainIfThePictureCannotBeKept() throws Exception {
        images.becomeUnreachable();
        server.enqueue(new MockResponse.Builder()
                .body("{\"data\":[{\"b64_json\":\"%s\"}]}"
                        .formatted(Base64.getEncoder()
                                .encodeToString(PhotoSamples.packed(PhotoSamples.scene(32, 32), "png"))))
                .build());

        assertThat(openAiHandler().handle(described(), attempt))
                .isInstanceOfSatisfying(
                        Outcome.Retry.class, retry -> assertThat(retry.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE));
        assertThat(memory.freeBytes()).as("given back").isEqualTo(MEMORY);
    }

    private GenerateHandler openAiHandler() {
        GenerateProperties properties = TestingImageModel.properties("seedream-1", Duration.ofSeconds(20));
        OpenAiImagesClient client = new OpenAiImagesClient(
                OutboundHttp.create(OutboundProperties.allowing()),
                new ArkProperties(server.url("/v1").uri(), TestingImageModel.KEY),
                Clock.systemUTC(),
                _ -> {});
        return new GenerateHandler(
                properties,
                List.of(new OpenAiGenerator(client, properties, Clock.systemUTC())),
                Optional.empty(),
                Optional.of(new PictureArchive(new PaidImages(images, _ -> {}), memory)));
    }

    private static ImageRef imageOf(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((ImageGenerated) ((Outcome.Done) outcome).next().orElseThrow().event()).getImage();
    }

    @Test
    void asksForATransparentBackgroundAndSaysSo() throws Exception {
        server.enqueue(TestingImageModel.picture());
        GenerateProperties properties =
                TestingImageModel.properties("doubao-seedream-5-0-260128", Duration.ofSeconds(20), true);
        GenerateHandler handler = new GenerateHandler(
                properties,
                List.of(new SeedreamGenerator(TestingImageModel.client(server), properties, Clock.systemUTC())),
                Optional.empty(),
                Optional.empty());

        Outcome outcome = handler.handle(described(), attempt);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(done.next().orElseThrow().event())
                                .isInstanceOfSatisfying(
                                        ImageGenerated.class,
                                        event -> assertThat(event.getTransparent())
                                                .isTrue()));
        assertThat(requireNonNull(server.takeRequest().getBody()).utf8())
                .contains("\"prompt\":\"a fluffy cat in watercolour on a transparent background\"")
                .contains("\"output_format\":\"png\"");
    }

    /** The provider sees the photo upright, and nothing that only the front end may know. */
    private static void assertNormalised(String request) throws IOException {
        Matcher image = IMAGE.matcher(request);
        assertThat(image.find()).isTrue();
        byte[] sent = Base64.getDecoder().decode(image.group(1));
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(sent));
        assertThat(picture.getWidth()).isEqualTo(48);
        assertThat(picture.getHeight()).isEqualTo(64);
        assertThat(new String(sent, StandardCharsets.ISO_8859_1))
                .doesNotContain(PhotoSamples.SECRETS.toArray(CharSequence[]::new));
    }

    private void assertNoPhoto(Outcome outcome, Reason reason, boolean retried) {
        if (retried) {
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Retry.class,
                            retry -> assertThat(retry.reason()).isEqualTo(reason));
        } else {
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.reason()).isEqualTo(reason));
        }
        assertThat(server.getRequestCount()).isZero();
        assertThat(calls.reports()).isEmpty();
    }

    private GenerateHandler handler() {
        return handler(Optional.empty());
    }

    private GenerateHandler withPhotos() {
        ImageFetcher fetcher = ImageFetcher.create(OutboundProperties.allowing("127.0.0.1"), OpenTelemetry.noop());
        return handler(Optional.of(new PhotoLoader(
                images,
                fetcher,
                new PhotoNormaliser(PhotoProperties.DEFAULTS),
                PhotoProperties.DEFAULTS.maxSize(),
                memory,
                decoding)));
    }

    private GenerateHandler handler(Optional<PhotoLoader> photos) {
        GenerateProperties properties = TestingImageModel.properties("seedream-1", Duration.ofSeconds(20));
        return new GenerateHandler(
                properties,
                List.of(new SeedreamGenerator(TestingImageModel.client(server), properties, Clock.systemUTC())),
                photos,
                Optional.empty());
    }

    private PetDescribed described() {
        return described(null);
    }

    private PetDescribed described(@Nullable ImageRef photo) {
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
                .setPhoto(photo)
                .build();
    }

    private static MockResponse.Builder error(String code) {
        return new MockResponse.Builder().body("{\"error\":{\"code\":\"" + code + "\",\"message\":\"no\"}}");
    }
}
