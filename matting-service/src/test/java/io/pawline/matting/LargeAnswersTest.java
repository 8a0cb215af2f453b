package io.pawline.matting;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.TaskContext;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.PaidImages;
import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.visual.VisualClient;
import io.pawline.outbound.visual.VisualCredentials;
import io.pawline.outbound.visual.VisualSettings;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
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
import okhttp3.HttpUrl;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Takes more large answers at once than a small heap holds, in a process of its own. */
@Timeout(120)
class LargeAnswersTest {

    private static final int ANSWERS = 16;
    private static final int SIZE = 6_000_000;

    @Test
    void manyLargeAnswersAtOnceFitIntoASmallHeap() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        try (MockWebServer provider = new MockWebServer()) {
            provider.setDispatcher(new LargeAnswers());
            provider.start();
            Process handlers = new ProcessBuilder(
                            java.toString(),
                            "-Xmx96m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LargeAnswersTest.class.getName(),
                            provider.url("/").toString())
                    .inheritIO()
                    .start();
            assertThat(handlers.waitFor()).isZero();
            assertThat(provider.getRequestCount()).isEqualTo(ANSWERS);
        }
    }

    /** Answers each call with a picture of {@link #SIZE} bytes, all at the same time. */
    private static final class LargeAnswers extends Dispatcher {

        private final Buffer body;

        LargeAnswers() {
            byte[] png = new byte[SIZE];
            byte[] beginning = {
                (byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 8, 0, 0, 0, 8, 0
            };
            System.arraycopy(beginning, 0, png, 0, beginning.length);
            body = new Buffer()
                    .writeUtf8("{\"code\":10000,\"data\":{\"binary_data_base64\":[\"")
                    .write(Base64.getEncoder().encode(png))
                    .writeUtf8("\"]}}");
        }

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder()
                    .body(body)
                    .headersDelay(300, java.util.concurrent.TimeUnit.MILLISECONDS)
                    .build();
        }
    }

    /** Is the process with the small heap: exits with 0 if every task is done. */
    static void main(String[] args) throws Exception {
        VisualSettings settings = new VisualSettings(
                HttpUrl.get(args[0]),
                "cn-north-1",
                "cv",
                new VisualCredentials("access", "secret", Optional.empty()),
                new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(60)),
                DataLimit.ofMegabytes(40),
                new VisualSettings.Model("saliency_seg", 3, 2, List.of(-1, -1, -1)));
        ImageStore store = new SlowStore();
        MattingHandler handler = new MattingHandler(
                List.of(new VisualProvider(new VisualClient(
                        OutboundHttp.create(OutboundProperties.allowing()), settings, Clock.systemUTC()))),
                new TransparentPictures(ImageFetcher.create(OutboundProperties.allowing(), OpenTelemetry.noop())),
                store,
                new PaidImages(store, Thread::sleep),
                new PictureLabel(LabelProperties.DEFAULTS),
                MemoryBudget.ofHeap(0.5));
        boolean done = true;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Outcome>> tasks = IntStream.range(0, ANSWERS)
                    .<Callable<Outcome>>mapToObj(_ -> () -> {
                        TaskId id = TaskId.next();
                        return handler.handle(generated(id), Attempt.offTheRecord(id, 1, Instant.MAX));
                    })
                    .toList();
            for (Future<Outcome> outcome : threads.invokeAll(tasks)) {
                done &= outcome.get() instanceof Outcome.Done;
            }
        }
        System.exit(done ? 0 : 1);
    }

    private static ImageGenerated generated(TaskId id) {
        TaskContext context = new TaskContext(
                id.toString(), "acme", "watercolour", Instant.EPOCH, Instant.MAX, null, 0, "interactive");
        return new ImageGenerated(context, new ImageRef(null, "https://images.example/picture.jpg"), false);
    }

    /** Takes some time to store a picture, so that many of them would be in memory. */
    private static final class SlowStore implements ImageStore {

        @Override
        public void put(ImageKey key, byte[] bytes, String contentType) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public Optional<Long> size(ImageKey key) {
            throw new UnsupportedOperationException("nobody reads anything here");
        }

        @Override
        public Optional<byte[]> get(ImageKey key) {
            throw new UnsupportedOperationException("nobody reads anything here");
        }

        @Override
        public URI urlOf(ImageKey key) {
            throw new UnsupportedOperationException("nobody asks for addresses here");
        }
    }
}
