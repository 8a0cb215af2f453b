package io.pawline.benchmarks;

import java.nio.file.Path;
import java.util.List;

/**
 * Describes one measurement of a benchmark, with the target that it has to reach.
 *
 * @param name as the option {@code --rows} takes it
 * @param target what has to be reached, in words
 */
record BenchmarkRow(String name, String target, Measurement measurement) {

    /** A row is measured in full, or as small as possible, which only shows that it works. */
    enum Scale {
        FULL,
        SMALL;

        <T> T of(T full, T small) {
            return this == FULL ? full : small;
        }
    }

    /** @param folder for this row alone; it is deleted afterwards */
    record Setting(Scale scale, Path folder, Journal journal) {}

    /**
     * Holds what a measurement has found.
     *
     * @param summary the figures in one line
     * @param figures as an object for JSON
     * @param reached whether the target was reached
     * @param wrong what went wrong with the work itself; the benchmark fails if there is anything
     */
    record Findings(String summary, Object figures, boolean reached, List<String> wrong) {
        Findings {
            wrong = List.copyOf(wrong);
        }
    }

    /** Adds to what went wrong how often this did, if it did. */
    static void complain(List<String> wrong, long count, String what) {
        if (count > 0) {
            wrong.add(count + " " + what);
        }
    }

    /** Does the work and measures it. */
    @FunctionalInterface
    interface Measurement {
        Findings measure(Setting setting) throws Exception;
    }
}
