package io.pawline.finalize;

import static io.pawline.finalize.TestingCutOut.FUR;
import static io.pawline.finalize.TestingCutOut.cat;
import static io.pawline.finalize.TestingCutOut.filled;
import static io.pawline.finalize.TestingCutOut.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.Ending;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageRef;
import io.pawline.events.StoredPicture;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.events.TaskResult;
import io.pawline.images.ImageKey;
import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.images.label.VisibleLabelProperties;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageKind;
import io.pawline.outbound.ImageSniffer;
import io.pawline.outbound.OutboundProperties;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import io.pawline.testkit.NeedsTools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okio.Buffer;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinalizeHandlerTest {

    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00.123Z");

    private final TaskId taskId = TaskId.next();
    private final TaskContext context = new TaskContext(
            taskId.toString(),
            "tenant",
            "as an oil painting",
            NOW,
            Instant.parse("2100-01-01T00:00:00Z"),
            null,
            2,
            "interactive");
    private final ImageKey cutOut = ImageKey.cutOut(taskId, 2, UUID.randomUUID());
    private final ImageRef stored = new ImageRef(cutOut.value(), null);
    private static final long BUDGET = 16 * 1024 * 1024;

    private final MemoryBudget files = new MemoryBudget(BUDGET);
    private final MemoryBudget pixels = new MemoryBudget(BUDGET);
    private final PictureLabel label = new PictureLabel(LabelProperties.DEFAULTS);
    private final TestingResultStore images = new TestingResultStore();

    @AfterEach
    void allMemoryWasGivenBack() {
        assertThat(files.freeBytes()).isEqualTo(BUDGET);
        assertThat(pixels.freeBytes()).isEqualTo(BUDGET);
    }

    @Test
    void endsTheTaskWithItsPicturesInTheStore() throws Exception {
        byte[] bytes = png(cat(512, 384));
        images.put(cutOut, bytes, "image/png");

        Outcome outcome = handle(stored);

        TaskResult result = new TaskResult(
                new StoredPicture(cutOut.value(), 512, 384),
                List.of(
                        new StoredPicture(taskId + "/2/thumbnail-256.png", 256, 192),
                        new StoredPicture(taskId + "/2/thumbnail-64.png", 64, 48)));
        assertThat(outcome)
                .isEqualTo(Outcome.done(
                        Stage.CALLBACK, new TaskFinished(context, Ending.SUCCESS, NOW, null, null, null, result)));
        assertThat(images.get(cutOut)).hasValue(bytes);
        assertThat(images.get(ImageKey.result(taskId, 2))).as("a copy").isEmpty();
        assertThat(images.get(ImageKey.thumbnail(taskId, 2, 256, "png")))
                .hasValueSatisfying(thumbnail ->
                        assertThat(TestingCutOut.decode(thumbnail).getWidth()).isEqualTo(256));
        assertThat(images.get(ImageKey.thumbnail(taskId, 2, 64, "png"))).isPresent();
    }

    @Test
    void fetchesACutOutThatTheProviderKept() throws Exception {
        byte[] bytes = png(cat(128, 128));
        try (MockWebServer provider = new MockWebServer()) {
            provider.start();
            provider.enqueue(
                    new MockResponse.Builder().body(new Buffer().write(bytes)).build());

            assertThat(handle(at(provider))).isInstanceOf(Outcome.Done.class);
        }
        assertThat(images.get(ImageKey.result(taskId, 2))).hasValue(label.into(bytes, "tenant", taskId));
    }

    @Test
    @NeedsTools({NeedsTools.Tool.EXIFTOOL, NeedsTools.Tool.PNGCHECK})
    void labelsTheThumbnailsAndWhatTheProviderKept(@TempDir Path folder) throws Exception {
        try (MockWebServer provider = new MockWebServer()) {
            provider.start();
            provider.enqueue(new MockResponse.Builder()
                    .body(new Buffer().write(png(cat(512, 384))))
                    .build());

            assertThat(handle(at(provider))).isInstanceOf(Outcome.Done.class);
        }

        for (ImageKey key : List.of(
                ImageKey.result(taskId, 2),
                ImageKey.thumbnail(taskId, 2, 256, "png"),
                ImageKey.thumbnail(taskId, 2, 64, "png"))) {
            Path file =
                    Files.write(folder.resolve("picture.png"), images.get(key).orElseThrow());
            assertThat(said(file, "exiftool", "-a", "-s", "-G1"))
                    .containsPattern("PNG\\] +AIGC .*\"ContentProducer\":\"Pawline\",\"ProduceID\":\"" + taskId)
                    .containsPattern("(?i)XMP-TC260\\] +AIGC .*\"Label\":\"1\"")
                    .containsPattern("DigitalSourceType +: .*trainedAlgorithmicMedia")
                    .doesNotContain("Warning", "Error");
            assertThat(said(file, "pngcheck")).startsWith("OK: ");
        }
    }

    @Test
    @NeedsTools({NeedsTools.Tool.CWEBP, NeedsTools.Tool.EXIFTOOL})
    void labelsThumbnailsInWebp(@TempDir Path folder) throws Exception {
        images.put(cutOut, png(cat(512, 384)), "image/png");

        Outcome outcome = handle(stored, label, Optional.of(new WebpConverter("cwebp", 85, 2)));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(done.next().orElseThrow().event())
                                .isInstanceOfSatisfying(
                                        TaskFinished.class,
                                        finished -> assertThat(finished.getResult()
                                                        .orElseThrow()
                                                        .getThumbnails())
                                                .containsExactly(
                                                        new StoredPicture(taskId + "/2/thumbnail-256.webp", 256, 192),
                                                        new StoredPicture(taskId + "/2/thumbnail-64.webp", 64, 48))));
        for (int size : List.of(256, 64)) {
            byte[] thumbnail =
                    images.get(ImageKey.thumbnail(taskId, 2, size, "webp")).orElseThrow();
            assertThat(ImageSniffer.sniff(thumbnail)).contains(new ImageHeader(ImageKind.WEBP, size, size * 3 / 4));
            assertThat(said(Files.write(folder.resolve("picture.webp"), thumbnail), "exiftool", "-a", "-s", "-G1"))
                    .containsPattern("(?i)XMP-TC260\\] +AIGC .*\"Label\":\"1\".*\"ProduceID\":\"" + taskId)
                    .containsPattern("DigitalSourceType +: .*trainedAlgorithmicMedia")
                    .doesNotContain("Warning", "Error");
        }
    }

    @Test
    void storesTheResultAnewIfWordsAreDrawnOnIt() throws Exception {
        byte[] cutOutFile = label.into(png(cat(512, 384)), "tenant", taskId);
        images.put(cutOut, cutOutFile, "image/png");
        VisibleLabelProperties words =
                new VisibleLabelProperties(true, "AI生成", VisibleLabelProperties.Position.TOP_LEFT, 0.05);
        PictureLabel visible = new PictureLabel(new LabelProperties(
                true, "Another", "", words, Map.of("other", new LabelProperties.Tenant(null, null, null, null))));

        Outcome outcome = handle(stored, visible, Optional.empty());

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(done.next().orElseThrow().event())
                                .isInstanceOfSatisfying(
                                        TaskFinished.class,
                                        finished -> assertThat(finished.getResult()
                                                        .orElseThrow()
                                                        .getImage()
                                                        .getKey())
                                                .isEqualTo(ImageKey.result(taskId, 2)
                                                        .value())));
        assertThat(images.get(cutOut)).hasValue(cutOutFile);
        byte[] result = images.get(ImageKey.result(taskId, 2)).orElseThrow();
        assertThat(TestingCutOut.decode(result).getRGB(16, 16) >>> 24)
                .as("the box of the words")
                .isGreaterThan(150);
        assertThat(new String(result, StandardCharsets.ISO_8859_1))
                .as("the label of the cut-out")
                .contains("\"ContentProducer\":\"Pawline\",\"ProduceID\":\"" + taskId)
                .contains("\"ContentPropagator\":\"Another\"");
    }

    private static String said(Path file, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command));
        words.add(file.toString());
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void rejectsAnImplausibleCutOut() throws Exception {
        images.put(cutOut, png(filled(128, 128, FUR)), "image/png");

        assertThat(handle(stored)).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(Reason.INCONSISTENT_RESULT);
            assertThat(rejected.detail()).startsWith("100.00 % of the cut-out's pixels are visible");
        });
        assertThat(images.get(ImageKey.thumbnail(taskId, 2, 256, "png"))).isEmpty();
    }

    @Test
    void triesAgainWhenTheProviderHandsNothingOut() throws Exception {
        try (MockWebServer provider = new MockWebServer()) {
            provider.start();
            provider.enqueue(new MockResponse.Builder().code(503).build());
            assertRetried(handle(at(provider))).isEqualTo(Reason.RESULT_UNREACHABLE);
        }
    }

    @Test
    void rejectsACutOutThatTheProviderNoLongerHas() throws Exception {
        try (MockWebServer provider = new MockWebServer()) {
            provider.start();
            provider.enqueue(new MockResponse.Builder().code(404).build());
            assertRejected(handle(at(provider))).isEqualTo(Reason.RESULT_UNREACHABLE);
        }
    }

    @Test
    void rejectsBytesThatAreNotAnImage() throws Exception {
        try (MockWebServer provider = new MockWebServer()) {
            provider.start();
            provider.enqueue(new MockResponse.Builder().body("<html>").build());
            assertRejected(handle(at(provider))).isEqualTo(Reason.INCONSISTENT_RESULT);
        }
    }

    @Test
    void callsNoPrivateAddress() throws Exception {
        assertRejected(handle(new ImageRef(null, "http://10.0.0.1/latest/meta-data")))
                .isEqualTo(Reason.ADDRESS_REFUSED);
    }

    @Test
    void triesAgainWhenTheStoreIsLost() throws Exception {
        images.lose();

        assertRetried(handle(stored)).isEqualTo(Reason.STORAGE_UNAVAILABLE);
    }

    @Test
    void triesAgainWhenTheStoreDoesNotHaveTheCutOut() throws Exception {
        assertRetried(handle(stored)).isEqualTo(Reason.STORAGE_UNAVAILABLE);
    }

    private static ObjectAssert<Reason> assertRetried(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Retry.class);
        return assertThatObject(((Outcome.Retry) outcome).reason());
    }

    private static ObjectAssert<Reason> assertRejected(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Rejected.class);
        return assertThatObject(((Outcome.Rejected) outcome).reason());
    }

    private static ImageRef at(MockWebServer provider) {
        return new ImageRef(null, provider.url("/cutout.png").toString());
    }

    private Outcome handle(ImageRef image) throws Exception {
        return handle(image, label, Optional.empty());
    }

    private Outcome handle(ImageRef image, PictureLabel pictureLabel, Optional<WebpConverter> webp) throws Exception {
        ImageFetcher fetcher =
                ImageFetcher.create(OutboundProperties.allowing("localhost", "127.0.0.1", "::1"), OpenTelemetry.noop());
        PictureFinisher finisher =
                new PictureFinisher(new Plausibility(64, 1_000_000, 0.01, 0.99), List.of(64, 256), 1, pixels);
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        return new FinalizeHandler(
                        new CutOutSource(images, fetcher, files), finisher, webp, images, pictureLabel, clock)
                .handle(new ImageCutOut(context, image), Attempt.offTheRecord(taskId, 1, context.getDeadline()));
    }
}
