package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.ProviderPolicies;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ConcurrencyLimiterTest {

    private static final long SECOND = 1_000_000_000;
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final BreakerPolicy BREAKER = new BreakerPolicy(65, 20, PAUSE, Duration.ofSeconds(60));

    private final TestingClock clock = new TestingClock();
    private final TestingStageControls orders = new TestingStageControls();

    @Test
    void givesNoMoreThanTheLimitAndTakesThemBack() {
        ConcurrencyLimiter concurrencyLimiter = withoutProvider(2);
        Permit first = concurrencyLimiter.tryAcquire().orElseThrow();
        take(concurrencyLimiter, 1);

        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        first.close();
        assertThat(concurrencyLimiter.tryAcquire()).isPresent();
        assertThat(concurrencyLimiter.inFlight()).isEqualTo(2);
    }

    @Test
    void aPermitTellsHowTheStageStandsThoughItIsOfAReceiver() {
        ConcurrencyLimiter stage = withoutProvider(7);
        take(stage, 2);
        Permit ofStage = stage.tryAcquire().orElseThrow();
        Permit ofReceiver = with(BREAKER, 0).tryAcquire().orElseThrow();
        assertThat(ofReceiver.pressure().breaker()).contains(State.CLOSED);

        ofReceiver.within(ofStage);

        assertThat(ofReceiver.pressure()).isEqualTo(new LoadSnapshot(3, 7, Optional.empty()));
    }

    @Test
    void followsTheOperatorsLimitInBothDirections() {
        ConcurrencyLimiter concurrencyLimiter = withoutProvider(2);

        orders.limit = OptionalInt.of(1);
        take(concurrencyLimiter, 1);
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        orders.limit = OptionalInt.of(3);
        take(concurrencyLimiter, 1);
        take(concurrencyLimiter, 1);
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        orders.limit = OptionalInt.empty();
        assertThat(concurrencyLimiter.limit()).isEqualTo(2);
    }

    @Test
    void givesNoneWhileThePauseLasts() {
        ConcurrencyLimiter concurrencyLimiter = withoutProvider(2);

        orders.paused = true;
        assertThat(concurrencyLimiter.open()).isFalse();
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        orders.paused = false;
        assertThat(concurrencyLimiter.tryAcquire()).isPresent();
    }

    @Test
    void closesTheProviderForEverybodyUntilTheMomentItNamed() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        Instant until = clock.instant().plusSeconds(30);

        call(concurrencyLimiter, refused(Reason.RATE_LIMITED, until));

        assertThat(orders.coolDownUntil).isEqualTo(until);
        assertThat(orders.why).contains("rate_limited");
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(30));
        assertThat(concurrencyLimiter.tryAcquire()).isPresent();
    }

    @Test
    void believesNoProviderThatWantsToBeLeftAloneForADay() {
        call(with(BREAKER, 0), refused(Reason.OVERLOADED, clock.instant().plus(Duration.ofDays(1))));

        assertThat(orders.coolDownUntil).isEqualTo(clock.instant().plus(Duration.ofMinutes(15)));
    }

    @Test
    void keepsTheLaterOfTwoCoolDowns() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        Permit first = concurrencyLimiter.tryAcquire().orElseThrow();
        Permit second = concurrencyLimiter.tryAcquire().orElseThrow();
        Instant late = clock.instant().plusSeconds(60);

        end(first, refused(Reason.RATE_LIMITED, late));
        end(second, refused(Reason.RATE_LIMITED, late.minusSeconds(50)));

        assertThat(orders.coolDownUntil).isEqualTo(late);
    }

    @Test
    void opensTheBreakerWhenMostCallsFailAndThenMakesNone() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);

        fail(concurrencyLimiter, Reason.PROVIDER_ERROR, 10);

        assertThat(concurrencyLimiter.breakerState()).isEqualTo(State.OPEN);
        assertThat(concurrencyLimiter.open()).isFalse();
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        clock.advance(PAUSE.minusMillis(1));
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
    }

    @Test
    void letsAFewProbesThroughAndClosesWhenTheyWork() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        fail(concurrencyLimiter, Reason.READ_TIMEOUT, 10);
        clock.advance(PAUSE.plusMillis(1));

        List<Permit> probes = take(concurrencyLimiter, 10);

        assertThat(probes).hasSize(3).allMatch(Permit::probe);
        probes.forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));
        assertThat(concurrencyLimiter.breakerState()).isEqualTo(State.CLOSED);
        assertThat(concurrencyLimiter.tryAcquire().orElseThrow().probe()).isFalse();
    }

    @Test
    void waitsTwiceAsLongEachTimeTheProbesFailUpToALongest() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        fail(concurrencyLimiter, Reason.PROVIDER_ERROR, 10);
        for (int seconds : List.of(5, 10, 20, 40, 60, 60)) {
            clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(concurrencyLimiter.tryAcquire())
                    .as("before %d s", seconds)
                    .isEmpty();
            clock.advance(Duration.ofMillis(2));
            take(concurrencyLimiter, 3)
                    .forEach(probe -> end(probe, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)));
            assertThat(concurrencyLimiter.breakerState()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void givesAProbeBackThatMadeNoCall() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        fail(concurrencyLimiter, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));

        for (int i = 0; i < 20; i++) {
            List<Permit> probes = take(concurrencyLimiter, 5);
            assertThat(probes).hasSize(3);
            probes.forEach(Permit::close);
        }
    }

    @Test
    void doesNotJudgeTheProviderNowByACallFromBeforeItFailed() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        Permit slow = concurrencyLimiter.tryAcquire().orElseThrow();
        fail(concurrencyLimiter, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));
        List<Permit> probes = take(concurrencyLimiter, 3);

        end(slow, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT));
        probes.forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        assertThat(concurrencyLimiter.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void opensAtOnceWhenTheAccountIsRefused() {
        for (Reason reason : List.of(Reason.AUTHENTICATION, Reason.BILLING, Reason.QUOTA_EXHAUSTED)) {
            ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
            call(concurrencyLimiter, CallReport.refused(reason, 401));
            assertThat(concurrencyLimiter.tryAcquire()).as(reason.code()).isEmpty();
        }
    }

    @Test
    void doesNotBlameTheProviderForATaskForALoadOrForUs() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        for (Reason reason : List.of(
                Reason.MODERATED_IMAGE,
                Reason.OVERLOADED,
                Reason.RATE_LIMITED,
                Reason.INCONSISTENT_RESULT,
                Reason.STORAGE_UNAVAILABLE)) {
            fail(concurrencyLimiter, reason, 100);
            assertThat(concurrencyLimiter.breakerState()).as(reason.code()).isEqualTo(State.CLOSED);
        }
    }

    @Test
    void staysClosedWithAThirdOfTheCallsFailing() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        for (int i = 0; i < 3_000; i++) {
            call(
                    concurrencyLimiter,
                    i % 3 == 0
                            ? CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)
                            : CallReport.succeeded(200, Optional.empty()));
        }
        assertThat(concurrencyLimiter.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void beginsNoMoreCallsInASecondThanTheProvidersRate() throws InterruptedException {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 10);
        long started = System.nanoTime();
        int begun = 0;
        while (System.nanoTime() - started < Duration.ofSeconds(2).toNanos()) {
            Optional<Permit> permit = concurrencyLimiter.tryAcquire();
            begun += permit.isPresent() ? 1 : 0;
            permit.ifPresent(one -> end(one, CallReport.succeeded(200, Optional.empty())));
            Thread.onSpinWait();
        }
        assertThat(begun).isBetween(10, 22);
        assertThat(concurrencyLimiter.inFlight()).isZero();
    }

    @Test
    void aTaskThatMakesNoCallLeavesItsTurnAtTheProvidersRateToTheNext() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 1);

        for (int i = 0; i < 100; i++) {
            concurrencyLimiter.tryAcquire().orElseThrow().close();
        }
    }

    @Test
    void staysClosedWhenCallsFromBeforeItOpenedFailAfterItClosed() {
        ConcurrencyLimiter concurrencyLimiter = with(BREAKER, 0);
        List<Permit> slow = take(concurrencyLimiter, 60);
        fail(concurrencyLimiter, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));
        take(concurrencyLimiter, 3).forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        slow.forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));

        assertThat(concurrencyLimiter.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void asksTheProviderAgainThoughMoreCallsFromBeforeHangThanTheLimitAllows() {
        ConcurrencyLimiter concurrencyLimiter = adaptive(new BreakerPolicy(65, 4, PAUSE, PAUSE), 100);
        List<Permit> calls = take(concurrencyLimiter, 16);
        calls.subList(0, 4).forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));
        assertThat(concurrencyLimiter.limit()).isLessThan(concurrencyLimiter.inFlight());
        assertThat(concurrencyLimiter.breakerState()).isEqualTo(State.OPEN);

        clock.advance(PAUSE.plusMillis(1));

        assertThat(take(concurrencyLimiter, 10)).hasSize(3);
    }

    @Test
    void neverExceedsTheConfiguredLimitNotEvenToAskTheProvider() {
        ConcurrencyLimiter concurrencyLimiter = adaptive(new BreakerPolicy(65, 4, PAUSE, PAUSE), 10);
        List<Permit> calls = take(concurrencyLimiter, 10);
        calls.subList(0, 2).forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));

        clock.advance(PAUSE.plusMillis(1));

        assertThat(take(concurrencyLimiter, 10)).hasSize(2);
    }

    @Test
    void beginsLowAgainAfterAPause() {
        ConcurrencyLimiter concurrencyLimiter = grown();

        orders.paused = true;
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        orders.paused = false;

        assertThat(take(concurrencyLimiter, 100)).hasSize(16);
    }

    @Test
    void beginsLowAgainAfterACoolDown() {
        ConcurrencyLimiter concurrencyLimiter = grown();

        orders.coolDownUntil = clock.instant().plusSeconds(30);
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(30));

        assertThat(take(concurrencyLimiter, 100)).hasSize(16);
    }

    @Test
    void beginsLowAgainWhenTheBreakerCloses() {
        ConcurrencyLimiter concurrencyLimiter = grown();
        take(concurrencyLimiter, 20).forEach(call -> end(call, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)));
        assertThat(concurrencyLimiter.breakerState()).isEqualTo(State.OPEN);
        assertThat(concurrencyLimiter.limit()).isEqualTo(100);
        clock.advance(PAUSE.plusMillis(1));

        take(concurrencyLimiter, 3).forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        assertThat(take(concurrencyLimiter, 100)).hasSizeBetween(16, 19);
    }

    @Test
    void aShortCoolDownTakesNothingFromALimitThatIsInUse() {
        ConcurrencyLimiter concurrencyLimiter = grown();
        List<Permit> calls = take(concurrencyLimiter, 90);

        orders.coolDownUntil = clock.instant().plusSeconds(1);
        assertThat(concurrencyLimiter.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(1));

        assertThat(calls).hasSize(90);
        assertThat(take(concurrencyLimiter, 100)).hasSize(10);
    }

    /** With a limit that has grown to 100, by calls of one second. */
    private ConcurrencyLimiter grown() {
        ConcurrencyLimiter concurrencyLimiter = adaptive(BREAKER, 100);
        long now = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            long started = now + i * SECOND;
            take(concurrencyLimiter, 100).forEach(call -> {
                call.called(CallReport.succeeded(200, Optional.empty()), started, started + SECOND);
                call.close();
            });
        }
        assertThat(concurrencyLimiter.limit()).isEqualTo(100);
        return concurrencyLimiter;
    }

    private ConcurrencyLimiter adaptive(BreakerPolicy breaker, int limit) {
        return new ConcurrencyLimiter(
                Optional.of(new ProviderPolicies("vision", true, Optional.of(breaker), 0, 0)), limit, orders, clock);
    }

    private ConcurrencyLimiter withoutProvider(int limit) {
        return new ConcurrencyLimiter(Optional.empty(), limit, orders, clock);
    }

    private ConcurrencyLimiter with(BreakerPolicy breaker, int callsPerSecond) {
        return new ConcurrencyLimiter(
                Optional.of(new ProviderPolicies("vision", false, Optional.of(breaker), callsPerSecond, 0)),
                100,
                orders,
                clock);
    }

    private static void fail(ConcurrencyLimiter concurrencyLimiter, Reason reason, int times) {
        for (int i = 0; i < times; i++) {
            call(concurrencyLimiter, CallReport.died(reason, CallPhase.WAIT));
        }
    }

    private static void call(ConcurrencyLimiter concurrencyLimiter, CallReport report) {
        end(concurrencyLimiter.tryAcquire().orElseThrow(), report);
    }

    private static void end(Permit permit, CallReport report) {
        permit.called(report, 0, 1_000_000);
        permit.close();
    }

    private static List<Permit> take(ConcurrencyLimiter concurrencyLimiter, int most) {
        List<Permit> taken = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            concurrencyLimiter.tryAcquire().ifPresent(taken::add);
        }
        return taken;
    }

    private static CallReport refused(Reason reason, Instant notBefore) {
        return new CallReport(
                Optional.of(reason),
                CallPhase.DONE,
                Optional.of(429),
                Optional.empty(),
                Optional.empty(),
                Optional.of(notBefore));
    }
}
