package io.pawline.benchmarks;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** What the person at the terminal is told while a benchmark runs: a line a step, with the time since the start. */
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
