package io.pawline.simulator;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One provider's behaviour over time. */
record ProviderProfile(Conditions usual, List<Window> windows, List<Rule> rules) {
    ProviderProfile {
        windows = List.copyOf(windows);
        rules = List.copyOf(rules);
    }

    /** Other conditions from one moment to another, counted from the start; {@code to} null: for good. */
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
     * A certain answer to certain calls.
     *
     * @param text what the call's text must contain, in any case of letters
     * @param first the answer is given to so many calls on the same matter, then no more
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

    /** The same in less time, with so much of its capacity. */
    ProviderProfile scaled(double faster, double share) {
        return new ProviderProfile(
                usual.scaled(faster, share),
                windows.stream().map(window -> window.scaled(faster, share)).toList(),
                rules);
    }

    /** What holds so long after the start: the last window that is open, else the usual. */
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
