package io.pawline.simulator;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes how one provider behaves over time. */
record ProviderProfile(Conditions usual, List<Window> windows, List<Rule> rules) {
    ProviderProfile {
        windows = List.copyOf(windows);
        rules = List.copyOf(rules);
    }

    /** A window of time, counted from the start, with conditions of its own; {@code to} null: it never ends. */
    record Window(Duration from, @Nullable Duration to, Conditions conditions) {
        Window {
            if (from.isNegative()) {
                throw new IllegalArgumentException("a window's from must be >= 0, was " + from);
            }
            if (to != null && to.compareTo(from) <= 0) {
                throw new IllegalArgumentException("a window's to must be later than its from, was " + to);
            }
        }

        Window scaled(double faster, double share) {
            return new Window(
                    Times.faster(from, faster),
                    to == null ? null : Times.faster(to, faster),
                    conditions.scaled(faster, share));
        }

        boolean holdsAt(Duration sinceStart) {
            return sinceStart.compareTo(from) >= 0 && (to == null || sinceStart.compareTo(to) < 0);
        }
    }

    /**
     * A rule gives a certain answer to certain calls.
     *
     * @param text what the call's text must contain, in upper or lower case
     * @param first the number of calls on the same matter that get the answer; later ones do not
     */
    record Rule(String text, int first, Fault answer) {
        Rule {
            if (text.isBlank()) {
                throw new IllegalArgumentException("when-text-contains must not be blank");
            }
            if (first < 1) {
                throw new IllegalArgumentException("first must be > 0, was " + first);
            }
        }
    }

    /** The same profile, faster, with a share of its capacity. */
    ProviderProfile scaled(double faster, double share) {
        return new ProviderProfile(
                usual.scaled(faster, share),
                windows.stream().map(window -> window.scaled(faster, share)).toList(),
                rules);
    }

    /** The conditions at this time after the start: those of the last window that is open, or else the usual ones. */
    Conditions at(Duration sinceStart) {
        Conditions now = usual;
        for (Window window : windows) {
            if (window.holdsAt(sinceStart)) {
                now = window.conditions();
            }
        }
        return now;
    }
}
