package io.pawline.stage.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.CallPhase;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.schemas.budget.BudgetAnswer;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.stage.BudgetPolicy;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageSpec;
import io.pawline.stage.SystemScheduler;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.budget.Money;
import io.pawline.stage.codec.Codec;
import io.pawline.stage.provider.ReceiverLimiters;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each task may still be called for when the ledger is asked, and no longer when the ledger has answered. */
class RecordedCallsTest {

    /** Of the events of tests. */
    private static final String TENANT = "test";

    private final MockProducer<byte[], byte[]> attempts =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final AtomicInteger calls = new AtomicInteger();
    private Optional<EndedEarly> overOnceRecorded = Optional.empty();
    private boolean lostOnceRecorded;
    private int doubts;
    private boolean lostInDoubt;
    private long price;
    private Runnable doubt = () -> {};
    private CallReport report = CallReport.succeeded(200, Optional.empty());
    private long nanos;
    private BudgetLeases budget = new BudgetLeases("test", BudgetPolicy.UNLIMITED, () -> "life", () -> nanos);

    @Test
    void makesACallThatMayStillBegin() throws InterruptedException {
        assertThat(recordedCalls().make(this::call)).isEqualTo("a cat");

        assertThat(ledger()).extracting(CallAttempt::getMoment).containsExactly(CallMoment.START, CallMoment.END);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void makesNoneForATaskThatEndedWhileTheLedgerWaited(boolean cancelled) {
        EndedEarly ended = cancelled ? EndedEarly.cancelled() : EndedEarly.expired("too late");
        overOnceRecorded = Optional.of(ended);

        assertThatThrownBy(() -> recordedCalls().make(this::call))
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

        assertThatThrownBy(() -> recordedCalls().make(this::call)).isInstanceOf(RecordedCalls.Lost.class);

        assertThat(calls).hasValue(0);
        assertThat(ledger().getLast()).satisfies(end -> {
            assertThat(end.getOutcome()).contains(CallOutcome.ORPHANED);
            assertThat(end.getBilled()).isEqualTo(Billed.NO);
        });
    }

    @Test
    void waitsUntilNobodyElseCanHaveTheRecord() throws InterruptedException {
        doubts = 3;

        assertThat(recordedCalls().make(this::call)).isEqualTo("a cat");

        assertThat(doubts).isZero();
        assertThat(calls).hasValue(1);
    }

    @Test
    void makesNoneForARecordThatIsLostWhileTheCallWaits() {
        doubts = 3;
        lostInDoubt = true;

        assertThatThrownBy(() -> recordedCalls().make(this::call)).isInstanceOf(RecordedCalls.Lost.class);

        assertThat(calls).hasValue(0);
        assertThat(ledger().getLast().getOutcome()).contains(CallOutcome.ORPHANED);
    }

    @Test
    void aCallOnLeasedMoneySaysSoInTheLedger() throws InterruptedException {
        limitTo(70);

        assertThat(recordedCalls().make(this::call)).isEqualTo("a cat");

        assertThat(ledger()).allSatisfy(event -> {
            assertThat(event.getLife()).contains("life");
            assertThat(event.getBudgetDay()).contains("2026-11-29");
            assertThat(event.getReservedMicros()).contains(30L);
        });
        assertThat(budget.freeOf(TENANT)).isEqualTo(40);
    }

    @Test
    void aCallThatWasNotBilledGivesItsMoneyBack() throws InterruptedException {
        limitTo(70);
        report = CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT);

        recordedCalls().make(this::call);

        assertThat(budget.freeOf(TENANT)).isEqualTo(70);
    }

    @Test
    void noCallIsMadeAndNoneRecordedWithoutMoney() {
        limitTo(20);

        assertThatThrownBy(() -> recordedCalls().make(this::call))
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

        assertThatThrownBy(() -> recordedCalls().make(this::call)).isInstanceOf(RecordedCalls.NoMoney.class);

        assertThat(calls).hasValue(0);
        assertThat(ledger().getLast()).satisfies(end -> {
            assertThat(end.getMoment()).isEqualTo(CallMoment.END);
            assertThat(end.getReason()).contains(Reason.BUDGET_EXCEEDED.code());
            assertThat(end.getBilled()).isEqualTo(Billed.NO);
        });
        assertThat(budget.freeOf(TENANT)).isEqualTo(70);
    }

    /** Lets the tenant spend so much, and a call cost 30. */
    private void limitTo(long granted) {
        price = 30;
        budget = new BudgetLeases("test", new BudgetPolicy(_ -> true, _ -> false, true), () -> "life", () -> nanos);
        budget.reserve(TENANT, TaskId.next(), price);
        BudgetAsk ask = budget.due().orElseThrow();
        BudgetAsk.Need need = ask.needs().getFirst();
        budget.received(new BudgetAnswer(
                ask.life(),
                ask.number(),
                false,
                List.of(new BudgetAnswer.Grant(
                        need.account(),
                        Optional.of(LocalDate.of(2026, 11, 29)),
                        need.lease(),
                        1,
                        granted,
                        granted < price,
                        false,
                        Duration.ofHours(3)))));
    }

    private OutsideCall.Answer<String> call() {
        calls.incrementAndGet();
        return new OutsideCall.Answer<>("a cat", report);
    }

    private List<CallAttempt> ledger() {
        return attempts.history().stream()
                .map(event -> TestingEvents.deserializer(CallAttempt.class).deserialize(Topics.ATTEMPTS, event.value()))
                .toList();
    }

    private RecordedCalls recordedCalls() {
        Clock clock = Clock.systemUTC();
        Scheduler scheduler = new SystemScheduler();
        StageSpec<TaskAccepted> spec = TestingStage.on(Map.of()).spec();
        RecordedCalls.Check check = new RecordedCalls.Check() {
            @Override
            public Optional<EndedEarly> over() {
                return attempts.history().isEmpty() ? Optional.empty() : overOnceRecorded;
            }

            @Override
            public boolean lost() {
                return (lostOnceRecorded && !attempts.history().isEmpty()) || (lostInDoubt && doubts == 0);
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
        ProviderPolicies provider = new ProviderPolicies(TestingStage.PROVIDER, false, Optional.empty(), 0, price);
        return new RecordedCalls(
                Stage.DETECT,
                provider,
                TestingEvents.accepted(TaskId.next(), "oil", Duration.ofHours(1))
                        .getContext(),
                1,
                check,
                new ReceiverLimiters(provider, 1, clock, scheduler::nanoTime, new Random())
                        .of("")
                        .tryAcquire()
                        .orElseThrow(),
                new Ledger(attempts, new Codec<>(spec, TestingEvents.format(), scheduler), clock, scheduler, "test"),
                budget,
                clock);
    }
}
