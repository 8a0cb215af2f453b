package io.pawline.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Uploads many large photos at once to an ingest-service with a small heap. Who is refused comes back when it was told to. */
final class UploadsRow {

    private static final int UPLOADS = 200;
    private static final int PHOTO_BYTES = 10_000_000;
    private static final int HEAP_MEGABYTES = 384;
    private static final int MOST_ROUNDS = 20;

    /** More of those who come back in time are not refused by chance. */
    private static final double MOST_REFUSED_AGAIN = 0.05;

    /** Of the 1,024 MB that the chart gives a pod. A child that decodes HEIC takes up to 230 MB beside that. */
    private static final int MOST_RESIDENT_MEGABYTES = 750;

    private static final String BOUNDARY = "edge";

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");
    private static final Pattern RETRY_AFTER = Pattern.compile("(?i)\r\nRetry-After: ([0-9]+)\r\n");

    /**
     * Holds what was measured.
     *
     * @param photoBytes of a photo, on average
     * @param refused answers with 503 and a time to retry
     * @param refusedAgain answers with 503 to clients who had waited for that time
     * @param mostRounds most requests of one client
     * @param peakRssMb most resident memory of ingest-service
     * @param left files of uploads that were not accepted, or are in no place of their own
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int uploads,
            long photoBytes,
            int heapMb,
            int accepted,
            int refused,
            int refusedAgain,
            int mostRounds,
            double seconds,
            long peakRssMb,
            boolean died,
            long left) {}

    private final IngestSite site;
    private final List<byte[]> photos;
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger refusedAgain = new AtomicInteger();
    private final AtomicInteger mostRounds = new AtomicInteger();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    private UploadsRow(IngestSite site, List<byte[]> photos) {
        this.site = site;
        this.photos = photos;
    }

    static BenchmarkRow.Findings atOnce(BenchmarkRow.Setting setting)
            throws IOException, InterruptedException, ExecutionException, SQLException {
        return measure(setting, List.of(BenchmarkPhotos.large(setting.scale().of(PHOTO_BYTES, 1_000_000))));
    }

    /** Photos of all formats and sizes, half of them turned. */
    static BenchmarkRow.Findings everyKind(BenchmarkRow.Setting setting)
            throws IOException, InterruptedException, ExecutionException, SQLException {
        return measure(setting, BenchmarkPhotos.everyKind(setting.scale() == BenchmarkRow.Scale.SMALL));
    }

    private static BenchmarkRow.Findings measure(BenchmarkRow.Setting setting, List<byte[]> photos)
            throws IOException, InterruptedException, ExecutionException, SQLException {
        int uploads = setting.scale().of(UPLOADS, 20);
        try (IngestSite site = new IngestSite(setting, HEAP_MEGABYTES, List.of())) {
            UploadsRow row = new UploadsRow(site, photos);
            long began = System.nanoTime();
            row.uploadAll(uploads);
            double seconds = Math.round((System.nanoTime() - began) / 1e8) / 10.0;
            Figures figures = new Figures(
                    uploads,
                    photos.stream().mapToLong(photo -> photo.length).sum() / photos.size(),
                    HEAP_MEGABYTES,
                    row.accepted.get(),
                    row.refused.get(),
                    row.refusedAgain.get(),
                    row.mostRounds.get(),
                    seconds,
                    site.peakMegabytes(),
                    !site.runs(),
                    row.filesLeft(site.images()));
            return findings(figures, site.query("select count(*) from task"), List.copyOf(row.wrong));
        }
    }

