package io.pawline.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.pawline.photos.PhotoNormaliser;
import io.pawline.photos.PhotoProperties;
import io.pawline.photos.PhotoResult;
import io.pawline.photos.WorkingMemory;
import io.pawline.testkit.MutatedPhotos;
import io.pawline.testkit.PhotoSamples;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures what normalising a photo costs, and tries photos that were changed at random. */
final class PhotoRows {

    private static final double MOST_CPU_MS = 250;
    private static final double MOST_SMALL_MS = 1;

    private PhotoRows() {}

    /**
     * Holds what normalising costs.
     *
     * @param largeCpuMs processor time of a JPEG of 12 million pixels that has to be turned
     * @param smallCpuMs processor time of a JPEG of 1,200 x 900 pixels that is only freed of its metadata
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Times(double largeCpuMs, double smallCpuMs, int largeBytes, int smallBytes) {}

    /** Holds how many changed photos became pictures, and how many were refused. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Mutations(String format, int pictures, int refused, double seconds) {}

    static BenchmarkRow.Findings times(BenchmarkRow.Setting setting) throws InterruptedException {
        PhotoNormaliser normaliser = new PhotoNormaliser(PhotoProperties.DEFAULTS);
        byte[] large = BenchmarkPhotos.ofAPhone();
        byte[] small = PhotoSamples.withMetadata(
                PhotoSamples.jpeg(BenchmarkPhotos.picture(1200, 900), /* quality= */ 0.85f, false), 1);
        int rounds = setting.scale().of(40, 2);
        normalise(normaliser, large, rounds / 2);
        normalise(normaliser, small, rounds * 20);
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpu = system.getProcessCpuTime();
        int largeBytes = normalise(normaliser, large, rounds);
        double largeMs = (system.getProcessCpuTime() - cpu) / 1e6 / rounds;
        // Nothing is decoded, so all of it is on this thread
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long began = threads.getCurrentThreadCpuTime();
        int smallBytes = normalise(normaliser, small, rounds * 100);
        double smallMs = (threads.getCurrentThreadCpuTime() - began) / 1e6 / (rounds * 100);
        Times figures = new Times(rounded(largeMs), rounded(smallMs), largeBytes, smallBytes);
        String summary = String.format(
                Locale.ROOT,
                "a JPEG of 12 megapixels %.0f ms of CPU, becomes %d KB; a small one of %d KB %.2f ms of CPU",
                largeMs,
                largeBytes / 1000,
                smallBytes / 1000,
                smallMs);
        return new BenchmarkRow.Findings(
                summary, figures, largeMs <= MOST_CPU_MS && smallMs <= MOST_SMALL_MS, List.of());
    }

    private static double rounded(double milliseconds) {
        return Math.round(milliseconds * 100) / 100.0;
    }

    private static int normalise(PhotoNormaliser normaliser, byte[] photo, int rounds) throws InterruptedException {
        int bytes = 0;
        for (int round = 0; round < rounds; round++) {
            PhotoResult result = normaliser.normalise(ByteBuffer.wrap(photo), memory());
            bytes = result instanceof PhotoResult.Normalised normalised ? normalised.bytes().length : 0;
        }
        return bytes;
    }

    private static WorkingMemory memory() {
        return WorkingMemory.ofHeap(_ -> () -> {});
    }

    /**
     * Tries changed photos of each format, on all processors: HEIC and AVIF start a program for each.
     *
     * @param mutations of each format
     */
    static BenchmarkRow.Findings mutated(BenchmarkRow.Setting setting, int mutations) throws Exception {
        List<Mutations> figures = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (MutatedPhotos.Kind kind : MutatedPhotos.Kind.values()) {
            long began = System.nanoTime();
            int pictures = pictures(kind, setting.scale().of(mutations, 20), wrong);
            double seconds = Math.round((System.nanoTime() - began) / 1e8) / 10.0;
            figures.add(new Mutations(kind.name(), pictures, setting.scale().of(mutations, 20) - pictures, seconds));
            setting.journal().step("  " + figures.getLast());
        }
        String summary = "%,d changed photos of each of %d formats: pictures or refusals, %d failures"
                .formatted(setting.scale().of(mutations, 20), figures.size(), wrong.size());
        return new BenchmarkRow.Findings(summary, figures, wrong.isEmpty(), wrong);
    }

    /** The number of changed photos that became pictures. Each processor has a normaliser of its own. */
    private static int pictures(MutatedPhotos.Kind kind, int mutations, List<String> wrong) throws Exception {
        List<byte[]> photos = kind.seeds();
        int processors = Runtime.getRuntime().availableProcessors();
        List<Callable<Integer>> parts = new ArrayList<>();
        List<String> escaped = new CopyOnWriteArrayList<>();
        for (int part = 0; part < processors; part++) {
            int first = part;
            parts.add(() -> {
                PhotoNormaliser normaliser = new PhotoNormaliser(PhotoProperties.DEFAULTS);
                int pictures = 0;
                for (int seed = first; seed < mutations; seed += processors) {
                    try {
                        ByteBuffer photo = ByteBuffer.wrap(MutatedPhotos.mutated(photos, seed));
                        pictures += normaliser.normalise(photo, memory()) instanceof PhotoResult.Normalised ? 1 : 0;
                    } catch (RuntimeException | Error failure) {
                        escaped.add(kind + " " + seed + ": " + failure);
                    }
                }
                return pictures;
            });
        }
        int pictures = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(processors)) {
            for (Future<Integer> part : threads.invokeAll(parts)) {
                pictures += part.get();
            }
        }
        wrong.addAll(escaped);
        return pictures;
    }
}
