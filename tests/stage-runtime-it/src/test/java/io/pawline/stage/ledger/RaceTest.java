package io.pawline.stage.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.TaskContext;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Routing;
import io.pawline.stage.CallWork;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Fallback;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderCall;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.Scheduler;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.Demand;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.ProviderChain;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Makes one call twice: the first hangs, or answers once the second has begun. */
@Timeout(60)
class RaceTest {

    private static final String INTERACTIVE = "interactive";
    private static final String KIND = "photo";
    private static final long PRICE = 30;
    private static final int PLACES = 2;
    private static final double SHARE = 0.1;

    /** How a call can end. */
    enum End {
        SUCCEEDS,
        FAILS_FOR_THE_PROVIDER,
        FAILS_FOR_THE_TASK,
        HANGS
    }

    private TestingCallLedger ledger = new TestingCallLedger();
    private final Scheduler scheduler = ledger.scheduler;
    private final AtomicInteger interrupted = new AtomicInteger();
    private List<ConcurrencyLimiter> limiters = List.of();
    private BudgetLeases budget = TestingCallLedger.unlimited(scheduler::nanoTime);
    private CountDownLatch secondHasBegun = new CountDownLatch(1);
    private Duration usual = Duration.ofMillis(1);
    private @Nullable Permit permit;
    private Runnable onceTheFirstIsRecorded = () -> {};
    private Runnable onceTheHedgeIsRecorded = () -> {};
    private volatile Optional<EndedEarly> over = Optional.empty();

    @Property(tries = 200)
    void oneAnswerCountsAndBothCallsAreInTheLedger(
            @ForAll End first,
            @ForAll End second,
            @ForAll boolean firstAnswersFirst,
            @ForAll @IntRange(min = 1, max = 2) int providers)
            throws InterruptedException {
        // A call that hangs and is not cut takes its time-out
        Assume.that(first != End.HANGS || second == End.SUCCEEDS || second == End.FAILS_FOR_THE_TASK);
        Assume.that(second != End.HANGS || first == End.SUCCEEDS || first == End.FAILS_FOR_THE_TASK);
        begin();
        limitTo(1_000);
        long before = budget.freeOf(TestingCallLedger.TENANT);

        String answer;
        try (RecordedCalls calls = calls(providers, INTERACTIVE)) {
            answer = calls.makeHedged(
                    KIND,
                    _ -> first(first, firstAnswersFirst || second == End.HANGS),
                    _ -> second(second, !firstAnswersFirst || first == End.HANGS));
        }
        permit().close();

        boolean firstCounts = counts(first, second, firstAnswersFirst);
        End counting = firstCounts ? first : second;
        assertThat(answer).isEqualTo((firstCounts ? "first " : "second ") + counting);
        assertThat(starts()).extracting(CallAttempt::getHedge).containsExactly(false, true);
        assertThat(ends()).extracting(CallAttempt::getHedge).containsExactlyInAnyOrder(false, true);
        assertThat(ends().stream().map(CallAttempt::getCallId).collect(Collectors.toSet()))
                .isEqualTo(starts().stream().map(CallAttempt::getCallId).collect(Collectors.toSet()));
        assertThat(ends()).allSatisfy(end -> requireAsItWas(end, end.getHedge() ? second : first));
        assertThat(interrupted).hasValue((first == End.HANGS ? 1 : 0) + (second == End.HANGS ? 1 : 0));
        assertThat(limiters)
                .allSatisfy(limiter -> assertThat(limiter.inFlight()).isZero());
        assertThat(before - budget.freeOf(TestingCallLedger.TENANT)).isEqualTo(cost(first) + cost(second));
    }

    /** A call that was cut by the other one says so; one that answered as well has its own end. */
    private static void requireAsItWas(CallAttempt end, End call) {
        switch (call) {
            case SUCCEEDS -> assertThat(end.getOutcome()).contains(CallOutcome.SUCCEEDED);
            case FAILS_FOR_THE_PROVIDER -> assertThat(end.getReason()).contains(Reason.PROVIDER_ERROR.code());
            case FAILS_FOR_THE_TASK -> assertThat(end.getReason()).contains(Reason.MODERATED_PHOTO.code());
            case HANGS -> {
                assertThat(end.getReason()).contains(Reason.SUPERSEDED.code());
                assertThat(end.getBilled()).isEqualTo(Billed.UNKNOWN);
                assertThat(end.getCostMicros()).contains(PRICE);
            }
        }
    }

    private static long cost(End call) {
        return call == End.SUCCEEDS || call == End.HANGS ? PRICE : 0;
    }

    /** Says whether the first call counts. The one that answers later waits until the other has its end. */
    private static boolean counts(End first, End second, boolean firstAnswersFirst) {
        if (first == End.HANGS || second == End.HANGS) {
            return second == End.HANGS;
        }
        End earlier = firstAnswersFirst ? first : second;
        return (earlier == End.FAILS_FOR_THE_PROVIDER) != firstAnswersFirst;
    }

