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
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConcurrencyLimiterTest {

    private static final long SECOND = 1_000_000_000;
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final BreakerPolicy BREAKER = new BreakerPolicy(65, 20, PAUSE, Duration.ofSeconds(60));

    /** Makes no jitter. */
    private static final RandomGenerator AT_ONCE = () -> 0;

    private final TestingClock clock = new TestingClock();
    private final TestingStageControls controls = new TestingStageControls();
    private long nanos = 1_000 * SECOND;

    @Test
    void givesNoMoreThanTheLimitAndTakesThemBack() {
        ConcurrencyLimiter limiter = withoutProvider(2);
        Permit first = limiter.tryAcquire().orElseThrow();
        take(limiter, 1);

        assertThat(limiter.tryAcquire()).isEmpty();
        first.close();
        assertThat(limiter.tryAcquire()).isPresent();
        assertThat(limiter.inFlight()).isEqualTo(2);
    }

    @Test
    void aReceiversPermitShowsTheLoadOfTheStage() {
        ConcurrencyLimiter stage = withoutProvider(7);
        take(stage, 2);
        Permit ofStage = stage.tryAcquire().orElseThrow();
        Permit ofReceiver = with(BREAKER, 0).tryAcquire().orElseThrow();
        assertThat(ofReceiver.loadSnapshot().breaker()).contains(State.CLOSED);

        ofReceiver.within(ofStage);

        assertThat(ofReceiver.loadSnapshot()).isEqualTo(new LoadSnapshot(3, 7, Optional.empty()));
    }

    @Test
    void followsTheOperatorsLimitInBothDirections() {
        ConcurrencyLimiter limiter = withoutProvider(2);

        controls.limit = OptionalInt.of(1);
        take(limiter, 1);
        assertThat(limiter.tryAcquire()).isEmpty();
        controls.limit = OptionalInt.of(3);
        take(limiter, 1);
        take(limiter, 1);
        assertThat(limiter.tryAcquire()).isEmpty();
        controls.limit = OptionalInt.empty();
        assertThat(limiter.limit()).isEqualTo(2);
    }

    @Test
    void givesNoneWhileThePauseLasts() {
        ConcurrencyLimiter limiter = withoutProvider(2);

        controls.paused = true;
        assertThat(limiter.open()).isFalse();
        assertThat(limiter.tryAcquire()).isEmpty();
        controls.paused = false;
        assertThat(limiter.tryAcquire()).isPresent();
    }

    @Test
    void closesTheProviderForEverybodyUntilTheMomentItNamed() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        Instant until = clock.instant().plusSeconds(30);

        take(limiter, 5).forEach(permit -> end(permit, refused(Reason.RATE_LIMITED, until)));

        assertThat(controls.coolDownUntil).isEqualTo(until);
        assertThat(controls.why).contains("rate_limited");
        assertThat(limiter.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(30));
        assertThat(limiter.tryAcquire()).isPresent();
    }

    @Test
    void aStrayRetryAfterClosesNobody() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        for (Reason reason : List.of(Reason.RATE_LIMITED, Reason.OVERLOADED, Reason.PROVIDER_ERROR)) {
            for (int i = 0; i < 100; i++) {
                call(
                        limiter,
                        i % 3 == 0
                                ? refused(reason, clock.instant().plusSeconds(30))
                                : CallReport.succeeded(200, Optional.empty()));
                assertThat(limiter.open()).as("%s %d", reason, i).isTrue();
            }
        }
        assertThat(controls.coolDowns).hasValue(0);
    }

    @Test
    void givesOneCoolDownForAllCallsThatAreRefusedTogether() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);

        take(limiter, 100).forEach(permit -> {
            clock.advance(Duration.ofMillis(20));
            end(permit, refused(Reason.RATE_LIMITED, clock.instant().plusSeconds(30)));
        });

        assertThat(controls.coolDowns).hasValue(1);
    }

    @Test
    void processesGoOnAtMomentsOfTheirOwnAndWithFewCallsEach() {
        controls.coolDownUntil = clock.instant().plusSeconds(60);
        Random jitter = new Random(1);
        List<ConcurrencyLimiter> fleet = new ArrayList<>();
        for (int process = 0; process < 30; process++) {
            ConcurrencyLimiter limiter = limiter(true, BREAKER, 0, 100, jitter);
            assertThat(limiter.tryAcquire()).isEmpty();
            fleet.add(limiter);
        }
        clock.advance(Duration.ofSeconds(60));
        List<Integer> begun = new ArrayList<>();
        for (int i = 0; i <= 50; i++) {
            begun.add(
                    fleet.stream().mapToInt(limiter -> take(limiter, 20).size()).sum());
            clock.advance(Duration.ofMillis(100));
        }

        assertThat(begun).allSatisfy(atOnce -> assertThat(atOnce).isLessThanOrEqualTo(20));
        assertThat(begun.stream().mapToInt(Integer::intValue).sum()).isEqualTo(120);
    }

    @Test
    void processesProbeAtMomentsOfTheirOwnAndWithOneCallEach() {
        Random jitter = new Random(1);
        List<ConcurrencyLimiter> fleet = new ArrayList<>();
        for (int process = 0; process < 30; process++) {
            ConcurrencyLimiter limiter = limiter(true, BREAKER, 0, 100, jitter);
            take(limiter, 10).forEach(call -> end(call, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)));
            assertThat(limiter.breakerState()).isEqualTo(State.OPEN);
            fleet.add(limiter);
        }
        clock.advance(PAUSE);
        List<Integer> probes = new ArrayList<>();
        for (int i = 0; i <= 25; i++) {
            clock.advance(Duration.ofMillis(100));
            probes.add(
                    fleet.stream().mapToInt(limiter -> take(limiter, 5).size()).sum());
        }

        assertThat(probes).allSatisfy(atOnce -> assertThat(atOnce).isLessThanOrEqualTo(6));
        assertThat(probes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(30);
    }

    @Test
    void believesNoProviderThatWantsToBeLeftAloneForADay() {
        take(with(BREAKER, 0), 5)
                .forEach(permit ->
                        end(permit, refused(Reason.OVERLOADED, clock.instant().plus(Duration.ofDays(1)))));

        assertThat(controls.coolDownUntil).isEqualTo(clock.instant().plus(Duration.ofMinutes(15)));
    }

    @Test
    void keepsTheLaterOfTwoCoolDowns() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        List<Permit> permits = take(limiter, 7);
        Instant late = clock.instant().plusSeconds(60);

        permits.subList(0, 5).forEach(permit -> end(permit, refused(Reason.RATE_LIMITED, late)));
        end(permits.get(5), refused(Reason.RATE_LIMITED, late.minusSeconds(50)));
        assertThat(controls.coolDownUntil).isEqualTo(late);
        end(permits.get(6), refused(Reason.RATE_LIMITED, late.plusSeconds(60)));

        assertThat(controls.coolDownUntil).isEqualTo(late.plusSeconds(60));
    }

    @Test
    void opensTheBreakerWhenMostCallsFailAndThenMakesNone() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);

        fail(limiter, Reason.PROVIDER_ERROR, 10);

        assertThat(limiter.breakerState()).isEqualTo(State.OPEN);
        assertThat(limiter.open()).isFalse();
        assertThat(limiter.tryAcquire()).isEmpty();
        clock.advance(PAUSE.minusMillis(1));
        assertThat(limiter.tryAcquire()).isEmpty();
    }

    @Test
    void letsOneProbeThroughAndClosesWhenItWorks() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        fail(limiter, Reason.READ_TIMEOUT, 10);
        clock.advance(PAUSE.plusMillis(1));

        List<Permit> probes = take(limiter, 10);

        assertThat(probes).hasSize(1).allMatch(Permit::probe);
        probes.forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));
        assertThat(limiter.breakerState()).isEqualTo(State.CLOSED);
        assertThat(limiter.tryAcquire().orElseThrow().probe()).isFalse();
    }

    @Test
    void waitsTwiceAsLongEachTimeTheProbesFailUpToALongest() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        fail(limiter, Reason.PROVIDER_ERROR, 10);
        for (int seconds : List.of(5, 10, 20, 40, 60, 60)) {
            clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(limiter.tryAcquire()).as("before %d s", seconds).isEmpty();
            clock.advance(Duration.ofMillis(2));
            take(limiter, 3).forEach(probe -> end(probe, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)));
            assertThat(limiter.breakerState()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void givesAProbeBackThatMadeNoCall() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        fail(limiter, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));

        for (int i = 0; i < 20; i++) {
            List<Permit> probes = take(limiter, 5);
            assertThat(probes).hasSize(1);
            probes.forEach(Permit::close);
        }
    }

    @Test
    void doesNotJudgeTheProviderNowByACallFromBeforeItFailed() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        Permit slow = limiter.tryAcquire().orElseThrow();
        fail(limiter, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));
        List<Permit> probes = take(limiter, 3);

        end(slow, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT));
        probes.forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        assertThat(limiter.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void opensAtOnceWhenTheAccountIsRefused() {
        for (Reason reason : List.of(Reason.AUTHENTICATION, Reason.BILLING, Reason.QUOTA_EXHAUSTED)) {
            ConcurrencyLimiter limiter = with(BREAKER, 0);
            call(limiter, CallReport.refused(reason, 401));
            assertThat(limiter.tryAcquire()).as(reason.code()).isEmpty();
        }
    }

    @Test
    void doesNotBlameTheProviderForATaskForALoadOrForUs() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        for (Reason reason : List.of(
                Reason.MODERATED_IMAGE,
                Reason.OVERLOADED,
                Reason.RATE_LIMITED,
                Reason.INCONSISTENT_RESULT,
                Reason.STORAGE_UNAVAILABLE)) {
            fail(limiter, reason, 100);
            assertThat(limiter.breakerState()).as(reason.code()).isEqualTo(State.CLOSED);
        }
    }

    @Test
    void staysClosedWithAThirdOfTheCallsFailing() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        for (int i = 0; i < 3_000; i++) {
            call(
                    limiter,
                    i % 3 == 0
                            ? CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)
                            : CallReport.succeeded(200, Optional.empty()));
        }
        assertThat(limiter.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void theProvidersRateHolds() {
        assertThat(take(with(BREAKER, 0.001), 10)).hasSize(1);
    }

    @Test
    void aTaskThatMakesNoCallLeavesItsTurnAtTheProvidersRateToTheNext() {
        ConcurrencyLimiter limiter = with(BREAKER, 1);

        for (int i = 0; i < 100; i++) {
            limiter.tryAcquire().orElseThrow().close();
        }
    }

    @Test
    void staysClosedWhenCallsFromBeforeItOpenedFailAfterItClosed() {
        ConcurrencyLimiter limiter = with(BREAKER, 0);
        List<Permit> slow = take(limiter, 60);
        fail(limiter, Reason.PROVIDER_ERROR, 10);
        clock.advance(PAUSE.plusMillis(1));
        take(limiter, 3).forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        slow.forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));

        assertThat(limiter.breakerState()).isEqualTo(State.CLOSED);
    }

    @Test
    void probesTheProviderThoughMoreOldCallsHangThanTheLimitAllows() {
        ConcurrencyLimiter limiter = adaptive(new BreakerPolicy(65, 7, PAUSE, PAUSE), 100);
        List<Permit> calls = take(limiter, 16);
        calls.subList(0, 7).forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));
        assertThat(limiter.limit()).isLessThan(limiter.inFlight());
        assertThat(limiter.breakerState()).isEqualTo(State.OPEN);

        clock.advance(PAUSE.plusMillis(1));

        assertThat(take(limiter, 10)).hasSize(1);
    }

    @Test
    void neverExceedsTheConfiguredLimitNotEvenToAskTheProvider() {
        ConcurrencyLimiter limiter = adaptive(new BreakerPolicy(65, 4, PAUSE, PAUSE), 10);
        List<Permit> calls = take(limiter, 10);
        calls.subList(0, 2).forEach(call -> end(call, CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT)));
        controls.limit = OptionalInt.of(8);

        clock.advance(PAUSE.plusMillis(1));

        assertThat(take(limiter, 10)).isEmpty();
        controls.limit = OptionalInt.of(9);
        assertThat(take(limiter, 10)).hasSize(1);
    }

    @Test
    void beginsLowAgainAfterAPause() {
        ConcurrencyLimiter limiter = grown();

        controls.paused = true;
        assertThat(limiter.tryAcquire()).isEmpty();
        controls.paused = false;

        assertThat(take(limiter, 100)).hasSize(4);
    }

    @Test
    void beginsLowAgainAfterACoolDown() {
        ConcurrencyLimiter limiter = grown();

        controls.coolDownUntil = clock.instant().plusSeconds(30);
        assertThat(limiter.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(30));

        assertThat(take(limiter, 100)).hasSize(4);
    }

    @Test
    void beginsLowAgainWhenTheBreakerCloses() {
        ConcurrencyLimiter limiter = grown();
        take(limiter, 20).forEach(call -> end(call, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)));
        assertThat(limiter.breakerState()).isEqualTo(State.OPEN);
        assertThat(limiter.limit()).isEqualTo(100);
        clock.advance(PAUSE.plusMillis(1));

        take(limiter, 3).forEach(probe -> end(probe, CallReport.succeeded(200, Optional.empty())));

        assertThat(take(limiter, 100)).hasSizeBetween(4, 5);
    }

    @Test
    void aShortCoolDownTakesNothingFromALimitThatIsInUse() {
        ConcurrencyLimiter limiter = grown();
        List<Permit> calls = take(limiter, 90);

        controls.coolDownUntil = clock.instant().plusSeconds(1);
        assertThat(limiter.tryAcquire()).isEmpty();
        clock.advance(Duration.ofSeconds(1));

        assertThat(calls).hasSize(90);
        assertThat(take(limiter, 100)).hasSize(10);
    }

    /** Makes a limiter whose limit has grown to 100, by calls of one second. */
    @Test
    void aCallGivenUpKeepsItsPermitUntilItHasProbablyEnded() {
        ConcurrencyLimiter limiter = ofPaidProvider(2);
        endAfter(limiter, CallReport.succeeded(200, Optional.empty()), 8 * SECOND);
        endAfter(limiter, CallReport.died(Reason.CONNECTION_LOST, CallPhase.WAIT), SECOND);

        assertThat(limiter.ghosts()).isEqualTo(1);
        assertThat(limiter.inFlight()).isZero();
        assertThat(take(limiter, 2)).hasSize(1);
        nanos += 7 * SECOND;
        assertThat(limiter.ghosts()).isZero();
        assertThat(take(limiter, 2)).hasSize(1);
    }

    @Test
    void anAnswerOrARefusedConnectionGivesThePermitBackAtOnce() {
        ConcurrencyLimiter limiter = ofPaidProvider(1);
        endAfter(limiter, CallReport.succeeded(200, Optional.empty()), 8 * SECOND);

        for (CallReport report : List.of(
                CallReport.refused(Reason.PROVIDER_ERROR, 500),
                CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT),
                CallReport.died(Reason.CONNECTION_LOST, CallPhase.SEND),
                CallReport.died(Reason.CONNECTION_LOST, CallPhase.READ))) {
            endAfter(limiter, report, SECOND);

            assertThat(limiter.ghosts()).as("%s", report).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, ModelAccountRpmRateLimitExceeded, OVER_RATE",
        "RATE_LIMITED, ModelAccountIpmRateLimitExceeded, OVER_RATE",
        "RATE_LIMITED, RateLimitExceeded.EndpointTPMExceeded, OVER_RATE",
        "RATE_LIMITED, AccountRateLimitExceeded, OVER_RATE",
        "RATE_LIMITED, requests_per_minute, OVER_RATE",
        "RATE_LIMITED, 50429, REFUSED",
        "OVERLOADED, ServerOverloaded, REFUSED",
        "OVERLOADED, 50430, REFUSED"
    })
    void aRefusalThatNamesTheMinuteConcernsTheRateOfTheFleet(Reason reason, String code, FleetReport.Result result) {
        FleetMember self = new FleetMember("a", "1");
        FleetShare share = new FleetShare(self, 4, 0, () -> nanos);
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(
                Optional.of(new ProviderPolicies("vision", true, Optional.empty(), 0, 0)),
                4,
                controls,
                clock,
                () -> nanos,
                Optional.of(share),
                AT_ONCE);
        long asked = share.report(0, 0, 4).number();
        share.take(new FleetGrants(
                self, new GrantKey(1, 1), 4, 0, LimitState.UNKNOWN, List.of(new FleetGrants.Grant(self, asked, 4, 0))));

        endAfter(
                limiter,
                new CallReport(
                        Optional.of(reason),
                        CallPhase.DONE,
                        Optional.of(429),
                        Optional.of(code),
                        Optional.empty(),
                        Optional.empty()),
                SECOND);

        assertThat(share.report(0, 0, 4).calls())
                .singleElement()
                .satisfies(call -> assertThat(call.result()).isEqualTo(result));
    }

    @Test
    void aRateThatTheFleetHasLearnedHolds() {
        FleetMember self = new FleetMember("a", "1");
        FleetShare share = new FleetShare(self, 50, 0, () -> nanos);
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(
                Optional.of(new ProviderPolicies("vision", true, Optional.empty(), 0, 0)),
                50,
                controls,
                clock,
                () -> nanos,
                Optional.of(share),
                AT_ONCE);
        lease(share, self, 1, 0);
        assertThat(take(limiter, 20)).as("nothing is known of a rate").hasSize(20);

        lease(share, self, 2, 0.5);

        assertThat(take(limiter, 20)).as("three in six seconds, one at a time").hasSize(1);
        nanos += 60 * SECOND;
        lease(share, self, 3, 0);
        assertThat(take(limiter, 20)).as("the rate is over").hasSize(20);
    }

    private static void lease(FleetShare share, FleetMember self, int number, double rate) {
        long asked = share.report(0, 0, 50).number();
        share.take(new FleetGrants(
                self,
                new GrantKey(1, number),
                50,
                rate,
                LimitState.UNKNOWN,
                List.of(new FleetGrants.Grant(self, asked, 50, rate))));
    }

    private ConcurrencyLimiter ofPaidProvider(int limit) {
        return new ConcurrencyLimiter(
                Optional.of(new ProviderPolicies("vision", false, Optional.empty(), 0, 0)),
                limit,
                controls,
                clock,
                () -> nanos,
                AT_ONCE);
    }

    private void endAfter(ConcurrencyLimiter limiter, CallReport report, long took) {
        Permit permit = limiter.tryAcquire().orElseThrow();
        permit.called(report, nanos - took, nanos);
        permit.close();
    }

    private ConcurrencyLimiter grown() {
        ConcurrencyLimiter limiter = adaptive(BREAKER, 100);
        long now = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            long started = now + i * SECOND;
            take(limiter, 100).forEach(call -> {
                call.called(CallReport.succeeded(200, Optional.empty()), started, started + SECOND);
                call.close();
            });
        }
        assertThat(limiter.limit()).isEqualTo(100);
        return limiter;
    }

    private ConcurrencyLimiter adaptive(BreakerPolicy breaker, int limit) {
        return limiter(true, breaker, 0, limit, AT_ONCE);
    }

    private ConcurrencyLimiter withoutProvider(int limit) {
        return new ConcurrencyLimiter(Optional.empty(), limit, controls, clock, System::nanoTime, AT_ONCE);
    }

    private ConcurrencyLimiter with(BreakerPolicy breaker, double callsPerSecond) {
        return limiter(false, breaker, callsPerSecond, 100, AT_ONCE);
    }

    private ConcurrencyLimiter limiter(
            boolean adaptive, BreakerPolicy breaker, double callsPerSecond, int limit, RandomGenerator random) {
        return new ConcurrencyLimiter(
                Optional.of(new ProviderPolicies("vision", adaptive, Optional.of(breaker), callsPerSecond, 0)),
                limit,
                controls,
                clock,
                System::nanoTime,
                new RefusalShare(ConcurrencyLimiter.REFUSALS_FOR_ALL),
                random);
    }

    private static void fail(ConcurrencyLimiter limiter, Reason reason, int times) {
        for (int i = 0; i < times; i++) {
            call(limiter, CallReport.died(reason, CallPhase.WAIT));
        }
    }

    private static void call(ConcurrencyLimiter limiter, CallReport report) {
        end(limiter.tryAcquire().orElseThrow(), report);
    }

    private static void end(Permit permit, CallReport report) {
        permit.called(report, 0, 1_000_000);
        permit.close();
    }

    private static List<Permit> take(ConcurrencyLimiter limiter, int most) {
        List<Permit> taken = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            limiter.tryAcquire().ifPresent(taken::add);
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
