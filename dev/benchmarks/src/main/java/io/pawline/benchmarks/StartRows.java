package io.pawline.benchmarks;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Starts the whole system as a user does, in turns with its class cache and without. */
final class StartRows {

    static final long MOST_MS = 6_000;

    private static final int ROUNDS = 5;

    private StartRows() {}

    /**
     * Holds how long the starts took, in milliseconds and in the order in which they were measured.
     *
     * @param cacheMb what the cache takes on the disk
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Starts(
            long withCacheMs,
            long withoutCacheMs,
            List<Long> allWithCacheMs,
            List<Long> allWithoutCacheMs,
            long cacheMb) {

        static Starts of(List<Long> with, List<Long> without, long cacheMb) {
            return new Starts(median(with), median(without), List.copyOf(with), List.copyOf(without), cacheMb);
        }

        String summary() {
            return String.format(
                    Locale.ROOT,
                    "ready after %,d ms with the class cache of %d MB, %,d ms without (medians of %d)",
                    withCacheMs,
                    cacheMb,
                    withoutCacheMs,
                    allWithCacheMs.size());
        }

        private static long median(List<Long> times) {
            return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
        }
    }

    /** Starts on an empty folder each time. */
    static BenchmarkRow.Findings first(BenchmarkRow.Setting setting) throws IOException, InterruptedException {
        return measured(setting, start -> setting.folder().resolve("first-" + start));
    }

    /** Starts on the same folder each time, which has the data of the starts before. */
    static BenchmarkRow.Findings next(BenchmarkRow.Setting setting) throws IOException, InterruptedException {
        Path data = setting.folder().resolve("data");
        LocalStart.of(ProjectFiles.launcher()).untilReady(data);
        return measured(setting, _ -> data);
    }

    /** Names the data folder of a start, by its number. */
    @FunctionalInterface
    private interface Folders {
        Path of(int start);
    }

    private static BenchmarkRow.Findings measured(BenchmarkRow.Setting setting, Folders folders)
            throws IOException, InterruptedException {
        Path cache = ProjectFiles.root().resolve("dev/local-stack/target/classes.aot");
        if (!Files.exists(cache)) {
            throw new IllegalStateException("there is no class cache; ./pawline build makes it");
        }
        LocalStart with = LocalStart.of(ProjectFiles.launcher());
        LocalStart without = with.withClassCache(setting.folder().resolve("none"));
        List<Long> withCache = new ArrayList<>();
        List<Long> withoutCache = new ArrayList<>();
        int starts = 0;
        for (int round = 0; round < setting.scale().of(ROUNDS, 1); round++) {
            withCache.add(with.untilReady(folders.of(starts++)).toMillis());
            withoutCache.add(without.untilReady(folders.of(starts++)).toMillis());
            setting.journal()
                    .step("  with the cache %d ms, without %d ms"
                            .formatted(withCache.getLast(), withoutCache.getLast()));
        }
        Starts figures = Starts.of(withCache, withoutCache, Files.size(cache) >> 20);
        return new BenchmarkRow.Findings(figures.summary(), figures, figures.withCacheMs() <= MOST_MS, List.of());
    }
}