    private static BenchmarkRow.Findings findings(Figures figures, long kept, List<String> faults) {
        List<String> wrong = new ArrayList<>(faults);
        if (figures.died()) {
            wrong.add("ingest-service died");
        }
        BenchmarkRow.complain(wrong, figures.uploads() - figures.accepted(), "uploads never accepted");
        BenchmarkRow.complain(wrong, Math.abs(kept - figures.accepted()), "tasks more or less than accepted uploads");
        BenchmarkRow.complain(wrong, figures.left(), "files too many or too few");
        if (figures.refusedAgain() > figures.refused() * MOST_REFUSED_AGAIN) {
            wrong.add("%d of %d clients who came back in time were refused again"
                    .formatted(figures.refusedAgain(), figures.refused()));
        }
        String summary = String.format(
                Locale.ROOT,
                "%d uploads of %.1f MB at once, heap %d MB: all accepted in %.1f s, %d answers 503 with a time to retry, %d"
                        + " of them again after that time (at most %d requests each), peak of resident memory %d MB",
                figures.uploads(),
                figures.photoBytes() / 1e6,
                figures.heapMb(),
                figures.seconds(),
                figures.refused(),
                figures.refusedAgain(),
                figures.mostRounds(),
                figures.peakRssMb());
        boolean reached = wrong.isEmpty() && figures.peakRssMb() <= MOST_RESIDENT_MEGABYTES;
        return new BenchmarkRow.Findings(summary, figures, reached, wrong);
    }

    private void uploadAll(int uploads) throws InterruptedException, ExecutionException {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < uploads; i++) {
                String style = "ink " + i;
                byte[] photo = photos.get(i % photos.size());
                running.add(clients.submit(() -> {
                    uploadUntilAccepted(style, photo);
                    return null;
                }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        }
    }

    private void uploadUntilAccepted(String style, byte[] photo) throws InterruptedException {
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            int now = round;
            mostRounds.updateAndGet(most -> Math.max(most, now));
            String answer = upload(style, photo);
            Matcher status = STATUS.matcher(answer);
            int code = status.lookingAt() ? Integer.parseInt(status.group(1)) : 0;
            if (code == 202) {
                accepted.incrementAndGet();
                return;
            }
            Matcher retryAfter = RETRY_AFTER.matcher(answer);
            if ((code != 503 && code != 429) || !retryAfter.find()) {
                wrong.add("an upload was answered with: "
                        + answer.lines().findFirst().orElse("nothing"));
                return;
            }
            refused.incrementAndGet();
            if (round > 1) {
                refusedAgain.incrementAndGet();
            }
            TimeUnit.SECONDS.sleep(Long.parseLong(retryAfter.group(1)));
        }
    }

    private String upload(String style, byte[] photo) {
        byte[] before = """
                --%1$s\r
                Content-Disposition: form-data; name="style"\r
                \r
                %2$s\r
                --%1$s\r
                Content-Disposition: form-data; name="image"; filename="cat.jpg"\r
                \r
                """.formatted(BOUNDARY, style).getBytes(StandardCharsets.UTF_8);
        byte[] after = "\r\n--%s--\r\n".formatted(BOUNDARY).getBytes(StandardCharsets.UTF_8);
        String head = """
                POST /v1/tasks HTTP/1.1\r
                Host: localhost\r
                Connection: close\r
                Content-Type: multipart/form-data; boundary=%s\r
                Content-Length: %d\r
                \r
                """.formatted(BOUNDARY, before.length + photo.length + after.length);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
            socket.setSoTimeout((int) Duration.ofMinutes(3).toMillis());
            send(socket.getOutputStream(), head.getBytes(StandardCharsets.UTF_8), before, photo, after);
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "no answer: " + e.getMessage();
        }
    }

    /** Sends a request. If the service reads no more of it, its answer is there already. */
    private static void send(OutputStream out, byte[]... pieces) {
        try {
            for (byte[] piece : pieces) {
                out.write(piece);
            }
        } catch (IOException answeredBefore) {
            // What it answered is read next
        }
    }

    private long filesLeft(Path images) throws IOException {
        try (Stream<Path> files = Files.walk(images)) {
            return Math.abs(files.filter(Files::isRegularFile)
                            .filter(file -> !file.endsWith(".address-secret"))
                            .count()
                    - accepted.get());
        }
    }
}
