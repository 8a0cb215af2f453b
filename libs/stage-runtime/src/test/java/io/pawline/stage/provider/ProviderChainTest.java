package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Fallback;
import io.pawline.stage.Fallbacks.Policy;
import io.pawline.stage.ProviderPolicies;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ProviderChainTest {

    /** How a provider can stand when it is asked. */
    enum Standing {
        FREE,
        FULL,
        FULL_AND_FAILING,
        OFF,
        BREAKER_OPEN,
        COOLS_DOWN_SHORTLY,
        COOLS_DOWN_FOR_LONG
    }

    private static final long SECOND = 1_000_000_000;
    private static final Duration SPILL_AFTER = Duration.ofSeconds(20);
    private static final Duration LEFT = Duration.ofSeconds(60);
    private static final BreakerPolicy BREAKER =
            new BreakerPolicy(65, 20, Duration.ofMinutes(5), Duration.ofMinutes(5));

    /** Makes no jitter. */
    private static final RandomGenerator AT_ONCE = () -> 0;

    private final TestingClock clock = new TestingClock();
    private final List<TestingStageControls> controls = new ArrayList<>();
    private final List<ConcurrencyLimiter> limiters = new ArrayList<>();
    private final List<Permit> heldBefore = new ArrayList<>();
    private long nanos = 1_000 * SECOND;

    @Property(tries = 2_000)
    void theFirstProviderThatIsAllowedIsTaken(
            @ForAll @Size(min = 1, max = 4) List<Standing> standings,
            @ForAll Policy policy,
            @ForAll boolean waitedLong) {
        ProviderChain chain = chain(policy, standings);

        Optional<Permit> permit = chain.tryAcquire(demand(waitedLong));

        assertThat(permit.map(Permit::place)).isEqualTo(expected(standings, policy, waitedLong));
    }

    private static Optional<Integer> expected(List<Standing> standings, Policy policy, boolean waitedLong) {
        for (int place = 0; place < standings.size(); place++) {
            boolean goesOn = switch (standings.get(place)) {
                case FREE -> false;
                case FULL, COOLS_DOWN_SHORTLY -> policy == Policy.PREFER && waitedLong;
                case FULL_AND_FAILING, OFF, BREAKER_OPEN, COOLS_DOWN_FOR_LONG -> true;
            };
            if (!goesOn) {
                return standings.get(place) == Standing.FREE ? Optional.of(place) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Property(tries = 2_000)
    void aFailingTaskMeetsEachFreeProviderOnceAndEnds(
            @ForAll @Size(min = 1, max = 5) List<Standing> standings,
            @ForAll Policy policy,
            @ForAll boolean waitedLong) {
        ProviderChain chain = chain(policy, standings);
        List<Integer> met = new ArrayList<>();

        Optional<Permit> first = chain.tryAcquire(demand(waitedLong));
        Optional<Permit> permit = first;
        while (permit.isPresent()) {
            met.add(permit.get().place());
            assertThat(met).doesNotHaveDuplicates();
            assertThat(chain.inFlight()).as("places that the task holds").isEqualTo(1 + heldBefore.size());
            Permit at = permit.get();
            at.called(failed(Reason.PROVIDER_ERROR), nanos, nanos + SECOND);
            permit = at.moveOn();
            if (permit.isEmpty()) {
                at.close();
            }
        }
        first.ifPresent(Permit::close);

        Set<Integer> free = new HashSet<>();
        for (int place = 0; place < standings.size(); place++) {
            if (standings.get(place) == Standing.FREE) {
                free.add(place);
            }
        }
        assertThat(met).hasSameElementsAs(first.isPresent() ? free : Set.of());
        assertThat(chain.inFlight()).isEqualTo(heldBefore.size());
    }

    @Test
    void oneProviderGivesWhatItsLimiterGives() {
        ProviderChain chain = chain(Policy.STANDBY, List.of(Standing.FREE));

        Permit permit = chain.tryAcquire(() -> Demand.NONE).orElseThrow();

        assertThat(chain.tryAcquire(() -> Demand.NONE)).isEmpty();
        assertThat(permit.moveOn()).isEmpty();
        assertThat(permit.othersOpen()).isFalse();
        permit.close();
        assertThat(chain.tryAcquire(() -> Demand.NONE)).isPresent();
    }

    @Test
    void theFirstProviderIsAskedAgainByProbesWhenItsBreakerHasPaused() {
        ProviderChain chain = chain(Policy.STANDBY, List.of(Standing.BREAKER_OPEN, Standing.FREE));
        assertThat(chain.breakerState()).isEqualTo(State.OPEN);
        assertThat(chain.open()).isTrue();
        clock.advance(Duration.ofMinutes(6));

        Permit probe = chain.tryAcquire(demand(false)).orElseThrow();

        assertThat(probe.place()).isZero();
        assertThat(probe.probe()).isTrue();
    }

    @Test
    void oneSuccessMakesAProviderOneToWaitFor() {
        ProviderChain chain = chain(Policy.STANDBY, List.of(Standing.FULL_AND_FAILING, Standing.FREE));
        Permit held = heldBefore.getFirst();
        held.called(CallReport.succeeded(200, Optional.empty()), nanos, nanos + SECOND);
        assertThat(chain.tryAcquire(demand(false))).isEmpty();
    }

    @Test
    void aBusyProviderIsWaitedFor() {
        ProviderChain chain = chain(Policy.STANDBY, List.of(Standing.FREE, Standing.FREE));
        for (int i = 0; i < 5; i++) {
            Permit permit = chain.tryAcquire(demand(false)).orElseThrow();
            permit.called(failed(Reason.OVERLOADED), nanos, nanos + SECOND);
            permit.close();
        }
        var _ = chain.tryAcquire(demand(false)).orElseThrow();

        assertThat(chain.tryAcquire(demand(false))).isEmpty();
    }

    @Test
    void aPausedStageCallsNobody() {
        ProviderChain chain = chain(Policy.PREFER, List.of(Standing.OFF, Standing.FREE));
        controls.forEach(each -> each.paused = true);

        assertThat(chain.tryAcquire(demand(true))).isEmpty();
        assertThat(chain.allowed()).isFalse();
    }

    @Test
    void aProviderThatNobodyAsksForWantsNothing() {
        ProviderChain chain = chain(Policy.STANDBY, List.of(Standing.FREE, Standing.FREE));
        Permit permit = chain.tryAcquire(demand(true)).orElseThrow();
        assertThat(chain.isAsked(1)).isFalse();

        permit.called(failed(Reason.AUTHENTICATION), nanos, nanos + SECOND);
        permit.close();
        assertThat(chain.tryAcquire(demand(true)).map(Permit::place)).contains(1);

        assertThat(chain.isAsked(1)).isTrue();
        nanos += 2 * SECOND;
        assertThat(chain.isAsked(1)).isFalse();
    }

    @Property(tries = 200)
    void theCanaryGetsItsShareOfTheTasksAndNoOther(@ForAll @DoubleRange(min = 0.01, max = 0.2) double share) {
        int tasks = 2_000;
        int its = 0;
        ProviderChain chain = chainWithCanary(share, Standing.FREE);
        for (int i = 0; i < tasks; i++) {
            Permit permit = chain.tryAcquire(demand(true)).orElseThrow();
            assertThat(permit.place()).isZero();
            Permit begun = permit.compared(TaskId.next());
            assertThat(chain.inFlight()).isEqualTo(1);
            assertThat(begun.comparedWith().map(CanaryShare::provider)).contains("provider-1");
            its += begun.place() == 1 ? 1 : 0;
            begun.close();
            permit.close();
            assertThat(chain.inFlight()).isZero();
        }
        double deviation = Math.sqrt(share * (1 - share) / tasks);
        assertThat((double) its / tasks).isBetween(share - 6 * deviation, share + 6 * deviation);
    }

    @Test
    void theShareOfATaskIsTheSameInEveryProcess() {
        TaskId task = TaskId.parse("01936b2c-7c1e-7b6a-9d3c-2f1f6f0a8e11");
        List<Boolean> byShare = new ArrayList<>();
        for (double share : new double[] {0.1, 0.2, 0.3, 0.4, 0.5}) {
            byShare.add(new CanaryShare("new-model", 1, share).has(task));
        }
        assertThat(byShare).as("a larger share holds the smaller one").isSorted();
        assertThat(new CanaryShare("new-model", 1, 1).has(task)).isTrue();
    }

    @Property(tries = 500)
    void aCanaryIsNoFallback(@ForAll Standing first, @ForAll Policy policy, @ForAll boolean waitedLong) {
        ProviderChain chain = chain(policy, List.of(first, Standing.FREE), 0.2);

        Optional<Permit> permit = chain.tryAcquire(demand(waitedLong));

        assertThat(permit.map(Permit::place)).isEqualTo(first == Standing.FREE ? Optional.of(0) : Optional.empty());
        permit.ifPresent(at -> {
            assertThat(at.othersOpen()).isFalse();
            at.called(failed(Reason.PROVIDER_ERROR), nanos, nanos + SECOND);
            assertThat(at.moveOn()).isEmpty();
        });
        assertThat(chain.limit()).isEqualTo(1);
    }

    @Test
    void aTaskThatTheCanaryFailsGoesToTheOthers() {
        ProviderChain chain = chainWithCanary(0.2, Standing.FREE);
        Permit permit = chain.tryAcquire(demand(false)).orElseThrow();
        Permit its = permit.compared(taskOf("provider-1", 0.2, true));
        assertThat(its.place()).isEqualTo(1);
        its.called(failed(Reason.PROVIDER_ERROR), nanos, nanos + SECOND);

        Permit next = its.moveOn().orElseThrow();

        assertThat(next.place()).isZero();
        assertThat(next.comparedWith()).as("only the first call counts").isEmpty();
        assertThat(next.moveOn()).isEmpty();
    }

    @Property(tries = 100)
    void whileTheCanaryIsClosedNothingIsCompared(@ForAll boolean ofItsShare) {
        for (Standing closed : List.of(Standing.OFF, Standing.BREAKER_OPEN, Standing.COOLS_DOWN_SHORTLY)) {
            Permit permit =
                    chainWithCanary(0.2, closed).tryAcquire(demand(false)).orElseThrow();

            assertThat(permit.compared(taskOf("provider-1", 0.2, ofItsShare))).isSameAs(permit);
            assertThat(permit.comparedWith()).isEmpty();
        }
    }

    @Test
    void aTaskForWhichTheCanaryHasNoPlaceIsNotCompared() {
        Permit permit =
                chainWithCanary(0.2, Standing.FULL).tryAcquire(demand(false)).orElseThrow();

        assertThat(permit.compared(taskOf("provider-1", 0.2, true))).isSameAs(permit);
        assertThat(permit.comparedWith()).isEmpty();
    }

    @Test
    void aProbeOfTheFirstProviderStaysThere() {
        ProviderChain chain = chain(Policy.STANDBY, List.of(Standing.BREAKER_OPEN, Standing.FREE), 0.2);
        clock.advance(Duration.ofMinutes(6));
        Permit probe = chain.tryAcquire(demand(false)).orElseThrow();

        assertThat(probe.compared(taskOf("provider-1", 0.2, true))).isSameAs(probe);
    }

    private static TaskId taskOf(String canary, double share, boolean ofItsShare) {
        CanaryShare its = new CanaryShare(canary, 1, share);
        return Stream.generate(TaskId::next)
                .filter(task -> its.has(task) == ofItsShare)
                .findFirst()
                .orElseThrow();
    }

    private ProviderChain chainWithCanary(double share, Standing standing) {
        return chain(Policy.STANDBY, List.of(Standing.FREE, standing), share);
    }

    private Supplier<Demand> demand(boolean waitedLong) {
        Duration waited = waitedLong ? SPILL_AFTER : SPILL_AFTER.minusMillis(1);
        return () -> new Demand(waited, clock.instant().plus(LEFT));
    }

    private ProviderChain chain(Policy policy, List<Standing> standings) {
        return chain(policy, standings, 0);
    }

    /** @param canary share of the provider at place 1 */
    private ProviderChain chain(Policy policy, List<Standing> standings, double canary) {
        limiters.clear();
        controls.clear();
        heldBefore.clear();
        List<Fallback> fallbacks = new ArrayList<>();
        for (int place = 0; place < standings.size(); place++) {
            ProviderPolicies provider = new ProviderPolicies("provider-" + place, false, Optional.of(BREAKER), 0, 0);
            if (place > 0) {
                fallbacks.add(new Fallback(provider, 1, place == 1 ? canary : 0));
            }
            limiters.add(limiter(provider, standings.get(place)));
        }
        return new ProviderChain(limiters, new Fallbacks(policy, SPILL_AFTER, fallbacks), clock, () -> nanos);
    }

    private ConcurrencyLimiter limiter(ProviderPolicies provider, Standing standing) {
        TestingStageControls its = new TestingStageControls();
        controls.add(its);
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(Optional.of(provider), 1, its, clock, () -> nanos, AT_ONCE);
        Instant now = clock.instant();
        switch (standing) {
            case FREE -> {
                // as it is
            }
            case FULL -> heldBefore.add(limiter.tryAcquire().orElseThrow());
            case FULL_AND_FAILING -> {
                for (Reason reason : List.of(Reason.READ_TIMEOUT, Reason.PROVIDER_ERROR, Reason.CONNECTION_LOST)) {
                    Permit permit = limiter.tryAcquire().orElseThrow();
                    permit.called(CallReport.refused(reason, 500), nanos, nanos + SECOND);
                    permit.close();
                }
                heldBefore.add(limiter.tryAcquire().orElseThrow());
            }
            case OFF -> its.off = true;
            case BREAKER_OPEN -> {
                Permit permit = limiter.tryAcquire().orElseThrow();
                permit.called(failed(Reason.AUTHENTICATION), nanos, nanos + SECOND);
                permit.close();
            }
            case COOLS_DOWN_SHORTLY -> its.coolDownUntil = now.plus(LEFT.dividedBy(2));
            case COOLS_DOWN_FOR_LONG ->
                its.coolDownUntil = now.plus(LEFT.dividedBy(2)).plusMillis(1);
        }
        return limiter;
    }

    private static CallReport failed(Reason reason) {
        return CallReport.refused(reason, 500);
    }
}
