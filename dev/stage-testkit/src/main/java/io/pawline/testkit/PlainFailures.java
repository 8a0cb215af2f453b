package io.pawline.testkit;

import static org.awaitility.Awaitility.await;

import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.RetryPolicy;
import io.pawline.testkit.RealTimeProvider.Counts;
import io.pawline.testkit.RequestingFrontEnd.Patience;
import java.time.Duration;
import java.util.IntSummaryStatistics;

/** Runs a provider that can handle all calls, and fails 34 of 100 of them for reasons of its own, for 60 s. */
public final class PlainFailures {

    private static final double SHARE = 0.34;
    private static final double BEFORE = 30;
    private static final double TIME = 60;

    /**
     * Says what became of the limit and of the tasks.
     *
     * @param mostLimit the highest that it may be
     * @param limitBefore mean of the 30 s before
     * @param leastLimitBefore of the 30 s before
     * @param limit mean of the time in which calls failed
     * @param leastLimit of the time in which calls failed
     * @param amplification calls by tasks, of all tasks begun since calls failed
     * @param succeeded share of these tasks
     */
    public record Figures(
            int mostLimit,
            double limitBefore,
            int leastLimitBefore,
            double limit,
            int leastLimit,
            int calls,
            double failed,
            int tasks,
            double amplification,
            double succeeded) {}

    private PlainFailures() {}

    /** Runs Pawline as it is, with the settings it has by default. */
    public static Figures withPawlinesPolicies(Scale scale) throws InterruptedException {
        int most = 2 * scale.slots();
        TestingStage stage = TestingStage.on(TestingKafka.connection())
                .maxInFlight(most)
                .adaptiveLimit()
                .breaker(new BreakerPolicy(65, 60, scale.seconds(5), scale.seconds(60)))
                .retry(new RetryPolicy(6, Duration.ofHours(1), scale.seconds(1), scale.seconds(60)));
        RealTimeProvider provider = new RealTimeProvider(2 * most, Integer.MAX_VALUE, scale.seconds(0.5));
        Duration patience = Duration.ofHours(1);
        try (LoadedStage loaded =
                new LoadedStage(stage, provider, scale.seconds(10), new Patience(patience, patience, 1))) {
            RequestingFrontEnd frontEnd = loaded.frontEnd;
            frontEnd.keep(5 * most);
            await().atMost(Duration.ofMinutes(1)).until(() -> loaded.limit() == most);
            IntSummaryStatistics limitsBefore = new IntSummaryStatistics();
            loaded.pass(scale.seconds(BEFORE), limitsBefore);
            end(frontEnd);
            Counts before = provider.counts();
            int tasksBefore = frontEnd.tasks();
            int succeededBefore = frontEnd.succeeded();
            IntSummaryStatistics limits = new IntSummaryStatistics();
            provider.shareOfFailures(SHARE);
            frontEnd.keep(5 * most);
            loaded.pass(scale.seconds(TIME), limits);
            end(frontEnd);
            Counts counts = provider.counts().since(before);
            int tasks = frontEnd.tasks() - tasksBefore;
            return new Figures(
                    most,
                    limitsBefore.getAverage(),
                    limitsBefore.getMin(),
                    limits.getAverage(),
                    limits.getMin(),
                    counts.calls(),
                    (double) counts.failed() / counts.calls(),
                    tasks,
                    (double) counts.calls() / tasks,
                    (double) (frontEnd.succeeded() - succeededBefore) / tasks);
        }
    }

    /** Waits until no task is open any more. */
    private static void end(RequestingFrontEnd frontEnd) {
        frontEnd.keep(0);
        await().atMost(Duration.ofMinutes(5)).until(() -> frontEnd.succeeded() + frontEnd.ended() == frontEnd.tasks());
    }
}
