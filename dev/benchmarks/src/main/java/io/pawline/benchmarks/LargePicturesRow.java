package io.pawline.benchmarks;

import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Sends tasks with pictures of 2048 x 2048 pixels through all services, each with the heap of the chart. */
final class LargePicturesRow {

    private static final int SIDE = 2048;

    /** The services with the heap of each, 60 % of its memory. */
    private static final Map<String, Integer> HEAP_MEGABYTES =
            Map.of("ingest", 384, "detect", 384, "generate", 384, "matting", 384, "finalize", 614, "callback", 384);

    private static final Duration START_WAIT = Duration.ofMinutes(3);

    private LargePicturesRow() {}

    /** Holds what became of one service. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ServiceFigures(String service, int heapMb, int deaths, long peakRssMb) {}

    /**
     * Holds what became of the tasks.
     *
     * @param pictureBytes size of the PNG that the background removal answers with
     * @param notSucceeded tasks without the callback of a success
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int tasks,
            int side,
            int pictureBytes,
            int deaths,
            int notSucceeded,
            double seconds,
            List<ServiceFigures> services) {}

    static BenchmarkRow.Findings pictures(BenchmarkRow.Setting setting) throws Exception {
        int tasks = setting.scale().of(2_000, 8);
        byte[] picture = picture();
        Ports ports = Ports.anyFree();
        Path folder = setting.folder().resolve("stack");
        List<ChartProcess> services = new ArrayList<>();
        try (LocalStack stack = LocalStack.start(new LocalStack.Options(folder, ports, Optional.empty()), _ -> {});
                FixedProviders providers = new FixedProviders(Duration.ofMillis(500), picture);
                FrontEndServer frontEnd = new FrontEndServer(LocalStack.WEBHOOK_SECRET, picture)) {
            List<String> arguments = new ArrayList<>(Arrays.asList(providers.settings()));
            arguments.add("--spring.config.additional-location=file:"
                    + stack.settings().toAbsolutePath());
            arguments.add("--pawline.memory.share=0.5");
            arguments.add("--pawline.ingest.collapse-window=0s");
            // All tasks come at once, and before the first has ended
            arguments.add("--pawline.ingest.backlog.free-tasks=1000000000");
            HEAP_MEGABYTES.forEach((service, heap) -> services.add(
                    new ChartProcess(service, heap, ChartProcess.ALL_COMPILERS, setting.folder(), arguments)));
            awaitPort(ports.ingest());
            setting.journal().step("  ingest-service answers");
            Run run = new Run(tasks);
            frontEnd.expect(run);
            long began = System.nanoTime();
            AtomicBoolean over = new AtomicBoolean();
            Thread watch = Thread.ofPlatform().start(() -> watch(services, over));
            new Submitter(URI.create("http://127.0.0.1:" + ports.ingest()), frontEnd.photoUrl(), frontEnd.callbackUrl())
                    .postAtOnce(run);
            setting.journal().step("  all tasks are accepted");
            int notSucceeded = notSucceeded(run);
            over.set(true);
            watch.join();
            return findings(new Figures(
                    tasks,
                    SIDE,
                    picture.length,
                    services.stream().mapToInt(ChartProcess::deaths).sum(),
                    notSucceeded,
                    Math.round((System.nanoTime() - began) / 1e8) / 10.0,
                    services.stream()
                            .map(service -> new ServiceFigures(
                                    service.name(), service.heapMegabytes(), service.deaths(), service.peakMegabytes()))
                            .toList()));
        } finally {
            services.forEach(ChartProcess::close);
        }
    }

    private static BenchmarkRow.Findings findings(Figures figures) {
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, figures.deaths(), "deaths");
        BenchmarkRow.complain(wrong, figures.notSucceeded(), "tasks did not succeed");
        String summary = String.format(
                Locale.ROOT,
                "%,d tasks with pictures of %d x %d pixels (%.1f MB): %d deaths, %d did not succeed, %.0f s; peaks of"
                        + " resident memory %s",
                figures.tasks(),
                figures.side(),
                figures.side(),
                figures.pictureBytes() / 1e6,
                figures.deaths(),
                figures.notSucceeded(),
                figures.seconds(),
                figures.services().stream()
                        .map(service -> service.service() + " " + service.peakRssMb() + " MB")
                        .toList());
        return new BenchmarkRow.Findings(summary, figures, true, wrong);
    }

    private static void watch(List<ChartProcess> services, AtomicBoolean over) {
        while (!over.get()) {
            services.forEach(ChartProcess::look);
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static int notSucceeded(Run run) throws InterruptedException {
        try {
            run.await();
            return 0;
        } catch (IllegalStateException notAll) {
            return run.tasks() - run.succeeded();
        }
    }

    private static void awaitPort(int port) throws InterruptedException {
        long deadline = System.nanoTime() + START_WAIT.toNanos();
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("ingest-service did not start", notYet);
                }
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /** A cut-out as a drawing with some grain is: a disc of noise before a background that is not there. */
    private static byte[] picture() throws IOException {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_4BYTE_ABGR);
        Random random = new Random(1);
        long radius = SIDE / 2L - 100;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                long dx = x - SIDE / 2L;
                long dy = y - SIDE / 2L;
                if (dx * dx + dy * dy < radius * radius) {
                    int grain = random.nextInt(16);
                    image.setRGB(x, y, 0xFF000000 | (0xA0 + grain) << 16 | (0x70 + grain) << 8 | (0x40 + grain));
                }
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }
}
