package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.CallWork;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Fallback;
import io.pawline.stage.Fallbacks.Policy;
import io.pawline.stage.ProviderPolicies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Shows who gets a permit for a second call, and when. */
class HedgeTest {

    private static final long SECOND = 1_000_000_000;
    private static final long SLOW = 2 * SECOND;
    private static final long LATE = SLOW + 1;
    private static final int PLACES = 3;
    private static final double SHARE = 0.1;
    private static final BreakerPolicy BREAKER =
            new BreakerPolicy(65, 20, Duration.ofMinutes(5), Duration.ofMinutes(5));
    private static final CallReport SUCCEEDED = CallReport.succeeded(200, Optional.empty());

    private final TestingClock clock = new TestingClock();
    private final List<TestingStageControls> controls = new ArrayList<>();
    private List<ConcurrencyLimiter> limiters = List.of();
    private long nanos = 1_000 * SECOND;
    private int calls;

    /** What can happen to the tasks of a stage, in any order. */
    enum Step {
        TASK_ASKS,
        TASK_ENDS,
        HEDGE,
        LATE_HEDGE,
        HEDGE_THAT_IS_NOT_MADE,
        HEDGE_ENDS
    }

    @Property(tries = 2_000)
    void aHedgeTakesNoPlaceThatATaskWaitsFor(
            @ForAll @IntRange(min = 1, max = 3) int providers, @ForAll @Size(max = 60) List<Step> steps) {
        ProviderChain chain = warm(chain(providers, SHARE), 200);
        List<Permit> tasks = new ArrayList<>();
        List<Permit> hedges = new ArrayList<>();
        boolean waits = false;
        int made = 0;

        for (Step step : steps) {
            switch (step) {
                case TASK_ASKS -> {
                    Optional<Permit> permit = chain.tryAcquire(() -> Demand.NONE);
                    waits = permit.isEmpty();
                    permit.ifPresent(tasks::add);
                }
                case TASK_ENDS -> calls += end(tasks);
                case HEDGE, LATE_HEDGE, HEDGE_THAT_IS_NOT_MADE -> {
                    if (!tasks.isEmpty()) {
                        Optional<Permit> hedge = tasks.getFirst().hedge("", step == Step.LATE_HEDGE ? LATE : SLOW);
                        assertThat(hedge.isPresent() && waits)
                                .as("a hedge while a task waits")
                                .isFalse();
                        if (step == Step.HEDGE_THAT_IS_NOT_MADE) {
                            hedge.ifPresent(Permit::close);
                        } else {
                            made += hedge.isPresent() ? 1 : 0;
                            hedge.ifPresent(hedges::add);
                        }
                    }
                }
                case HEDGE_ENDS -> {
                    var _ = end(hedges);
                }
            }
            assertThat(made).isLessThanOrEqualTo((int) (SHARE * calls));
            assertThat(limiters).allMatch(limiter -> limiter.inFlight() <= PLACES);
        }

        while (end(tasks) + end(hedges) > 0) {
            // until all have ended
        }
        assertThat(chain.inFlight()).isZero();
    }

    /** Ends the first of these calls, and counts it. */
    private int end(List<Permit> permits) {
        if (permits.isEmpty()) {
            return 0;
        }
        Permit permit = permits.removeFirst();
        permit.called(SUCCEEDED, nanos - SECOND, nanos);
        permit.close();
        return 1;
    }

    @Test
    void aHedgeGoesToAnotherProviderFirstAndElseToTheSame() {
        ProviderChain chain = warm(chain(2, SHARE), 200);
        Permit task = task(chain);

        assertThat(task.hedge("", SLOW).map(Permit::place)).contains(1);
        controls.get(1).off = true;
        assertThat(task.hedge("", SLOW).map(Permit::place)).contains(0);
        controls.get(0).off = true;
        assertThat(task.hedge("", SLOW)).isEmpty();
    }

    @Test
    void aCallIsHedgedOnceItIsSlow() {
        ProviderChain chain = warm(chain(1, SHARE), 200);
        Permit task = task(chain);

        assertThat(task.slowAfter("")).hasValue(SECOND);
        assertThat(task.hedge("", SECOND - 1)).isEmpty();
        assertThat(task.hedge("", SECOND)).isPresent();
    }

    @Test
    void theScarcerHedgesAreTheLongerACallHasToTake() {
        ProviderChain chain = chain(2, SHARE);
        for (int latency = 1; latency <= 200; latency++) {
            Permit permit = task(chain);
            permit.called(SUCCEEDED, nanos - latency, nanos);
            permit.close();
        }
        Permit task = task(chain);
        assertThat(task.slowAfter("")).hasValue(191);

        for (int i = 0; i < 10; i++) {
            Permit hedge = task.hedge("", 201).orElseThrow();
            hedge.called(SUCCEEDED, nanos - SECOND, nanos);
            hedge.close();
        }

        assertThat(task.slowAfter("")).hasValue(200);
    }

    @Test
    void aCallThatIsTooLateLeavesTheLastHedgeToTheNext() {
        ProviderChain chain = warm(chain(1, SHARE), 20);
        Permit hanging = task(chain);
        Permit next = task(chain);

        Permit hedge = hanging.hedge("", LATE).orElseThrow();
        hedge.called(SUCCEEDED, nanos - SECOND, nanos);
        hedge.close();

        assertThat(hanging.hedge("", LATE)).isEmpty();
        assertThat(next.hedge("", SLOW)).isPresent();
    }

