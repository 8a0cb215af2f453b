package io.pawline.benchmarks;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints a line for each step of a benchmark, with the time since its start. */
final class Journal {

    private final PrintStream out;
    private final long started = System.nanoTime();

    Journal(PrintStream out) {
        this.out = out;
    }

    void step(String text) {
        Duration since = Duration.ofNanos(System.nanoTime() - started);
        out.printf(Locale.ROOT, "%6.1f s  %s%n", since.toMillis() / 1_000.0, text);
    }
}
