package io.pawline.testkit;

import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.RetryPolicy;
import io.pawline.testkit.RequestingFrontEnd.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Runs a provider that answers nothing for 60 s. Its users then request 1.5 times what it could do if it were well, and
 * each request without an answer is made again. Before and afterwards they request far less than it can do. So the
 * overload goes away by itself, if it is not kept alive by calls that are of no use any more.
 */
public final class ProviderOutage {

    private static final double LOAD_IN_OUTAGE = 1.5;
    private static final double BEFORE = 30;
    private static final double OUTAGE = 60;
    private static final double INTERVAL = 5;
    private static final double THEN = 20;
    private static final double PATIENCE = 20;
    private static final double GOOD = 0.95;

    /**
     * Says what became of the requests. Goodput is the share of the requests made in some time that were answered
     * before they would have been made again.
     *
     * @param recoveredAfterS seconds from the end of the outage to the start of the first 5 s from which on goodput
     *     stayed at 95 % or more; empty: not within twice the outage
     * @param goodputAfterTwiceTheOutage of the 20 s that begin twice the outage after its end
     * @param callsPerSuccess of the whole run
     * @param goodputAfterOutage of each 5 s since the end of the outage
     */
    public record Figures(
            double capacityPerS,
            double offeredPerS,
            double offeredInOutagePerS,
            double outageS,
            double goodputBefore,
            double goodputInOutage,
            OptionalDouble recoveredAfterS,
            double goodputAfterTwiceTheOutage,
            double callsPerSuccess,
            List<Double> goodputAfterOutage) {}

    private ProviderOutage() {}

    /**
     * Runs Pawline as it is, with the settings it has by default. Before and after the outage, the load is 0.6 times
     * what the provider can do.
     */
    public static Figures withPawlinesPolicies(Scale scale) throws InterruptedException {
        return run(
                scale,
                TestingStage.on(TestingKafka.connection())
                        .maxInFlight(64)
                        .adaptiveLimit()
                        .breaker(new BreakerPolicy(65, 60, scale.seconds(5), scale.seconds(60)))
                        .retry(new RetryPolicy(6, Duration.ofHours(1), scale.seconds(1), scale.seconds(60))),
                scale.seconds(5),
                0.6);
    }

    /**
     * Runs the old system: as many calls at once as there are workers, given up on soon, and made again at once. Its
     * load is 0.4 times what the provider can do. That is less than Pawline can handle, and so little that no hiccup of
     * the machine begins the overload before the outage does.
     */
    public static Figures withImpatientPolicies(Scale scale) throws InterruptedException {
        return run(
                scale,
                TestingStage.on(TestingKafka.connection())
                        .maxInFlight(5 * scale.slots())
                        .retryShare(0.9)
                        .retry(new RetryPolicy(4, Duration.ofHours(1), Duration.ofMillis(1), Duration.ofMillis(1))),
                scale.seconds(1),
                0.4);
    }

    private static Figures run(Scale scale, TestingStage stage, Duration callTimeout, double load)
            throws InterruptedException {
        RealTimeProvider provider = new RealTimeProvider(scale.slots(), 10 * scale.slots(), scale.seconds(0.5));
        double capacity = provider.perSecond(scale.slots());
        Patience patience = new Patience(scale.seconds(15), scale.seconds(PATIENCE), 3);
        try (LoadedStage loaded = new LoadedStage(stage, provider, callTimeout, patience)) {
            RequestingFrontEnd frontEnd = loaded.frontEnd;
            Duration start = frontEnd.age();
            int succeededBefore = frontEnd.succeeded();
            int callsBefore = provider.counts().calls();
            frontEnd.rate(load * capacity);
            loaded.pass(scale.seconds(BEFORE));
            Duration outage = frontEnd.age();
            provider.slots(0);
            frontEnd.rate(LOAD_IN_OUTAGE * capacity);
            loaded.pass(scale.seconds(OUTAGE));
            Duration end = frontEnd.age();
            provider.slots(scale.slots());
            frontEnd.rate(load * capacity);
            loaded.pass(scale.seconds(2 * OUTAGE + THEN + PATIENCE));
            List<Double> after = new ArrayList<>();
            for (int i = 0; i * INTERVAL < 2 * OUTAGE + THEN; i++) {
                after.add(frontEnd.goodput(
                        end.plus(scale.seconds(i * INTERVAL)), end.plus(scale.seconds((i + 1) * INTERVAL))));
            }
            return new Figures(
                    capacity,
                    load * capacity,
                    LOAD_IN_OUTAGE * capacity,
                    OUTAGE,
                    frontEnd.goodput(start, outage),
                    frontEnd.goodput(outage, end),
                    recovered(after),
                    frontEnd.goodput(end.plus(scale.seconds(2 * OUTAGE)), end.plus(scale.seconds(2 * OUTAGE + THEN))),
                    (double) (provider.counts().calls() - callsBefore)
                            / Math.max(1, frontEnd.succeeded() - succeededBefore),
                    after);
        }
    }

    private static OptionalDouble recovered(List<Double> goodput) {
        int good = goodput.size();
        while (good > 0 && goodput.get(good - 1) >= GOOD) {
            good--;
        }
        return good * INTERVAL <= 2 * OUTAGE ? OptionalDouble.of(good * INTERVAL) : OptionalDouble.empty();
    }
}
