package io.pawline.cli.check;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the clocks of servers with that of this machine. Deadlines, cool-downs and the expiry of keys are instants
 * that one machine writes and others compare with their own clocks.
 */
public final class Clocks {

    /** Exceeds what HTTP's whole seconds and a slow network can feign. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    private final List<Finding> findings = new ArrayList<>();

    /**
     * Takes note of a server's clock.
     *
     * @param asked when the server was asked
     * @param answered when its answer was there
     * @param reported the time in its answer
     */
    void note(String where, Instant asked, Instant answered, Instant reported) {
        Duration early = Duration.between(reported, asked);
        Duration late = Duration.between(answered, reported);
        Duration off = early.compareTo(late) > 0 ? early : late;
        String differs = "differs from this machine's by %.1f s".formatted(Math.max(0, off.toMillis()) / 1_000.0);
        findings.add(
                off.compareTo(TOLERANCE) > 0
                        ? Finding.fail("clock", where, differs, "let NTP set both clocks")
                        : Finding.ok("clock", where, differs));
    }

    /** Returns what was found of all clocks noted. */
    public List<Finding> findings() {
        return findings.isEmpty()
                ? List.of(Finding.skipped("clock", "-", "no server has sent its time", ""))
                : List.copyOf(findings);
    }
}
