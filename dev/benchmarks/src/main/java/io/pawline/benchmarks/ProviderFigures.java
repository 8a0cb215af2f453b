package io.pawline.benchmarks;

import io.pawline.testkit.CapacityDip;
import io.pawline.testkit.PlainFailures;
import io.pawline.testkit.ProviderOutage;
import java.util.Locale;
import java.util.OptionalDouble;

/** Writes in words how a stage copes with its provider's troubles. */
final class ProviderFigures {

    private ProviderFigures() {}

    static String line(CapacityDip.Figures figures) {
        return String.format(
                Locale.ROOT,
                """
                provider capacity halves, %d to %d slots, for 60 s:
                  limit %.1f before, near the new capacity after %s, %.1f from then on   (to reach: 10 s)
                  used of what the provider could do     %6.1f %%                    (to reach: 90 %%)
                  calls that timed out, of %,6d         %6.1f %%                    (to reach: less than 5 %%)
                """,
                figures.capacityBefore(),
                figures.capacityInDip(),
                figures.limitBefore(),
                seconds(figures.foundAfterS()),
                figures.limitInDip(),
                100 * figures.use(),
                figures.calls(),
                100 * figures.timedOut());
    }

    static String line(PlainFailures.Figures figures) {
        return String.format(
                Locale.ROOT,
                """
                %.1f %% of %,d calls fail, for no reason of load:
                  limit %.1f before (least %d), %.1f while they fail (least %d)
                  calls by tasks                         %6.2f                      (to reach: 1.6)
                  tasks that succeed                     %6.1f %%
                """,
                100 * figures.failed(),
                figures.calls(),
                figures.limitBefore(),
                figures.leastLimitBefore(),
                figures.limit(),
                figures.leastLimit(),
                figures.amplification(),
                100 * figures.succeeded());
    }

    static String line(String policies, ProviderOutage.Figures figures) {
        return String.format(
                Locale.ROOT,
                """
                the provider answers nothing for %.0f s, %s:
                  it could do %.1f calls a second; requested are %.1f a second, in the outage %.1f, each up to three times
                  answered in time: before %.1f %%, in the outage %.1f %%, twice its length after its end %.1f %%
                  at 95 %% again and from then on          %s                     (to reach: %.0f s)
                  calls by success                       %6.2f
                """,
                figures.outageS(),
                policies,
                figures.capacityPerS(),
                figures.offeredPerS(),
                figures.offeredInOutagePerS(),
                100 * figures.goodputBefore(),
                100 * figures.goodputInOutage(),
                100 * figures.goodputAfterTwiceTheOutage(),
                seconds(figures.recoveredAfterS()),
                2 * figures.outageS(),
                figures.callsPerSuccess());
    }

    private static String seconds(OptionalDouble time) {
        return time.isPresent() ? String.format(Locale.ROOT, "%.1f s", time.getAsDouble()) : "never";
    }
}