    @Test
    void withoutAShareNothingIsHedged() {
        Permit task = task(warm(chain(2, 0), 200));

        assertThat(task.slowAfter("")).isEmpty();
        assertThat(task.hedge("", SLOW)).isEmpty();
    }

    @Test
    void aProviderThatFailsGetsNoHedge() {
        ProviderChain chain = warm(chain(1, SHARE), 200);
        Permit task = task(chain);
        for (int i = 0; i < 3; i++) {
            Permit failing = task(chain);
            failing.called(CallReport.died(Reason.READ_TIMEOUT, CallPhase.SEND), nanos - SECOND, nanos);
            failing.close();
        }

        assertThat(task.hedge("", SLOW)).isEmpty();
    }

    @Test
    void aProbeIsNotHedged() {
        ProviderChain chain = warm(chain(2, SHARE), 200);
        Permit refused = task(chain);
        refused.called(CallReport.refused(Reason.AUTHENTICATION, 401), nanos - SECOND, nanos);
        refused.close();
        clock.advance(Duration.ofMinutes(6));

        Permit probe = task(chain);

        assertThat(probe.probe()).isTrue();
        assertThat(probe.slowAfter("")).isEmpty();
        assertThat(probe.hedge("", SLOW)).isEmpty();
    }

    @Test
    void aHedgeThatIsNotMadeIsThereForTheNext() {
        ProviderChain chain = warm(chain(1, SHARE), 10);
        Permit task = task(chain);
        warmWith(chain, 10);
        Permit hedge = task.hedge("", SLOW).orElseThrow();
        hedge.close();

        Permit again = task.hedge("", SLOW).orElseThrow();
        again.called(SUCCEEDED, nanos - SECOND, nanos);
        again.close();

        Permit last = task.hedge("", SLOW).orElseThrow();
        last.called(SUCCEEDED, nanos - SECOND, nanos);
        last.close();
        assertThat(task.hedge("", SLOW)).isEmpty();
    }

    @Test
    void aCallThatWasCutIsAGhostAndSaysNothingOfItsProvider() {
        ProviderChain chain = warm(chain(1, SHARE), 200);
        for (int i = 0; i < 3; i++) {
            Permit failing = task(chain);
            failing.called(CallReport.refused(Reason.PROVIDER_ERROR, 500), nanos - SECOND, nanos);
            failing.close();
        }
        Permit cut = task(chain);

        cut.called(CallReport.died(Reason.SUPERSEDED, CallPhase.WAIT), nanos - SECOND, nanos);
        cut.release();

        assertThat(limiters.getFirst().inFlight()).isZero();
        assertThat(limiters.getFirst().ghosts()).isEqualTo(1);
        assertThat(limiters.getFirst().standing().passes(Fallbacks.NONE, Demand.NONE, clock.instant()))
                .as("it is failing as it was before")
                .isTrue();
        nanos += 60 * SECOND;
        assertThat(limiters.getFirst().ghosts()).isZero();
    }

    @Test
    void aProviderThatWasHedgedWithIsCalledNoMoreInTheAttempt() {
        ProviderChain chain = warm(chain(2, SHARE), 200);
        Permit task = task(chain);
        Permit hedge = task.hedge("", SLOW).orElseThrow();
        task.hedgedBy(hedge);
        hedge.called(CallReport.refused(Reason.PROVIDER_ERROR, 500), nanos - SECOND, nanos);
        hedge.close();
        task.called(CallReport.refused(Reason.PROVIDER_ERROR, 500), nanos - SECOND, nanos);

        assertThat(task.moveOn()).isEmpty();
    }

    private Permit task(ProviderChain chain) {
        return chain.tryAcquire(() -> Demand.NONE).orElseThrow();
    }

    /** Lets so many calls succeed after a second each, at all providers, so that hedges are known and saved up. */
    private ProviderChain warm(ProviderChain chain, int number) {
        calls = 0;
        warmWith(chain, number);
        return chain;
    }

    private void warmWith(ProviderChain chain, int number) {
        for (int i = 0; i < number; i++) {
            Permit permit = task(chain);
            permit.called(SUCCEEDED, CallWork.PLAIN, nanos - SECOND, nanos);
            permit.close();
            calls++;
        }
    }

    private ProviderChain chain(int number, double share) {
        controls.clear();
        List<ProviderPolicies> providers = IntStream.range(0, number)
                .mapToObj(place -> new ProviderPolicies("provider-" + place, false, Optional.of(BREAKER), 0, 0))
                .toList();
        limiters = providers.stream()
                .map(provider -> {
                    TestingStageControls its = new TestingStageControls();
                    controls.add(its);
                    return new ConcurrencyLimiter(Optional.of(provider), PLACES, its, clock, () -> nanos, () -> 0);
                })
                .toList();
        List<Fallback> fallbacks = providers.stream()
                .skip(1)
                .map(provider -> new Fallback(provider, PLACES))
                .toList();
        return new ProviderChain(
                limiters, new Fallbacks(Policy.STANDBY, Duration.ofSeconds(1), fallbacks, share), clock, () -> nanos);
    }
}
