package io.pawline.stage.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Fallback;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.budget.Money;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.Demand;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.ProviderChain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each task may still be called for when the ledger is asked, and no longer when the ledger has answered. */
class RecordedCallsTest {

    private final TestingCallLedger ledger = new TestingCallLedger();
    private final AtomicInteger calls = new AtomicInteger();
    private Optional<EndedEarly> overOnceRecorded = Optional.empty();
    private boolean lostOnceRecorded;
    private Optional<EndedEarly> overOnceCalled = Optional.empty();
    private final List<ConcurrencyLimiter> limiters = new ArrayList<>();
    private double canary;
    private int attempt = 1;
    private int generation = 1;
    private int doubts;
    private boolean lostInDoubt;
    private long price;
    private Runnable doubt = () -> {};
    private CallReport report = CallReport.succeeded(200, Optional.empty());
    private long nanos;
    private BudgetLeases budget = TestingCallLedger.unlimited(() -> nanos);

    @Test
    void makesACallThatMayStillBegin() throws InterruptedException {
        assertThat(recordedCalls().<String>make(_ -> call())).isEqualTo("a cat");

        assertThat(ledger()).extracting(CallAttempt::getMoment).containsExactly(CallMoment.START, CallMoment.END);
    }

    @Test
    void theFirstCallOfATaskSaysInWhichComparisonItCounts() throws InterruptedException {
        canary = 0.2;
        for (int task = 0; task < 200; task++) {
            limiters.clear();
            try (RecordedCalls made = recordedCalls(2)) {
                assertThat(made.<String>make(_ -> call())).isEqualTo("a cat");
            }
        }

        assertThat(ledger()).allSatisfy(event -> {
            assertThat(event.getCanary()).contains("provider-1");
            assertThat(event.getCanaryShare()).contains(0.2);
        });
        assertThat(ledger()).extracting(CallAttempt::getProvider).contains("provider-0", "provider-1");
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "1, 2"})
    void whatComesBackGoesToAProviderThatIsKnown(int itsAttempt, int itsGeneration) throws InterruptedException {
        canary = 0.2;
        attempt = itsAttempt;
        generation = itsGeneration;
        for (int task = 0; task < 200; task++) {
            limiters.clear();
            try (RecordedCalls made = recordedCalls(2)) {
                assertThat(made.<String>make(_ -> call())).isEqualTo("a cat");
            }
        }

        assertThat(ledger()).allSatisfy(event -> {
            assertThat(event.getCanary()).isEmpty();
            assertThat(event.getProvider()).isEqualTo("provider-0");
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void makesNoneForATaskThatEndedWhileTheLedgerWaited(boolean cancelled) {
        EndedEarly ended = cancelled ? EndedEarly.cancelled() : EndedEarly.expired("too late");
        overOnceRecorded = Optional.of(ended);

        assertThatThrownBy(() -> recordedCalls().<String>make(_ -> call()))
                .isInstanceOfSatisfying(
                        RecordedCalls.Over.class,
                        over -> assertThat(over.ended()).isEqualTo(ended));

        assertThat(calls).hasValue(0);
        assertThat(ledger().getLast()).satisfies(end -> {
            assertThat(end.getMoment()).isEqualTo(CallMoment.END);
            assertThat(end.getReason()).contains((cancelled ? Reason.CANCELLED : Reason.DEADLINE_PASSED).code());
            assertThat(end.getBilled()).isEqualTo(Billed.NO);
        });
    }

    @Test
    void makesNoneForARecordThatWasLostWhileTheLedgerWaited() {
        lostOnceRecorded = true;

        assertThatThrownBy(() -> recordedCalls().<String>make(_ -> call())).isInstanceOf(RecordedCalls.Lost.class);

        assertThat(calls).hasValue(0);
        assertThat(ledger().getLast()).satisfies(end -> {
            assertThat(end.getOutcome()).contains(CallOutcome.ORPHANED);
            assertThat(end.getBilled()).isEqualTo(Billed.NO);
        });
    }

    @Test
    void waitsUntilNobodyElseCanHaveTheRecord() throws InterruptedException {
        doubts = 3;

        assertThat(recordedCalls().<String>make(_ -> call())).isEqualTo("a cat");

        assertThat(doubts).isZero();
        assertThat(calls).hasValue(1);
    }

    @Test
    void makesNoneForARecordThatIsLostWhileTheCallWaits() {
        doubts = 3;
        lostInDoubt = true;

        assertThatThrownBy(() -> recordedCalls().<String>make(_ -> call())).isInstanceOf(RecordedCalls.Lost.class);

        assertThat(calls).hasValue(0);
        assertThat(ledger().getLast().getOutcome()).contains(CallOutcome.ORPHANED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"OVERLOADED", "READ_TIMEOUT", "PROVIDER_ERROR", "CONNECTION_FAILED", "QUOTA_EXHAUSTED"})
    void whatOneProviderCannotDoAnotherOneIsAskedFor(Reason failure) throws InterruptedException {
        try (RecordedCalls recorded = recordedCalls(2)) {
            assertThat(recorded.<String>make(place -> place == 0 ? failed(failure) : call()))
                    .isEqualTo("a cat");
        }

        assertThat(ends()).extracting(CallAttempt::getProvider).containsExactly("provider-0", "provider-1");
        assertThat(ends()).extracting(end -> end.getReason().orElse("")).containsExactly(failure.code(), "");
        assertThat(ends().getLast().getCostMicros()).contains(1L);
        assertThat(limiters).extracting(ConcurrencyLimiter::inFlight).containsExactly(0, 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"NO_PET", "MODERATED_PHOTO", "MODERATION_UNCERTAIN", "INVALID_REQUEST", "INCONSISTENT_RESULT"})
    void noOtherProviderIsAskedForWhatIsTheTasksOwn(Reason failure) throws InterruptedException {
        try (RecordedCalls recorded = recordedCalls(2)) {
            assertThat(recorded.<String>make(_ -> failed(failure))).isEqualTo("provider-0 failed");
        }

        assertThat(ends()).extracting(CallAttempt::getProvider).containsExactly("provider-0");
    }

    @Test
    void noProviderIsAskedTwiceInAnAttempt() throws InterruptedException {
        try (RecordedCalls recorded = recordedCalls(3)) {
            assertThat(recorded.<String>make(_ -> failed(Reason.PROVIDER_ERROR)))
                    .isEqualTo("provider-2 failed");
        }

        assertThat(ends())
                .extracting(CallAttempt::getProvider)
                .containsExactly("provider-0", "provider-1", "provider-2");
    }

    @Test
    void noOtherProviderIsAskedForATaskThatEndedMeanwhile() {
        overOnceCalled = Optional.of(EndedEarly.cancelled());

        try (RecordedCalls recorded = recordedCalls(2)) {
            assertThatThrownBy(() -> recorded.<String>make(_ -> failed(Reason.READ_TIMEOUT)))
                    .isInstanceOf(RecordedCalls.Over.class);
        }

        assertThat(ends()).extracting(CallAttempt::getProvider).containsExactly("provider-0");
        assertThat(limiters).extracting(ConcurrencyLimiter::inFlight).containsExactly(0, 0);
    }

    private OutsideCall.Answer<String> failed(Reason reason) {
        calls.incrementAndGet();
        return new OutsideCall.Answer<>("provider-%d failed".formatted(ends().size()), CallReport.refused(reason, 500));
    }

    private List<CallAttempt> ends() {
        return ledger().stream()
                .filter(call -> call.getMoment() == CallMoment.END)
                .toList();
    }

    @Test
    void aCallOnLeasedMoneySaysSoInTheLedger() throws InterruptedException {
        limitTo(70);

        assertThat(recordedCalls().<String>make(_ -> call())).isEqualTo("a cat");

        assertThat(ledger()).allSatisfy(event -> {
            assertThat(event.getLife()).contains("life");
            assertThat(event.getBudgetDay()).contains("2026-11-29");
            assertThat(event.getReservedMicros()).contains(30L);
        });
        assertThat(budget.freeOf(TestingCallLedger.TENANT)).isEqualTo(40);
    }

    @Test
    void aCallThatWasNotBilledGivesItsMoneyBack() throws InterruptedException {
        limitTo(70);
        report = CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT);

        recordedCalls().<String>make(_ -> call());

        assertThat(budget.freeOf(TestingCallLedger.TENANT)).isEqualTo(70);
    }

    @Test
    void noCallIsMadeAndNoneRecordedWithoutMoney() {
        limitTo(20);

        assertThatThrownBy(() -> recordedCalls().<String>make(_ -> call()))
                .isInstanceOfSatisfying(
                        RecordedCalls.NoMoney.class,
                        noMoney -> assertThat(noMoney.money()).isInstanceOf(Money.DaySpent.class));

        assertThat(calls).hasValue(0);
        assertThat(ledger()).isEmpty();
    }

    @Test
    void noCallIsMadeWhoseLeaseEndedWhileItWasRecorded() {
        limitTo(70);
        doubts = 1;
        doubt = () -> nanos += BudgetLeases.HOLDS.toNanos();

        assertThatThrownBy(() -> recordedCalls().<String>make(_ -> call())).isInstanceOf(RecordedCalls.NoMoney.class);

        assertThat(calls).hasValue(0);
        assertThat(ledger().getLast()).satisfies(end -> {
            assertThat(end.getMoment()).isEqualTo(CallMoment.END);
            assertThat(end.getReason()).contains(Reason.BUDGET_EXCEEDED.code());
            assertThat(end.getBilled()).isEqualTo(Billed.NO);
        });
        assertThat(budget.freeOf(TestingCallLedger.TENANT)).isEqualTo(70);
    }

    /** Lets the tenant spend so much, and a call cost 30. */
    private void limitTo(long granted) {
        price = 30;
        budget = TestingCallLedger.limited(granted, price, price, () -> nanos);
    }

    private OutsideCall.Answer<String> call() {
        calls.incrementAndGet();
        return new OutsideCall.Answer<>("a cat", report);
    }

    private List<CallAttempt> ledger() {
        return ledger.events();
    }

    private RecordedCalls recordedCalls() {
        return recordedCalls(1);
    }

    private RecordedCalls recordedCalls(int number) {
        RecordedCalls.Check check = new RecordedCalls.Check() {
            @Override
            public Optional<EndedEarly> over() {
                if (calls.get() > 0 && overOnceCalled.isPresent()) {
                    return overOnceCalled;
                }
                return ledger().isEmpty() ? Optional.empty() : overOnceRecorded;
            }

            @Override
            public boolean lost() {
                return (lostOnceRecorded && !ledger().isEmpty()) || (lostInDoubt && doubts == 0);
            }

            @Override
            public boolean certain(long askedNanos) {
                if (doubts == 0) {
                    return true;
                }
                doubts--;
                doubt.run();
                return false;
            }
        };
        List<ProviderPolicies> providers = IntStream.range(0, number)
                .mapToObj(place -> new ProviderPolicies("provider-" + place, false, Optional.empty(), 0, price + place))
                .toList();
        limiters.addAll(ledger.limiters(providers, 1));
        Fallbacks fallbacks = new Fallbacks(
                Fallbacks.Policy.STANDBY,
                Duration.ofSeconds(1),
                providers.stream()
                        .skip(1)
                        .map(provider ->
                                new Fallback(provider, 1, provider.name().equals("provider-1") ? canary : 0))
                        .toList());
        Permit permit = new ProviderChain(limiters, fallbacks, ledger.clock, ledger.scheduler::nanoTime)
                .tryAcquire(() -> Demand.NONE)
                .orElseThrow();
        return ledger.calls(
                providers,
                TestingCallLedger.context().setGeneration(generation).build(),
                attempt,
                check,
                permit,
                budget);
    }
}
