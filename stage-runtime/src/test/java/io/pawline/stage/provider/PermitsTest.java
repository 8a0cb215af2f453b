package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PermitsTest {

    private static final long SECOND = 1_000_000_000;
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final BreakerPolicy BREAKER = new BreakerPolicy(65, 20, PAUSE, Duration.ofSeconds(60));

    private final TestingClock clock = new TestingClock();
    private final TestingOrders orders = new TestingOrders();

    @Test
    void givesNoMoreThanTheLimitAndTakesThemBack() {
        Permits permits = withoutProvider(2);
        Permit first = permits.tryAcquire().orElseThrow();
        take(permits, 1);

        assertThat(permits.tryAcquire()).isEmpty();
        first.close();
        assertThat(permits.tryAcquire()).isPresent();
        assertThat(permits.inFlight()).isEqualTo(2);
    }

    @Test
    void aPermitTellsHowTheStageStandsThoughItIsOfAReceiver() {
        Permits stage = withoutProvider(7);
        take(stage, 2);
        Permit ofStage = stage.tryAcquire().orElseThrow();
        Permit ofReceiver = with(BREAKER, 0).tryAcquire().orElseThrow();
        assertThat(ofReceiver.pressure().breaker()).contains(State.CLOSED);

        ofReceiver.within(ofStage);

        assertThat(ofReceiver.pressure()).isEqualTo(new Pressure(3, 7, Optional.empty()));
    }

    @Test
    void followsTheOperatorsLimitInBothDirections() {
        Permits permits = withoutProvider(2);

        orders.limit = OptionalInt.of(1);
        take(permits, 1);
        assertThat(permits.tryAcquire()).isEmpty();
        orders.limit = OptionalInt.of(3);
        take(permits, 1);
        take(permits, 1);
        assertThat(permits.tryAcquire()).isEmpty();
        orders.limit = OptionalInt.empty();
        assertThat(permits.limit()).isEqualTo(2);
    }

    @Test
    void givesNoneWhileThePauseLasts() {
        Permits permits = withoutProvider(2);

        orders.paused = true;
        assertThat(permits.open()).isFalse();
        assertThat(permits.tryAcquire()).isEmpty();
        orders.paused = false;
        assertThat(permits.tryAcquire()).isPresent();
    }

    @Test
    void closesTheProviderForEverybodyUntilTheMomentItNamed() {
        Permits permits = with(BREAKER, 0);
        Instant until = clock.instant().plusSeconds(30);

        call(permits, refused(Reason.RATE_LIMITED, until));

        assertThat(orders.coolDownUntil).isEqualTo(until);
        assertThat(orders.why).contains("rate_limited");
        assertThat(permits.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(30));
        assertThat(permits.tryAcquire()).isPresent();
    }

    @Test
    void believesNoProviderThatWantsToBeLeftAloneForADay() {
        call(with(BREAKER, 0), refused(Reason.OVERLOADED, clock.instant().plus(Duration.ofDays(1))));

        assertThat(orders.coolDownUntil).isEqualTo(clock.instant().plus(Duration.ofMinutes(15)));
    }

    @Test
    void keepsTheLaterOfTwoCoolDowns() {
        Permits permits = with(BREAKER, 0);
        Permit first = permits.tryAcquire().orElseThrow();
        Permit second = permits.tryAcquire().orElseThrow();
        Instant late = clock.instant().plusSeconds(60);

        end(first, refused(Reason.RATE_LIMITED, late));
        end(second, refused(Reason.RATE_LIMITED, late.minusSeconds(50)));

        assertThat(orders.coolDownUntil).isEqualTo(late);
    }

    @Test
    void opensTheBreakerWhenMostCallsFailAndThenMakesNone() {
        Permits permits = with(BREAKER, 0);

        fail(permits, Reason.PROVIDER_ERROR, 10);

        assertThat(permits.breakerState()).isEqualTo(State.OPEN);
        assertThat(permits.open()).isFalse();
        assertThat(permits.tryAcquire()).isEmpty();
        clock.advance(PAUSE.minusMillis(1));
        assertThat(permits.tryAcquire()).isEmpty();
    }

    @Test
    void letsAFewProbesThroughAndClosesWhenTheyWork() {
        Permits permits = with(BREAKER, 0);
        fail(permits, Reason.READ_TIMEOUT, 10);
        clock.advance(PAUSE.plusMillis(1));

        List<Permit> probes = take(permits, 10);

        assertThat(probes).hasSize(3).allMatch(Permit::probe);
        probes.forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));
        assertThat(permits.breakerState()).isEqualTo(State.CLOSED);
        assertThat(permits.tryAcquire().orElseThrow().probe()).isFalse();
    }

    @Test
    void waitsTwiceAsLongEachTimeTheProbesFailUpToALongest() {
        Permits permits = with(BREAKER, 0);
        fail(permits, Reason.PROVIDER_ERROR, 10);
        for (int seconds : List.of(5, 10, 20, 40, 60, 60)) {
            clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(permits.tryAcquire()).as("before %d s", seconds).isEmpty();
            clock.advance(Duration.ofMillis(2));
            take(permits, 3).forEach(probe -> end(probe, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)));
            assertThat(permits.breakerState()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void givesAProbeBackThatMadeNoCall() {
        Permits permits = with(BREAKER, 0);
        fail(permits, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));

        for (int i = 0; i < 20; i++) {
            List<Permit> probes = take(permits, 5);
            assertThat(probes).hasSize(3);
            probes.forEach(Permit::close);
        }
    }

    @Test
    void doesNotJudgeTheProviderNowByACallFromBeforeItFailed() {
        Permits permits = with(BREAKER, 0);
        Permit slow = permits.tryAcquire().orElseThrow();
        fail(permits, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));
        List<Permit> probes = take(permits, 3);

        end(slow, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT));
        probes.forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        assertThat(permits.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void opensAtOnceWhenTheAccountIsRefused() {
        for (Reason reason : List.of(Reason.AUTHENTICATION, Reason.BILLING, Reason.QUOTA_EXHAUSTED)) {
            Permits permits = with(BREAKER, 0);
            call(permits, CallReport.refused(reason, 401));
            assertThat(permits.tryAcquire()).as(reason.code()).isEmpty();
        }
    }

    @Test
    void doesNotBlameTheProviderForATaskForALoadOrForUs() {
        Permits permits = with(BREAKER, 0);
        for (Reason reason : List.of(
                Reason.MODERATED_IMAGE,
                Reason.OVERLOADED,
                Reason.RATE_LIMITED,
                Reason.INCONSISTENT_RESULT,
                Reason.STORAGE_UNAVAILABLE)) {
            fail(permits, reason, 100);
            assertThat(permits.breakerState()).as(reason.code()).isEqualTo(State.CLOSED);
        }
    }

    @Test
    void staysClosedWithAThirdOfTheCallsFailing() {
        Permits permits = with(BREAKER, 0);
        for (int i = 0; i < 3_000; i++) {
            call(
                    permits,
                    i % 3 == 0
                            ? CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)
                            : CallReport.succeeded(200, Optional.empty()));
        }
        assertThat(permits.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void beginsNoMoreCallsInASecondThanTheProvidersRate() throws InterruptedException {
        Permits permits = with(BREAKER, 10);
        long started = System.nanoTime();
        int begun = 0;
        while (System.nanoTime() - started < Duration.ofSeconds(2).toNanos()) {
            Optional<Permit> permit = permits.tryAcquire();
            begun += permit.isPresent() ? 1 : 0;
            permit.ifPresent(one -> end(one, CallReport.succeeded(200, Optional.empty())));
            Thread.onSpinWait();
        }
        assertThat(begun).isBetween(10, 22);
        assertThat(permits.inFlight()).isZero();
    }

    @Test
    void aTaskThatMakesNoCallLeavesItsTurnAtTheProvidersRateToTheNext() {
        Permits permits = with(BREAKER, 1);

        for (int i = 0; i < 100; i++) {
            permits.tryAcquire().orElseThrow().close();
        }
    }

    @Test
    void staysClosedWhenCallsFromBeforeItOpenedFailAfterItClosed() {
        Permits permits = with(BREAKER, 0);
        List<Permit> slow = take(permits, 60);
        fail(permits, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));
        take(permits, 3).forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        slow.forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));

        assertThat(permits.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void asksTheProviderAgainThoughMoreCallsFromBeforeHangThanTheLimitAllows() {
        Permits permits = adaptive(new BreakerPolicy(65, 4, PAUSE, PAUSE), 100);
        List<Permit> calls = take(permits, 16);
        calls.subList(0, 4).forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));
        assertThat(permits.limit()).isLessThan(permits.inFlight());
        assertThat(permits.breakerState()).isEqualTo(State.OPEN);

        clock.advance(PAUSE.plusMillis(1));

        assertThat(take(permits, 10)).hasSize(3);
    }

    @Test
    void neverExceedsTheConfiguredLimitNotEvenToAskTheProvider() {
        Permits permits = adaptive(new BreakerPolicy(65, 4, PAUSE, PAUSE), 10);
        List<Permit> calls = take(permits, 10);
        calls.subList(0, 2).forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));

        clock.advance(PAUSE.plusMillis(1));

        assertThat(take(permits, 10)).hasSize(2);
    }

    @Test
    void beginsLowAgainAfterAPause() {
        Permits permits = grown();

        orders.paused = true;
        assertThat(permits.tryAcquire()).isEmpty();
        orders.paused = false;

        assertThat(take(permits, 100)).hasSize(16);
    }

    @Test
    void beginsLowAgainAfterACoolDown() {
        Permits permits = grown();

        orders.coolDownUntil = clock.instant().plusSeconds(30);
        assertThat(permits.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(30));

        assertThat(take(permits, 100)).hasSize(16);
    }

    @Test
    void beginsLowAgainWhenTheBreakerCloses() {
        Permits permits = grown();
        take(permits, 20).forEach(call -> end(call, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)));
        assertThat(permits.breakerState()).isEqualTo(State.OPEN);
        assertThat(permits.limit()).isEqualTo(100);
        clock.advance(PAUSE.plusMillis(1));

        take(permits, 3).forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        assertThat(take(permits, 100)).hasSizeBetween(16, 19);
    }

    @Test
    void aShortCoolDownTakesNothingFromALimitThatIsInUse() {
        Permits permits = grown();
        List<Permit> calls = take(permits, 90);

        orders.coolDownUntil = clock.instant().plusSeconds(1);
        assertThat(permits.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(1));

        assertThat(calls).hasSize(90);
        assertThat(take(permits, 100)).hasSize(10);
    }

    /** With a limit that has grown to 100, by calls of one second. */
    private Permits grown() {
        Permits permits = adaptive(BREAKER, 100);
        long now = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            long started = now + i * SECOND;
            take(permits, 100).forEach(call -> {
                call.called(CallReport.succeeded(200, Optional.empty()), started, started + SECOND);
                call.close();
            });
        }
        assertThat(permits.limit()).isEqualTo(100);
        return permits;
    }

    private Permits adaptive(BreakerPolicy breaker, int limit) {
        return new Permits(
                Optional.of(new ProviderPolicies("vision", true, Optional.of(breaker), 0, 0)), limit, orders, clock);
    }

    private Permits withoutProvider(int limit) {
        return new Permits(Optional.empty(), limit, orders, clock);
    }

    private Permits with(BreakerPolicy breaker, int callsPerSecond) {
        return new Permits(
                Optional.of(new ProviderPolicies("vision", false, Optional.of(breaker), callsPerSecond, 0)),
                100,
                orders,
                clock);
    }

    private static void fail(Permits permits, Reason reason, int times) {
        for (int i = 0; i < times; i++) {
            call(permits, CallReport.died(reason, CallPhase.WAIT));
        }
    }

    private static void call(Permits permits, CallReport report) {
        end(permits.tryAcquire().orElseThrow(), report);
    }

    private static void end(Permit permit, CallReport report) {
        permit.called(report, 0, 1_000_000);
        permit.close();
    }

    private static List<Permit> take(Permits permits, int most) {
        List<Permit> taken = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            permits.tryAcquire().ifPresent(taken::add);
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
