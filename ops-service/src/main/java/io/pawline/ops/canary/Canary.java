package io.pawline.ops.canary;

import io.pawline.ops.canary.SequentialComparison.Verdict;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds the comparison of a new provider with the others of its stage.
 *
 * @param round one more each time that the provider was switched on again
 * @param share of the tasks that go to it first
 * @param lastAt when a call of either side ended last
 * @param decision null: not yet
 */
record Canary(
        String stage,
        String provider,
        int round,
        double share,
        Instant beganAt,
        Instant lastAt,
        Counts counts,
        @Nullable Decision decision,
        SwitchedOff switchedOff) {

    /**
     * Says how long the calls of one side take, and what they cost.
     *
     * @param calls that these figures are of
     * @param p95Millis 95th percentile of the first calls that succeeded; null: there are none
     * @param costMicros mean of a task's calls in the stage, in millionths; null: there are none
     */
    record Side(
            int calls, @Nullable Long p95Millis, @Nullable Long costMicros) {
        static final Side NONE = new Side(0, null, null);
    }

    /**
     * Holds what was counted so far.
     *
     * @param causes of the provider's bad results, and how many of each
     */
    record Counts(SequentialComparison results, Map<String, Integer> causes, Side own, Side others) {
        static final Counts NONE = new Counts(SequentialComparison.NEW, Map.of(), Side.NONE, Side.NONE);

        Counts {
            Objects.requireNonNull(results, "results");
            causes = Map.copyOf(causes);
        }
    }

    /**
     * Holds the verdict.
     *
     * @param why the numbers in a sentence
     */
    record Decision(Verdict verdict, Instant at, String why) {
        Decision {
            Objects.requireNonNull(verdict, "verdict");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(why, "why");
        }
    }

    /**
     * Says whether the provider is off.
     *
     * @param at when it was switched off because of the verdict; null: it was not
     * @param seen whether it was off at the last look, whoever did it
     */
    record SwitchedOff(@Nullable Instant at, boolean seen) {
        static final SwitchedOff NOT = new SwitchedOff(null, false);
    }

    Canary {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(switchedOff, "switchedOff");
    }

    /** Returns the same comparison with more results. */
    Canary judged(Counts more) {
        return with(more, decision, switchedOff);
    }

    /** Returns the same comparison with its verdict. */
    Canary decided(Decision found) {
        return with(counts, found, switchedOff);
    }

    /** Returns the same comparison of a provider that was switched off at this moment. */
    Canary switchedOff(Instant moment) {
        return with(counts, decision, new SwitchedOff(moment, switchedOff.seen()));
    }

    /** Returns the same comparison of a provider that is off. */
    Canary off() {
        return with(counts, decision, new SwitchedOff(switchedOff.at(), true));
    }

    private Canary with(Counts counted, @Nullable Decision decided, SwitchedOff off) {
        return new Canary(stage, provider, round, share, beganAt, lastAt, counted, decided, off);
    }

    /** Returns a comparison that begins at this moment, with nothing of this one. */
    Canary anew(Instant moment) {
        return new Canary(stage, provider, round + 1, share, moment, lastAt, Counts.NONE, null, SwitchedOff.NOT);
    }
}
