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
 * @param causes of its bad results, and how many of each
 * @param verdict null: not yet
 * @param switchedOffAt when it was switched off because of the verdict; null: it was not
 * @param seenOff whether it was off at the last look
 */
record Canary(
        String stage,
        String provider,
        int round,
        double share,
        Instant beganAt,
        Instant lastAt,
        SequentialComparison results,
        Map<String, Integer> causes,
        Side own,
        Side others,
        @Nullable Verdict verdict,
        @Nullable Instant decidedAt,
        @Nullable String why,
        @Nullable Instant switchedOffAt,
        boolean seenOff) {

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

    Canary {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(results, "results");
        causes = Map.copyOf(causes);
    }

    /** Returns the same comparison with more results. */
    Canary judged(SequentialComparison more, Map<String, Integer> newCauses, Side ownCalls, Side othersCalls) {
        return new Canary(
                stage,
                provider,
                round,
                share,
                beganAt,
                lastAt,
                more,
                newCauses,
                ownCalls,
                othersCalls,
                verdict,
                decidedAt,
                why,
                switchedOffAt,
                seenOff);
    }

    /** Returns the same comparison with its verdict. */
    Canary decided(Verdict found, Instant moment, String because) {
        return new Canary(
                stage,
                provider,
                round,
                share,
                beganAt,
                lastAt,
                results,
                causes,
                own,
                others,
                found,
                moment,
                because,
                switchedOffAt,
                seenOff);
    }

    /** Returns the same comparison of a provider that was switched off at this moment. */
    Canary switchedOff(Instant moment) {
        return new Canary(
                stage, provider, round, share, beganAt, lastAt, results, causes, own, others, verdict, decidedAt, why,
                moment, seenOff);
    }

    /** Returns the same comparison of a provider that is off. */
    Canary off() {
        return new Canary(
                stage,
                provider,
                round,
                share,
                beganAt,
                lastAt,
                results,
                causes,
                own,
                others,
                verdict,
                decidedAt,
                why,
                switchedOffAt,
                true);
    }

    /** Returns a comparison that begins at this moment, with nothing of this one. */
    Canary anew(Instant moment) {
        return new Canary(
                stage,
                provider,
                round + 1,
                share,
                moment,
                lastAt,
                SequentialComparison.NEW,
                Map.of(),
                Side.NONE,
                Side.NONE,
                null,
                null,
                null,
                null,
                false);
    }
}
