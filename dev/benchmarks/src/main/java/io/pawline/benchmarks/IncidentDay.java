package io.pawline.benchmarks;

import io.pawline.simulator.Arrivals;
import io.pawline.simulator.Profile;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Scales the afternoon of the incident report, or a change of it, to fewer tasks and less time.
 *
 * @param tasks that people submit
 * @param scale how much faster time passes than in the report
 * @param scenario in what the afternoon is changed
 */
record IncidentDay(int tasks, double scale, IncidentScenario scenario) {

    static final int TASKS_OF_THE_REPORT = 49_263;

    private static final LocalTime BEGIN = LocalTime.of(13, 29);
    private static final Duration LAST_PEAK_ENDS = Duration.ofMinutes(147);
    private static final long SEED = 20250816;

    /** The afternoon as it was. */
    IncidentDay(int tasks, double scale) {
        this(tasks, scale, IncidentScenario.REPORT);
    }

    /** The simulator's profile; the capacity of its providers is scaled like the number of tasks. */
    Profile profile() {
        return scenario.profile().scaled(scale, share());
    }

    /** The profile of the second provider, scaled as the others are; empty if there is none. */
    Optional<Profile> second() {
        return scenario.second().map(profile -> profile.scaled(scale, share()));
    }

    /** The share of the report's tasks that this day has. */
    double share() {
        return (double) tasks / TASKS_OF_THE_REPORT;
    }

    /** Scales a number of things that the report's day had at once; 1 or more. */
    int part(int ofTheReport) {
        return (int) Math.max(1, Math.round(ofTheReport * share()));
    }

    Arrivals arrivals() {
        return profile().arrivals();
    }

    /** The moments at which the tasks are submitted, from the start, in real time. */
    List<Duration> moments() {
        return arrivals().moments(tasks, SEED);
    }

    /** Converts a time of the report into the time that passes on this machine. */
    Duration real(Duration inReport) {
        return Duration.ofNanos(Math.round(inReport.toNanos() / scale));
    }

    /** Converts a time that passed on this machine into the report's time, in seconds. */
    double inReport(Duration real) {
        return real.toNanos() / 1e9 * scale;
    }

    /** The end of the third peak, from the start, in real time. */
    Duration lastPeakEnds() {
        return real(LAST_PEAK_ENDS);
    }

    /** The time of day that the report's clock shows. */
    String clock(Duration realSinceStart) {
        return BEGIN.plusSeconds((long) inReport(realSinceStart))
                .format(DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT));
    }
}
