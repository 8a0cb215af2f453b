package io.pawline.ops.canary;

import java.util.Optional;

/**
 * Tests, result by result, whether a canary has more bad results than the others. It may be looked at after each result,
 * as often as anybody likes: a canary that is as good as the others is called worse with a probability of 1 % at most,
 * however many bad results are usual. Immutable.
 *
 * @param evidence natural logarithm of the evidence that the canary is worse
 * @param reassurance natural logarithm of the evidence that it is not worse by as much as matters
 * @param canary results of the canary that are in the evidence
 * @param others results of the others that are in the evidence
 * @param waitingCanary results of the canary that wait for results of the others
 * @param waitingOthers results of the others that wait for a result of the canary
 */
record SequentialComparison(
        double evidence, double reassurance, Tally canary, Tally others, Tally waitingCanary, Tally waitingOthers) {

    /*
     * The test multiplies e-values of blocks of results (Turner, Ly and Grünwald, Generic E-Variables for Exact Sequential
     * k-Sample Tests that allow for Optional Stopping, Journal of Statistical Planning and Inference 230, 2024,
     * https://arxiv.org/abs/2106.02693). A block has at least one result of the canary, and three times as many of
     * the others at least. Its e-value is the likelihood of its results if the shares of bad results are a and b, divided by their
     * likelihood if both are the mean of a and b, weighted by the numbers of results. If both shares are the same, or the
     * canary's is smaller, the expected e-value is 1 at most, whatever the shares are. So the product is above 125 with a
     * probability of 0.8 % at most, ever (Ville's inequality). Neither the usual share of bad results nor the number of
     * tasks has to be known beforehand.
     *
     * b is what the others had so far, and a is WORSE_BY above it, both set before the block is seen.
     *
     * A canary is as good if it is not worse by WORSE_BY. That is Wald's sequential probability ratio test of its own
     * results, a against b (Sequential Tests of Statistical Hypotheses, 1945, https://doi.org/10.1214/aoms/1177731118):
     * the others have so many more results that b counts as known. The e-values above would not do. Where nothing is bad
     * on either side, they say nothing. SequentialComparisonTest plays all this thousands of times.
     *
     * Rejected:
     * - A test with a fixed number of tasks that is looked at early: its false alarms add up with each look.
     * - Wald's test with shares that are set beforehand: where 3 % are usual and 1 % was set, it calls a good canary worse.
     * - A test that looks at bad results alone, and whose they are: it needs 7 of the canary at least, for it does not use
     *   how many results were good.
     */

    /** Holds numbers of results. */
    record Tally(int results, int bad) {
        static final Tally NONE = new Tally(0, 0);

        Tally {
            if (bad < 0 || bad > results) {
                throw new IllegalArgumentException("bad results must be from 0 to %d, was %d".formatted(results, bad));
            }
        }

        Tally and(Tally more) {
            return new Tally(results + more.results, bad + more.bad);
        }

        Tally and(boolean isBad) {
            return new Tally(results + 1, bad + (isBad ? 1 : 0));
        }

        /** Returns the logarithm of the likelihood of these results in this order. */
        double logLikelihood(double share) {
            return bad * Math.log(share) + (results - bad) * Math.log1p(-share);
        }
    }

    /** Says what the results show. */
    enum Verdict {
        /** The canary has more bad results. */
        WORSE,
        /** The canary does not have as many more bad results as matter. */
        AS_GOOD
    }

    /** A test without results. */
    static final SequentialComparison NEW =
            new SequentialComparison(0, 0, Tally.NONE, Tally.NONE, Tally.NONE, Tally.NONE);

    /** At most this share of the good canaries is called worse. */
    static final double FALSE_ALARMS = 0.008;

    /** About this share of the canaries that are worse by {@link #WORSE_BY} is called good. */
    static final double MISSED = 0.002;

    /** So much more of a canary's results must be bad for it to matter. */
    static final double WORSE_BY = 0.05;

    private static final double WORSE = -Math.log(FALSE_ALARMS);
    private static final double AS_GOOD = -Math.log(MISSED);

    /** Before there are results, 1 of 100 results of the others counts as bad. */
    private static final Tally BEFORE = new Tally(100, 1);

    private static final double MOST = 0.99;

    /** A block has so many results of the others for each of the canary, at least: fewer say little. */
    private static final int OTHERS_FOR_EACH = 3;

    /** Returns the test with one more result of the canary. */
    SequentialComparison withCanary(boolean bad) {
        return new SequentialComparison(evidence, reassurance, canary, others, waitingCanary.and(bad), waitingOthers)
                .closeBlock();
    }

    /** Returns the test with one more result of the others. */
    SequentialComparison withOther(boolean bad) {
        return new SequentialComparison(evidence, reassurance, canary, others, waitingCanary, waitingOthers.and(bad))
                .closeBlock();
    }

    /** Puts what waits into the evidence, if there is enough of both. Whether it does depends on numbers, not on results. */
    private SequentialComparison closeBlock() {
        if (waitingCanary.results() == 0 || waitingOthers.results() < OTHERS_FOR_EACH * waitingCanary.results()) {
            return this;
        }
        Tally usual = others.and(BEFORE);
        double ofOthers = Math.min(MOST - WORSE_BY, (double) usual.bad() / usual.results());
        double ofCanary = ofOthers + WORSE_BY;
        int all = waitingCanary.results() + waitingOthers.results();
        double same = (waitingCanary.results() * ofCanary + waitingOthers.results() * ofOthers) / all;
        double block = waitingCanary.logLikelihood(ofCanary)
                + waitingOthers.logLikelihood(ofOthers)
                - waitingCanary.and(waitingOthers).logLikelihood(same);
        double good = waitingCanary.logLikelihood(ofOthers) - waitingCanary.logLikelihood(ofCanary);
        return new SequentialComparison(
                evidence + block,
                reassurance + good,
                canary.and(waitingCanary),
                others.and(waitingOthers),
                Tally.NONE,
                Tally.NONE);
    }

    /** Returns what the results show; empty: not enough yet. */
    Optional<Verdict> verdict() {
        if (evidence >= WORSE) {
            return Optional.of(Verdict.WORSE);
        }
        return reassurance >= AS_GOOD ? Optional.of(Verdict.AS_GOOD) : Optional.empty();
    }
}
