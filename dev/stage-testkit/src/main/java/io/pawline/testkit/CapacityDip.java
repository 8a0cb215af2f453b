package io.pawline.testkit;

import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.RetryPolicy;
import io.pawline.testkit.RealTimeProvider.Counts;
import io.pawline.testkit.RequestingFrontEnd.Patience;
import java.time.Duration;
import java.util.IntSummaryStatistics;
import java.util.OptionalDouble;

/** Halves the capacity of a provider for 60 s, while there is always work to do. */
public final class CapacityDip {

    private static final double WARM_UP = 60;
    private static final double BEFORE = 20;
    private static final double TO_FIND = 10;
    private static final double DIP = 60;

    /**
     * The limit has found the new capacity if it is above it by this share. With less, the provider would
     * wait for calls.
     */
    private static final double FOUND = 1.5;

    /**
     * Says what became of the limit and of the calls.
     *
     * @param limitBefore mean of the 20 s before
     * @param foundAfterS seconds until the limit was at most 1.5 times the new capacity; empty: never
     * @param limitInDip mean from the tenth second on
     * @param use of what the provider could have done in the dip, the share that was done and waited for
     * @param timedOut share of the calls of the dip
     */
    public record Figures(
            int capacityBefore,
            int capacityInDip,
            double limitBefore,
            OptionalDouble foundAfterS,
            double limitInDip,
            int calls,
            double use,
            double timedOut) {}

    private CapacityDip() {}

    /** Runs Pawline as it is, with the settings it has by default. */
    public static Figures withPawlinesPolicies(Scale scale) throws InterruptedException {
        return run(
                scale,
                pawline(scale)
                        .maxInFlight(64 * scale.slots() / Scale.FULL.slots())
                        .adaptiveLimit());
    }

    /** Runs as many calls at once as were right before the dip. */
    static Figures withAFixedLimit(Scale scale) throws InterruptedException {
        return run(scale, pawline(scale).maxInFlight(2 * scale.slots() * 5 / 4));
    }

    private static TestingStage pawline(Scale scale) {
        return TestingStage.on(TestingKafka.connection())
                .breaker(new BreakerPolicy(65, 60, scale.seconds(5), scale.seconds(60)))
                .retry(new RetryPolicy(6, Duration.ofHours(1), scale.seconds(1), scale.seconds(60)));
    }

    private static Figures run(Scale scale, TestingStage stage) throws InterruptedException {
        int full = 2 * scale.slots();
        RealTimeProvider provider = new RealTimeProvider(full, Integer.MAX_VALUE, scale.seconds(0.5));
        Duration patience = Duration.ofHours(1);
        try (LoadedStage loaded =
                new LoadedStage(stage, provider, scale.seconds(10), new Patience(patience, patience, 1))) {
            loaded.frontEnd.keep(10 * full);
            loaded.pass(scale.seconds(WARM_UP));
            IntSummaryStatistics before = new IntSummaryStatistics();
            loaded.pass(scale.seconds(BEFORE), before);
            Counts atHalving = provider.counts();
            provider.slots(scale.slots());
            OptionalDouble found = found(scale, loaded);
            IntSummaryStatistics inDip = new IntSummaryStatistics();
            loaded.pass(scale.seconds(DIP - TO_FIND), inDip);
            Counts dip = provider.counts().since(atHalving);
            return new Figures(
                    full,
                    scale.slots(),
                    before.getAverage(),
                    found,
                    inDip.getAverage(),
                    dip.calls(),
                    dip.use(),
                    dip.shareTimedOut());
        }
    }

    private static OptionalDouble found(Scale scale, LoadedStage loaded) throws InterruptedException {
        long[] first = {Long.MAX_VALUE};
        long halved = System.nanoTime();
        loaded.pass(scale.seconds(TO_FIND), limit -> {
            if (limit <= FOUND * scale.slots()) {
                first[0] = Math.min(first[0], System.nanoTime() - halved);
            }
        });
        return first[0] == Long.MAX_VALUE
                ? OptionalDouble.empty()
                : OptionalDouble.of(scale.unscaled(Duration.ofNanos(first[0])));
    }
}