    @Test
    void aCallThatIsQuickIsMadeOnce() throws InterruptedException {
        usual = Duration.ofHours(1);

        assertThat(calls(2, INTERACTIVE).<String>makeHedged(KIND, _ -> answer("a cat"), _ -> none()))
                .isEqualTo("a cat");

        assertThat(starts()).extracting(CallAttempt::getHedge).containsExactly(false);
    }

    @Test
    void aBulkTaskIsNotHedged() throws InterruptedException {
        assertThat(calls(2, Routing.BULK).<String>makeHedged(KIND, _ -> slow(), _ -> none()))
                .isEqualTo("slow");
    }

    @Test
    void aKindOfWhichNothingIsKnownIsNotHedged() throws InterruptedException {
        assertThat(calls(2, INTERACTIVE).<String>makeHedged("drawing", _ -> slow(), _ -> none()))
                .isEqualTo("slow");
    }

    @Test
    void aCallWithoutMoneyForASecondIsMadeOnce() throws InterruptedException {
        limitTo(PRICE + 1);

        assertThat(calls(2, INTERACTIVE).<String>makeHedged(KIND, _ -> slow(), _ -> none()))
                .isEqualTo("slow");

        assertThat(starts()).hasSize(1);
        assertThat(limiters).extracting(ConcurrencyLimiter::inFlight).containsExactly(1, 0);
    }

    @Test
    void aTaskThatEndedMeanwhileIsCalledForNoSecondTime() throws InterruptedException {
        onceTheFirstIsRecorded = () -> over = Optional.of(EndedEarly.cancelled());

        assertThat(calls(2, INTERACTIVE).<String>makeHedged(KIND, _ -> slow(), _ -> none()))
                .isEqualTo("slow");
    }

