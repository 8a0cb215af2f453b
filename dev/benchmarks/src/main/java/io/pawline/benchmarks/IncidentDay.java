package io.pawline.benchmarks;

import io.pawline.simulator.Arrivals;
import io.pawline.simulator.Profile;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The report's afternoon in other proportions.
 *
 * @param tasks that people ask for
 * @param scale how much faster time passes than in the report
 */
record IncidentDay(int tasks, double scale) {

    static final int TASKS_OF_THE_REPORT = 49_263;

    private static final LocalTime BEGIN = LocalTime.of(13, 29);
    private static final Duration LAST_PEAK_ENDS = Duration.ofMinutes(147);
    private static final long SEED = 20250816;

    /** The simulator's profile, with as much of the providers' capacity as there are of the report's tasks. */
    Profile profile() {
        return Profile.bundled("incident").scaled(scale, share());
    }

    /** Of the report's tasks. */
    double share() {
        return (double) tasks / TASKS_OF_THE_REPORT;
    }

    /** So many things at once, when the report's day had so many. */
    int part(int ofTheReport) {
        return (int) Math.max(1, Math.round(ofTheReport * share()));
    }

    Arrivals arrivals() {
        return profile().arrivals();
    }

    /** When each task is asked for, from the start, in real time. */
    List<Duration> moments() {
        return arrivals().moments(tasks, SEED);
    }

    /** What passes on this machine while so much passes in the report. */
    Duration real(Duration inReport) {
        return Duration.ofNanos(Math.round(inReport.toNanos() / scale));
    }

    /** What passes in the report while so much passes on this machine, in seconds. */
    double inReport(Duration real) {
        return real.toNanos() / 1e9 * scale;
    }

    /** The end of the third peak, from the start, in real time. */
    Duration lastPeakEnds() {
        return real(LAST_PEAK_ENDS);
    }

    /** What the clock showed in the report. */
    String clock(Duration realSinceStart) {
        return BEGIN.plusSeconds((long) inReport(realSinceStart))
                .format(DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT));
    }
}
