package io.pawline.benchmarks;

import java.nio.file.Path;
import java.util.List;

/**
 * One row of the runtime benchmark.
 *
 * @param target what is to be reached, in words
 */
record BenchmarkRow(String name, String target, Measurement measurement) {

    /** As it is meant, or as small as can be. */
    enum Scale {
        FULL,
        SMALL;

        <T> T of(T full, T small) {
            return this == FULL ? full : small;
        }
    }

    /** @param folder of the row's own, which is deleted afterwards */
    record Setting(Scale scale, Path folder, Journal journal) {}

    /**
     * What was found.
     *
     * @param summary the figures in one line
     * @param figures as an object for JSON
     * @param reached whether the target is
     * @param wrong what went wrong with the work itself; with anything here, the benchmark fails
     */
    record Findings(String summary, Object figures, boolean reached, List<String> wrong) {
        Findings {
            wrong = List.copyOf(wrong);
        }
    }

    /** Does the work and looks at it. */
    @FunctionalInterface
    interface Measurement {
        Findings measure(Setting setting) throws Exception;
    }
}
