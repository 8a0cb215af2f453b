package io.pawline.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.images.ImageKey;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.photoloader.TestingPhotoStore;
import io.pawline.photos.PhotoNormaliser;
import io.pawline.photos.PhotoProperties;
import io.pawline.schemas.TaskId;
import io.pawline.simulator.Profile;
import io.pawline.simulator.ProviderSimulator;
import io.pawline.simulator.SimulatorOptions;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.NeedsTools.Tool;
import io.pawline.testkit.PhotoKind;
import io.pawline.testkit.PhotoSamples;
import io.pawline.testkit.TestingAttempts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends every kind of photo to a vision model that says what it received. */
@Timeout(60)
class PhotoKindsTest {

    private static final int WIDTH = 150;
    private static final int HEIGHT = 100;

    private final TaskId task = TaskId.next();
    private final TestingAttempts calls = new TestingAttempts();
    private final TestingPhotoStore images = new TestingPhotoStore();
    private final ProviderSimulator simulator =
            new ProviderSimulator(SimulatorOptions.of(Profile.bundled("instant"), 0), Clock.systemUTC());

    @BeforeEach
    void start() throws IOException {
        simulator.start();
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @ParameterizedTest
    @MethodSource("io.pawline.testkit.PhotoKind#ofJava")
    void theModelGetsAPlainUprightJpeg(PhotoKind kind) throws Exception {
        assertThatTheModelGetsAPlainUprightJpeg(kind.photo(WIDTH, HEIGHT), WIDTH, HEIGHT);
    }

    @ParameterizedTest
    @MethodSource("io.pawline.testkit.PhotoKind#ofPrograms")
    @NeedsTools({Tool.AVIFENC, Tool.CWEBP, Tool.HEIF_CONVERT, Tool.HEIF_ENC})
    void theModelGetsAPlainUprightJpegOfPackedPhotos(PhotoKind kind) throws Exception {
        assertThatTheModelGetsAPlainUprightJpeg(kind.photo(WIDTH, HEIGHT), WIDTH, HEIGHT);
    }

    @ParameterizedTest
    @MethodSource("large")
    void theModelGetsALargePhotoScaledDown(PhotoKind kind) throws Exception {
        assertThatTheModelGetsAPlainUprightJpeg(kind.photo(2400, 1600), 2048, 1365);
    }

    static PhotoKind[] large() {
        return new PhotoKind[] {PhotoKind.TURNED_JPEG, PhotoKind.PROGRESSIVE_JPEG, PhotoKind.TURNED_PNG, PhotoKind.GIF};
    }

    private void assertThatTheModelGetsAPlainUprightJpeg(byte[] photo, int width, int height) throws Exception {
        images.put(ImageKey.photo(task), photo, "image/jpeg");

        Outcome outcome = handler().handle(accepted(), calls.attempt(task, 1, Instant.MAX));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(done.next().orElseThrow().event()).isInstanceOf(PetDescribed.class));
        JsonNode received = received();
        assertThat(received).hasSize(1);
        JsonNode picture = received.get(0);
        assertThat(picture.path("type").stringValue()).isEqualTo("image/jpeg");
        assertThat(picture.path("declared_type").stringValue()).isEqualTo("image/jpeg");
        assertThat(picture.path("metadata")).isEmpty();
        assertThat(picture.path("width").intValue()).isEqualTo(width);
        assertThat(picture.path("height").intValue()).isEqualTo(height);
        assertThat(PhotoSamples.isUpright(picture.path("corners")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList()))
                .as("upright: %s", picture.path("corners"))
                .isTrue();
    }

    private DetectHandler handler() {
        OutboundProperties outbound = OutboundProperties.allowing("127.0.0.1");
        DetectProperties properties = new Binder().bindOrCreate("pawline.detect", DetectProperties.class);
        return new DetectHandler(
                new PhotoLoader(
                        images,
                        ImageFetcher.create(outbound, OpenTelemetry.noop()),
                        new PhotoNormaliser(PhotoProperties.DEFAULTS),
                        PhotoProperties.DEFAULTS.maxSize(),
                        MemoryBudget.ofHeap(0.25),
                        MemoryBudget.ofHeap(0.25)),
                List.of(new PetDetector(
                        new ArkClient(
                                OutboundHttp.create(outbound),
                                new ArkProperties(
                                        simulator.baseUrl().resolve("/api/v3"),
                                        SimulatorOptions.of(Profile.bundled("instant"), 0)
                                                .arkApiKey()),
                                Clock.systemUTC(),
                                _ -> {}),
                        properties,
                        Clock.systemUTC())));
    }

    private TaskAccepted accepted() {
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(task.toString())
                .setTenant("acme")
                .setStyle("watercolour")
                .setSubmittedAt(Instant.EPOCH)
                .setDeadline(Instant.EPOCH.plus(Duration.ofDays(100_000)))
                .setGeneration(1)
                .build();
        return TaskAccepted.newBuilder()
                .setContext(context)
                .setPhoto(ImageRef.newBuilder()
                        .setKey(ImageKey.photo(task).value())
                        .build())
                .build();
    }

    private JsonNode received() throws IOException, InterruptedException {
        URI address = simulator.baseUrl().resolve("/received");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return new JsonMapper()
                    .readTree(client.send(
                                    HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray())
                            .body());
        }
    }
}
