package io.pawline.ingest.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class CompletionRateTest {

    private static final int FEW = 100;
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final CompletionRate completionRate = new CompletionRate(FEW);
    private final Queue queue = new Queue();

    /**
     * Simulates servers that each take one task at a time, first come, first served, in steps of a tenth of a second.
     */
    private final class Queue {
        private int waiting;
        private final TreeMap<Instant, Integer> running = new TreeMap<>();
        private final TreeMap<Instant, Integer> ended = new TreeMap<>();
        private Instant now = START;
        private int inService;

        void arrive(int tasks) {
            waiting += tasks;
        }

        /** Runs the servers for a time, and predicts every second. */
        Prediction run(Duration time, int servers, Duration service) {
            Prediction last = look();
            for (long tenth = 1; tenth <= time.toMillis() / 100; tenth++) {
                now = now.plusMillis(100);
                endAndBegin(servers, service);
                if (tenth % 10 == 0) {
                    last = look();
                }
            }
            return last;
        }

        private void endAndBegin(int servers, Duration service) {
            var over = running.headMap(now, true);
            over.forEach((at, tasks) -> {
                ended.merge(at, tasks, Integer::sum);
                inService -= tasks;
            });
            over.clear();
            while (inService < servers && waiting > 0) {
                waiting--;
                running.merge(now.plus(service), 1, Integer::sum);
                inService++;
            }
        }

        Prediction look() {
            return completionRate.predict(
                    now,
                    Map.of("default", (long) waiting + inService),
                    since -> ended.tailMap(since, false).values().stream()
                            .mapToInt(Integer::intValue)
                            .sum());
        }
    }

    @Property(tries = 100)
    void predictsTheTimeOfTheNextTaskInASteadyBacklog(
            @ForAll @IntRange(min = 1, max = 60) int servers,
            @ForAll @DoubleRange(min = 0.3, max = 8) double serviceSeconds,
            @ForAll @IntRange(min = 2, max = 6) int minutes) {
        Duration service = Duration.ofMillis(Math.round(serviceSeconds * 10) * 100);
        double perSecond = servers * 1000.0 / service.toMillis();
        queue.arrive((int) Math.max(2 * FEW, perSecond * 60 * minutes));

        Prediction prediction = queue.run(Duration.ofSeconds(75), servers, service);

        double truth = prediction.open() / perSecond;
        assertThat(prediction.takesSeconds()).isCloseTo(truth, within(truth * 0.25 + 2 * serviceSeconds));
    }

    /** A system that had one task a second and now gets thousands must not look as if it could do no more. */
    @Property(tries = 50)
    void aRushIntoAQuietSystemIsMeasuredByItself(
            @ForAll @IntRange(min = 20, max = 100) int servers,
            @ForAll @IntRange(min = 1, max = 10) int serviceSeconds) {
        Duration service = Duration.ofSeconds(serviceSeconds);
        for (int second = 0; second < 90; second++) {
            queue.arrive(1);
            queue.run(Duration.ofSeconds(1), servers, service);
        }
        double perSecond = (double) servers / serviceSeconds;
        queue.arrive((int) (perSecond * 120) + 2 * FEW);

        // In the first seconds the prediction is cautious.
        Duration rush = Duration.ofSeconds(Math.max(5, serviceSeconds * 3L));
        Prediction prediction = queue.run(rush, servers, service);

        assertThat(prediction.takesSeconds()).isLessThan(2 * prediction.open() / perSecond);
    }

    @Property
    void moreOpenTakesLongerAndMoreEndedTakesLess(
            @ForAll @IntRange(max = 100_000) int open,
            @ForAll @IntRange(min = 1, max = 1000) int perSecond,
            @ForAll @IntRange(min = 1, max = 1000) int more) {
        double takes = of(open, perSecond).takesSeconds();

        assertThat(of(open + more, perSecond).takesSeconds()).isGreaterThan(takes);
        assertThat(of(open, perSecond + more).takesSeconds()).isLessThanOrEqualTo(takes);
    }

    @Example
    void tasksThatEndAtOnceTakeNoTime() {
        assertThat(of(3, 1000).takes()).contains(Duration.ofMillis(3));
    }

    @Example
    void whenNothingHasEndedNothingIsKnown() {
        assertThat(of(1, 0).takes()).isEmpty();
        assertThat(of(1, 0).takesSeconds()).isNaN();
        assertThat(of(0, 0).takes()).contains(Duration.ZERO);
    }

    private static Prediction of(int open, int perSecond) {
        return new CompletionRate(FEW)
                .predict(
                        START,
                        Map.of("default", (long) open),
                        since -> Duration.between(since, START).toSeconds() * perSecond);
    }
}
