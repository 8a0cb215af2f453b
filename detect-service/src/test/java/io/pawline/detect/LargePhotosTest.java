package io.pawline.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.detect.DetectProperties.AnswerFormat;
import io.pawline.events.ImageRef;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundProperties;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.photos.PhotoNormaliser;
import io.pawline.photos.PhotoProperties;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import io.pawline.testkit.PhotoSamples;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs more photos at once than a small heap holds, in a process of its own. */
@Timeout(120)
class LargePhotosTest {

    private static final int PHOTOS = 16;
    private static final int SIZE = 9_600_000;

    @Test
    void manyLargePhotosAtOnceFitIntoASmallHeap() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        try (MockWebServer ark = new MockWebServer()) {
            ark.setBodyLimit(0);
            ark.setDispatcher(new Vision());
            ark.start();
            Process handlers = new ProcessBuilder(
                            java.toString(),
                            "-Xmx96m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LargePhotosTest.class.getName(),
                            ark.url("/api/v3").toString())
                    .inheritIO()
                    .start();
            assertThat(handlers.waitFor()).isZero();
            assertThat(ark.getRequestCount()).isEqualTo(PHOTOS);
        }
    }

    /** Answers slowly enough that all photos would be in memory together. */
    private static final class Vision extends Dispatcher {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            return TestingVisionModel.pet("a fluffy cat")
                    .newBuilder()
                    .headersDelay(300, java.util.concurrent.TimeUnit.MILLISECONDS)
                    .build();
        }
    }

    /** Is the process with the small heap: exits with 0 if every task is done. */
    static void main(String[] args) throws Exception {
        DetectProperties properties = TestingVisionModel.properties(AnswerFormat.NONE, Duration.ofSeconds(60));
        DetectHandler handler = new DetectHandler(
                new PhotoLoader(
                        new LargeUploads(),
                        ImageFetcher.create(OutboundProperties.allowing(), OpenTelemetry.noop()),
                        new PhotoNormaliser(PhotoProperties.DEFAULTS),
                        PhotoProperties.DEFAULTS.maxSize(),
                        MemoryBudget.ofHeap(0.25),
                        MemoryBudget.ofHeap(0.25)),
                List.of(new PetDetector(
                        TestingVisionModel.client(URI.create(args[0])), properties, Clock.systemUTC())));
        boolean done = true;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Outcome>> tasks = IntStream.range(0, PHOTOS)
                    .<Callable<Outcome>>mapToObj(_ -> () -> {
                        TaskId id = TaskId.next();
                        return handler.handle(accepted(id), Attempt.offTheRecord(id, 1, Instant.MAX));
                    })
                    .toList();
            for (Future<Outcome> outcome : threads.invokeAll(tasks)) {
                done &= outcome.get() instanceof Outcome.Done;
            }
        }
        System.exit(done ? 0 : 1);
    }

    private static TaskAccepted accepted(TaskId id) {
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(id.toString())
                .setTenant("acme")
                .setStyle("watercolour")
                .setSubmittedAt(Instant.EPOCH)
                .setDeadline(Instant.MAX)
                .setGeneration(0)
                .build();
        return TaskAccepted.newBuilder()
                .setContext(context)
                .setPhoto(new ImageRef(ImageKey.photo(id).value(), null))
                .build();
    }

    /** Has a large photo under each key: four million pixels that lie on their side, and a film behind them. */
    private static final class LargeUploads implements ImageStore {

        private static final byte[] TURNED = PhotoSamples.withMetadata(
                PhotoSamples.jpeg(
                        new BufferedImage(2400, 1600, BufferedImage.TYPE_BYTE_GRAY), /* quality= */ 0.9f, false),
                /* orientation= */ 6);

        @Override
        public void put(ImageKey key, byte[] bytes, String contentType) {
            throw new UnsupportedOperationException("nobody stores anything here");
        }

        @Override
        public Optional<Long> size(ImageKey key) {
            return Optional.of((long) SIZE);
        }

        @Override
        public Optional<byte[]> get(ImageKey key) {
            byte[] photo = new byte[SIZE];
            System.arraycopy(TURNED, 0, photo, 0, TURNED.length);
            return Optional.of(photo);
        }

        @Override
        public URI urlOf(ImageKey key) {
            throw new UnsupportedOperationException("nobody asks for addresses here");
        }
    }
}
