package io.pawline.local;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Writes what the person at the launcher sees: one line a step, with the time since the start. */
final class Terminal {

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final long started = System.nanoTime();

    void line(String text) {
        out.println(text);
    }

    void step(String text) {
        Duration since = Duration.ofNanos(System.nanoTime() - started);
        out.printf("%6.1f s  %s%n", since.toMillis() / 1_000.0, text);
    }
}
