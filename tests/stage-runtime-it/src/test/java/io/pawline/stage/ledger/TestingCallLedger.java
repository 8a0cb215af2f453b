package io.pawline.stage.ledger;

import io.pawline.events.CallAttempt;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.schemas.budget.BudgetAnswer;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.stage.BudgetPolicy;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageSpec;
import io.pawline.stage.SystemScheduler;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.codec.Codec;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.StageControls;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records the calls of tasks, and tells what was recorded. */
final class TestingCallLedger {

    /** The tenant of the events of tests. */
    static final String TENANT = "test";

    /** Keeps nobody from a call. */
    private static final StageControls FREE = new StageControls() {
        @Override
        public boolean paused() {
            return false;
        }

        @Override
        public OptionalInt limit() {
            return OptionalInt.empty();
        }

        @Override
        public Instant coolDownUntil() {
            return Instant.EPOCH;
        }

        @Override
        public void coolDown(Instant until, String why) {
            throw new AssertionError("nobody named a moment");
        }
    };

    final Clock clock = Clock.systemUTC();
    final Scheduler scheduler = new SystemScheduler();
    private final MockProducer<byte[], byte[]> attempts =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

    /** Makes the calls of a new attempt at a task. */
    RecordedCalls calls(
            List<ProviderPolicies> providers,
            TaskContext context,
            int attempt,
            RecordedCalls.Check check,
            Permit permit,
            BudgetLeases budget) {
        StageSpec<TaskAccepted> spec = TestingStage.on(Map.of()).spec();
        return new RecordedCalls(
                Stage.DETECT,
                providers,
                context,
                attempt,
                check,
                permit,
                new Ledger(attempts, new Codec<>(spec, TestingEvents.format(), scheduler), clock, scheduler, "test"),
                budget,
                clock);
    }

    /** Returns the limiters of these providers, each with this number of places. */
    List<ConcurrencyLimiter> limiters(List<ProviderPolicies> providers, int places) {
        return providers.stream()
                .map(provider -> new ConcurrencyLimiter(
                        Optional.of(provider), places, FREE, clock, scheduler::nanoTime, new Random()))
                .toList();
    }

    /** Returns the context of a new task. */
    static TaskContext.Builder context() {
        return TaskContext.newBuilder(TestingEvents.accepted(TaskId.next(), "oil", Duration.ofHours(1))
                .getContext());
    }

    /** Returns what is in the ledger. */
    List<CallAttempt> events() {
        return attempts.history().stream()
                .map(event -> TestingEvents.deserializer(CallAttempt.class).deserialize(Topics.ATTEMPTS, event.value()))
                .toList();
    }

    /** Returns leases of a tenant whom nothing limits. */
    static BudgetLeases unlimited(LongSupplier nanos) {
        return new BudgetLeases("test", BudgetPolicy.UNLIMITED, () -> "life", nanos);
    }

    /**
     * Returns leases with which the tenant may spend so much.
     *
     * @param price of a call
     * @param needed with less than that, the answer says that there is not enough left for another call
     */
    static BudgetLeases limited(long granted, long price, long needed, LongSupplier nanos) {
        BudgetLeases budget =
                new BudgetLeases("test", new BudgetPolicy(_ -> true, _ -> false, true), () -> "life", nanos);
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
                        granted < needed,
                        false,
                        Duration.ofHours(3)))));
        return budget;
    }
}