    @Test
    void aHedgeWhoseCallAnswersWhileTheLedgerIsAskedIsNotMade() throws InterruptedException {
        CountDownLatch recorded = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        onceTheHedgeIsRecorded = () -> {
            recorded.countDown();
            await(answered);
        };
        RecordedCalls calls = calls(2, INTERACTIVE);

        String answer = calls.makeHedged(
                KIND,
                _ -> {
                    await(recorded);
                    // It hands its answer over before it ends
                    Thread call = Thread.currentThread();
                    scheduler
                            .virtualThread("watches", () -> {
                                join(call);
                                answered.countDown();
                            })
                            .start();
                    return answer("first");
                },
                _ -> none());

        assertThat(answer).isEqualTo("first");
        assertThat(ends()).filteredOn(CallAttempt::getHedge).singleElement().satisfies(end -> {
            assertThat(end.getReason()).contains(Reason.SUPERSEDED.code());
            assertThat(end.getBilled()).isEqualTo(Billed.NO);
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whenTheTaskIsGivenUpBothCallsEndAndSaySo() throws InterruptedException {
        RecordedCalls calls = calls(2, INTERACTIVE);
        Thread attempt = Thread.currentThread();
        scheduler
                .virtualThread("gives up", () -> {
                    await(secondHasBegun);
                    attempt.interrupt();
                })
                .start();

        assertThatThrownBy(() -> calls.<String>makeHedged(KIND, _ -> hang(), _ -> {
                    secondHasBegun.countDown();
                    return hang();
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(interrupted).hasValue(2);
        assertThat(ends())
                .hasSize(2)
                .allSatisfy(end -> assertThat(end.getReason()).contains(Reason.UNCLASSIFIED.code()));
        calls.close();
        permit().close();
        assertThat(limiters).extracting(ConcurrencyLimiter::inFlight).containsExactly(0, 0);
    }

    @Test
    void aBugInACallIsThatOfTheAttempt() {
        usual = Duration.ofHours(1);
        RecordedCalls calls = calls(1, INTERACTIVE);

        assertThatThrownBy(() -> calls.<String>makeHedged(
                        KIND,
                        _ -> {
                            throw new IllegalStateException("a bug");
                        },
                        _ -> none()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a bug");

        assertThat(ends()).hasSize(1);
    }

    @Test
    void afterBothFailedAnotherProviderIsAsked() throws InterruptedException {
        try (RecordedCalls calls = calls(3, INTERACTIVE)) {
            ProviderCall<String> first = place ->
                    place == 2 ? answer("the third") : first(End.FAILS_FOR_THE_PROVIDER, /* answersFirst= */ true);

            assertThat(calls.<String>makeHedged(KIND, first, _ -> second(End.FAILS_FOR_THE_PROVIDER, false)))
                    .isEqualTo("the third");
        }
        permit().close();

        assertThat(ends())
                .extracting(CallAttempt::getProvider)
                .containsExactlyInAnyOrder("provider-0", "provider-1", "provider-2");
        assertThat(limiters)
                .allSatisfy(limiter -> assertThat(limiter.inFlight()).isZero());
    }

    private OutsideCall.Answer<String> first(End end, boolean answersFirst) throws InterruptedException {
        await(secondHasBegun);
        return ends("first ", end, answersFirst);
    }

    private OutsideCall.Answer<String> second(End end, boolean answersFirst) throws InterruptedException {
        secondHasBegun.countDown();
        return ends("second ", end, answersFirst);
    }

    private OutsideCall.Answer<String> ends(String name, End end, boolean answersFirst) throws InterruptedException {
        if (end == End.HANGS) {
            return hang();
        }
        if (!answersFirst) {
            awaitAnEnd();
        }
        CallReport report = switch (end) {
            case SUCCEEDS, HANGS -> CallReport.succeeded(200, Optional.empty());
            case FAILS_FOR_THE_PROVIDER -> CallReport.refused(Reason.PROVIDER_ERROR, 500);
            case FAILS_FOR_THE_TASK -> CallReport.refused(Reason.MODERATED_PHOTO, 400);
        };
        return new OutsideCall.Answer<>(name + end, report, CallWork.of(KIND));
    }

    /** Waits until the other call has its end. One that is cut just then has an answer, too. */
    private void awaitAnEnd() {
        try {
            while (ends().isEmpty()) {
                scheduler.sleep(Duration.ofMillis(1));
            }
        } catch (InterruptedException cut) {
            // its answer is there
        }
    }

    private OutsideCall.Answer<String> hang() throws InterruptedException {
        try {
            scheduler.sleep(Duration.ofMinutes(10));
            throw new AssertionError("nobody cut the call");
        } catch (InterruptedException cut) {
            interrupted.incrementAndGet();
            throw cut;
        }
    }

    private static OutsideCall.Answer<String> answer(String text) {
        return new OutsideCall.Answer<>(text, CallReport.succeeded(200, Optional.empty()), CallWork.of(KIND));
    }

    /** Answers after far more than is usual. */
    private OutsideCall.Answer<String> slow() throws InterruptedException {
        scheduler.sleep(Duration.ofMillis(300));
        return answer("slow");
    }

    private static OutsideCall.Answer<String> none() {
        throw new AssertionError("the call was made a second time");
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<CallAttempt> starts() {
        return ledger(CallMoment.START);
    }

    private List<CallAttempt> ends() {
        return ledger(CallMoment.END);
    }

    private List<CallAttempt> ledger(CallMoment moment) {
        return ledger.events().stream()
                .filter(event -> event.getMoment() == moment)
                .toList();
    }

    /** Forgets what an earlier try of a property did. */
    private void begin() {
        ledger = new TestingCallLedger();
        secondHasBegun = new CountDownLatch(1);
        interrupted.set(0);
    }

    /** Lets the tenant spend so much. */
    private void limitTo(long granted) {
        budget = TestingCallLedger.limited(granted, PRICE, 2 * PRICE, scheduler::nanoTime);
    }

    /** Returns the permit of the attempt, which the runtime closes. */
    private Permit permit() {
        return Objects.requireNonNull(permit);
    }

    private RecordedCalls calls(int number, String priority) {
        List<ProviderPolicies> providers = IntStream.range(0, number)
                .mapToObj(place -> new ProviderPolicies("provider-" + place, false, Optional.empty(), 0, PRICE))
                .toList();
        limiters = ledger.limiters(providers, PLACES);
        Fallbacks fallbacks = new Fallbacks(
                Fallbacks.Policy.STANDBY,
                Duration.ofSeconds(1),
                providers.stream()
                        .skip(1)
                        .map(provider -> new Fallback(provider, PLACES))
                        .toList(),
                SHARE);
        ProviderChain chain = new ProviderChain(limiters, fallbacks, ledger.clock, scheduler::nanoTime);
        for (int i = 0; i < 50; i++) {
            try (Permit earlier = chain.tryAcquire(() -> Demand.NONE).orElseThrow()) {
                long now = scheduler.nanoTime();
                earlier.called(
                        CallReport.succeeded(200, Optional.empty()), CallWork.of(KIND), now - usual.toNanos(), now);
            }
        }
        permit = chain.tryAcquire(() -> Demand.NONE).orElseThrow();
        TaskContext context = TestingCallLedger.context().setPriority(priority).build();
        return ledger.calls(providers, context, 1, new Unfenced(), permit(), budget);
    }

    private final class Unfenced implements RecordedCalls.Check {
        @Override
        public Optional<EndedEarly> over() {
            return over;
        }

        @Override
        public boolean lost() {
            return false;
        }

        @Override
        public boolean certain(long askedNanos) {
            (starts().size() == 2 ? onceTheHedgeIsRecorded : onceTheFirstIsRecorded).run();
            return true;
        }
    }
}
