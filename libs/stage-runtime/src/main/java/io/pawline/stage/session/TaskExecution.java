package io.pawline.stage.session;

import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.TaskContext;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import io.pawline.stage.Preparation;
import io.pawline.stage.Preparation.Prepared;
import io.pawline.stage.PreparingHandler;
import io.pawline.stage.ProviderCall;
import io.pawline.stage.StageSpec;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.budget.Money;
import io.pawline.stage.codec.Codec;
import io.pawline.stage.commit.Settlement;
import io.pawline.stage.ledger.EndedEarly;
import io.pawline.stage.ledger.Ledger;
import io.pawline.stage.ledger.RecordedCalls;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.retry.AttemptHeaders;
import io.pawline.stage.retry.FailedRecord;
import io.pawline.stage.tracing.AttemptSpan;
import io.pawline.stage.tracing.StageTracing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Executes one record on its virtual thread: decodes it, checks its deadline and cancellation, has it handled, and
 * turns the outcome into what is published. Thread-safe.
 */
public final class TaskExecution<I> {

    private static final Logger log = LoggerFactory.getLogger(TaskExecution.class);

    /** Makes no call: a preparation has no permit for one. */
    private static final Attempt.Calls NO_CALLS = new Attempt.Calls() {
        @Override
        public <T> T make(ProviderCall<T> call) {
            throw new IllegalStateException("a preparation makes no outside call");
        }
    };

    /** Says what came of the preparation of a record. */
    sealed interface Readiness {

        /** Holds what was prepared, which whoever has it closes. */
        record Ready(Prepared prepared) implements Readiness {}

        /** Says that the attempt is over, and what is published of it. */
        record Settled(Settlement settlement) implements Readiness {}
    }

    private final StageSpec<I> spec;
    private final Handler<I> handler;
    private final Codec<I> codec;
    private final OutcomeResolver<I> outcomeResolver;
    private final Ledger ledger;
    private final BudgetLeases budget;
    private final Predicate<TaskId> cancelled;
    private final Clock clock;
    private final StageMetrics metrics;
    private final StageTracing stageTracing;

    public TaskExecution(
            StageSpec<I> spec,
            Handler<I> handler,
            Codec<I> codec,
            OutcomeResolver<I> outcomeResolver,
            Ledger ledger,
            BudgetLeases budget,
            Predicate<TaskId> cancelled,
            Clock clock,
            StageMetrics metrics,
            StageTracing stageTracing) {
        this.spec = spec;
        this.handler = handler;
        this.codec = codec;
        this.outcomeResolver = outcomeResolver;
        this.ledger = ledger;
        this.budget = budget;
        this.cancelled = cancelled;
        this.clock = clock;
        this.metrics = metrics;
        this.stageTracing = stageTracing;
    }

    /** Says whether records are prepared before they wait for permits. */
    boolean prepares() {
        return handler instanceof PreparingHandler<I> preparing && preparing.prepares();
    }

    /** Says whether a record may begin: not while the schema registry knows the schema of hardly any. */
    boolean mayBegin() {
        return codec.unknownSchemas().mayBegin();
    }

    /**
     * Prepares a record without a permit.
     *
     * @throws InterruptedException if the process gives the record up; nothing is to be published
     */
    Readiness prepare(ConsumerRecord<byte[], byte[]> data) throws InterruptedException {
        int number = AttemptHeaders.of(data.headers()).attempt();
        try (Context _ = new Context(data, number);
                AttemptSpan span = stageTracing.beginPreparation(data, number)) {
            Readiness readiness = switch (codec.decode(data)) {
                case Codec.Task<I> task -> prepare(data, number, task.event(), span);
                case Codec.NoTask<I> noTask ->
                    new Readiness.Settled(outcomeResolver.undecodable(data, noTask.detail()));
                case Codec.UnknownSchema<I> unknown ->
                    new Readiness.Settled(outcomeResolver.unknownSchema(data, unknown.detail()));
            };
            if (readiness instanceof Readiness.Settled(Settlement settlement)) {
                span.settled(settlement);
            }
            return readiness;
        }
    }

    private Readiness prepare(ConsumerRecord<byte[], byte[]> data, int number, I event, AttemptSpan span)
            throws InterruptedException {
        TaskContext context = spec.context().apply(event);
        TaskId id = TaskId.parse(context.getTaskId());
        MDC.put("task_id", context.getTaskId());
        span.about(context.getTaskId());
        Optional<EndedEarly> over = over(id, context, data);
        if (over.isPresent()) {
            return new Readiness.Settled(outcomeResolver.ended(data, context, over.get()));
        }
        Optional<Money> spent =
                spec.provider().flatMap(provider -> budget.foresee(context.getTenant(), id, provider.callCostMicros()));
        if (spent.isPresent()) {
            return new Readiness.Settled(outcomeResolver.withoutMoney(data, context, spent.get()));
        }
        Attempt attempt = attempt(id, context, number, NO_CALLS);
        Instant started = clock.instant();
        return switch (prepare(event, attempt)) {
            case Prepared prepared -> new Readiness.Ready(prepared);
            case Preparation.Ended(Outcome outcome) -> {
                metrics.handled(outcome, Duration.between(started, clock.instant()));
                Settlement settlement = outcomeResolver.of(outcome, data, context, OutcomeResolver.Count.BY_SCOPE);
                attempt.settled(nextAttempt(settlement));
                yield new Readiness.Settled(settlement);
            }
        };
    }

    private Preparation prepare(I event, Attempt attempt) throws InterruptedException {
        if (!(handler instanceof PreparingHandler<I> preparing)) {
            throw new IllegalStateException("the handler prepares nothing");
        }
        try {
            return preparing.prepare(event, attempt);
        } catch (InterruptedException givenUp) {
            throw givenUp;
        } catch (VirtualMachineError lost) {
            if (lost instanceof StackOverflowError) {
                return new Preparation.Ended(unexpected(lost));
            }
            throw lost;
        } catch (Exception | Error bug) {
            return new Preparation.Ended(unexpected(bug));
        }
    }

    /**
     * Does one attempt.
     *
     * @param item the record, with what was prepared of it, which the caller closes
     * @param hold on the record, without which no call begins
     * @throws RecordedCalls.Lost if it was lost; nothing is to be published
     * @throws InterruptedException if the process gives the record up; nothing is to be published
     */
    Settlement execute(WorkItem item, Permit permit, RecordedCalls.Hold hold) throws InterruptedException {
        ConsumerRecord<byte[], byte[]> data = item.data();
        int number = AttemptHeaders.of(data.headers()).attempt();
        try (Context _ = new Context(data, number);
                AttemptSpan span = stageTracing.begin(data, number)) {
            return span.settled(
                    switch (codec.decode(data)) {
                        case Codec.Task<I> task -> attempt(item, number, task.event(), permit, hold, span);
                        case Codec.NoTask<I> noTask -> outcomeResolver.undecodable(data, noTask.detail());
                        case Codec.UnknownSchema<I> unknown -> outcomeResolver.unknownSchema(data, unknown.detail());
                    });
        }
    }

    /** Returns what is published instead if a broker refuses the result of an attempt, as for its size. */
    Settlement refused(ConsumerRecord<byte[], byte[]> data, Exception refusal) throws InterruptedException {
        String detail = refusal instanceof RecordTooLargeException
                ? "the result's event is larger than the topic takes"
                : "the topic does not take the result's event: "
                        + refusal.getClass().getSimpleName();
        try {
            return withoutAttempt(data, context -> outcomeResolver.failed(data, context, Reason.UNCLASSIFIED, detail));
        } catch (RuntimeException bug) {
            return unexecutable(data, bug);
        }
    }

    /** Says whether the record's receiver has been stalled for longer than a task may be tried. */
    boolean outOfTime(ConsumerRecord<byte[], byte[]> data) {
        return AttemptHeaders.of(data.headers())
                .firstFailedAt()
                .filter(since -> Duration.between(since, clock.instant())
                                .compareTo(spec.policies().retry().maxTime())
                        >= 0)
                .isPresent();
    }

    /** Returns what is published of a record that is {@linkplain #outOfTime out of time}. */
    Settlement neverHadItsTurn(ConsumerRecord<byte[], byte[]> data) throws InterruptedException {
        String detail = "its receiver has not taken what came before it, for as long as a callback is tried";
        return withoutAttempt(data, context -> outcomeResolver.failed(data, context, Reason.OVERLOADED, detail));
    }

    /** Returns what is published of a record whose task's deadline passed before it had its turn. */
    Settlement expired(ConsumerRecord<byte[], byte[]> data) throws InterruptedException {
        EndedEarly ended =
                EndedEarly.expired("the deadline passed while the task waited for its turn" + lastFailure(data));
        return withoutAttempt(data, context -> outcomeResolver.ended(data, context, ended));
    }

    private interface Ended {
        Settlement settlement(TaskContext context) throws InterruptedException;
    }

    private Settlement withoutAttempt(ConsumerRecord<byte[], byte[]> data, Ended ended) throws InterruptedException {
        try (Context _ = new Context(data, AttemptHeaders.of(data.headers()).attempt())) {
            return switch (codec.decode(data)) {
                case Codec.Task<I> task -> ended.settlement(spec.context().apply(task.event()));
                case Codec.NoTask<I> noTask -> outcomeResolver.undecodable(data, noTask.detail());
                case Codec.UnknownSchema<I> unknown -> outcomeResolver.unknownSchema(data, unknown.detail());
            };
        }
    }

    private Settlement attempt(
            WorkItem item, int number, I event, Permit permit, RecordedCalls.Hold hold, AttemptSpan span)
            throws InterruptedException {
        ConsumerRecord<byte[], byte[]> data = item.data();
        TaskContext context = spec.context().apply(event);
        TaskId id = TaskId.parse(context.getTaskId());
        MDC.put("task_id", context.getTaskId());
        span.about(context.getTaskId());
        Optional<EndedEarly> over = over(id, context, data);
        if (over.isPresent()) {
            return outcomeResolver.ended(data, context, over.get());
        }
        if (spec.provider().isEmpty()) {
            Attempt attempt = attempt(id, context, number, span.trace(Attempt.UNRECORDED));
            return settle(attempt, handleTimed(item, event, attempt), data, context, permit, List.of());
        }
        RecordedCalls.Check check = check(id, context, data, hold);
        try (RecordedCalls calls = new RecordedCalls(
                spec.stage(), spec.providers(), context, number, check, permit, ledger, budget, clock)) {
            Attempt attempt = attempt(id, context, number, span.trace(calls));
            try {
                Outcome outcome = handleTimed(item, event, attempt);
                return settle(attempt, outcome, data, context, calls.permit(), calls.made())
                        .after(calls.made());
            } catch (RecordedCalls.Over ended) {
                return outcomeResolver.ended(data, context, ended.ended()).after(calls.made());
            } catch (RecordedCalls.NoMoney noMoney) {
                Settlement settlement = outcomeResolver.withoutMoney(data, context, noMoney.money());
                attempt.settled(nextAttempt(settlement));
                return settlement.after(calls.made());
            } finally {
                calls.made().forEach(metrics::called);
            }
        }
    }

    private Outcome handleTimed(WorkItem item, I event, Attempt attempt) throws InterruptedException {
        Instant started = clock.instant();
        Outcome outcome = handle(item, event, attempt);
        metrics.handled(outcome, Duration.between(started, clock.instant()));
        return outcome;
    }

    private Settlement settle(
            Attempt attempt,
            Outcome outcome,
            ConsumerRecord<byte[], byte[]> data,
            TaskContext context,
            Permit permit,
            List<CallAttempt> made)
            throws InterruptedException {
        Settlement settlement = outcomeResolver.of(asSoonAsAnyone(outcome, permit), data, context, count(permit, made));
        attempt.settled(nextAttempt(settlement));
        return settlement;
    }

    /** The moment that one provider named binds none of the others. */
    private static Outcome asSoonAsAnyone(Outcome outcome, Permit permit) {
        return outcome instanceof Outcome.Retry(Reason reason, String detail, Instant notBefore)
                        && notBefore != null
                        && permit.othersOpen()
                ? new Outcome.Retry(reason, detail)
                : outcome;
    }

    private static Optional<Instant> nextAttempt(Settlement settlement) {
        return settlement.last()
                ? Optional.empty()
                : settlement.records().stream()
                        .map(again -> AttemptHeaders.of(again.headers()).notBefore())
                        .findFirst();
    }

    private RecordedCalls.Check check(
            TaskId id, TaskContext context, ConsumerRecord<byte[], byte[]> data, RecordedCalls.Hold hold) {
        return new RecordedCalls.Check() {
            @Override
            public Optional<EndedEarly> over() {
                return TaskExecution.this.over(id, context, data);
            }

            @Override
            public boolean lost() {
                return hold.lost();
            }

            @Override
            public boolean certain(long askedNanos) {
                return hold.certain(askedNanos);
            }
        };
    }

    private static OutcomeResolver.Count count(Permit permit, List<CallAttempt> made) {
        if (permit.probe()) {
            return OutcomeResolver.Count.NEVER;
        }
        boolean paid = made.stream().anyMatch(call -> call.getBilled() != Billed.NO);
        return paid ? OutcomeResolver.Count.ALWAYS : OutcomeResolver.Count.BY_SCOPE;
    }

    private Optional<EndedEarly> over(TaskId id, TaskContext context, ConsumerRecord<byte[], byte[]> data) {
        if (spec.stage().notifiesReceivers()) {
            return Optional.empty();
        }
        if (cancelled.test(id)) {
            return Optional.of(EndedEarly.cancelled());
        }
        return isPastDeadline(context)
                ? Optional.of(EndedEarly.expired("the deadline passed before this stage's call" + lastFailure(data)))
                : Optional.empty();
    }

    private boolean isPastDeadline(TaskContext context) {
        return spec.stage().paid() && clock.instant().isAfter(context.getDeadline());
    }

    /** Returns why the deadline came first, if the stage has failed with the task before. */
    private static String lastFailure(ConsumerRecord<byte[], byte[]> data) {
        return FailedRecord.lastDetail(data)
                .map(detail -> "; last failure: " + detail)
                .orElse("");
    }

    private Attempt attempt(TaskId id, TaskContext context, int number, Attempt.Calls calls) {
        String requestId = "%s-%d-%s-%d"
                .formatted(
                        context.getTaskId(),
                        context.getGeneration(),
                        spec.stage().code(),
                        number);
        return new Attempt(id, requestId, number, context.getDeadline(), calls);
    }

    private Outcome handle(WorkItem item, I event, Attempt attempt) throws InterruptedException {
        Prepared prepared = item.preparation();
        try {
            return prepared == null ? handler.handle(event, attempt) : prepared.handle(attempt);
        } catch (InterruptedException | RecordedCalls.Over | RecordedCalls.NoMoney | RecordedCalls.Lost givenUp) {
            throw givenUp;
        } catch (VirtualMachineError lost) {
            if (lost instanceof StackOverflowError) {
                return unexpected(lost);
            }
            throw lost;
        } catch (Exception | Error bug) {
            return unexpected(bug);
        }
    }

    /** Counts a bug of the handler as a failure of its task, so that no other task suffers from it. */
    private static Outcome unexpected(Throwable bug) {
        log.error("the handler threw instead of returning an outcome", bug);
        return new Outcome.Retry(
                Reason.UNCLASSIFIED, "unexpected " + bug.getClass().getSimpleName());
    }

    /**
     * Returns what is published of a record that could not be executed, whatever it is: the bytes as a dead letter, and the
     * task's final state if the key names the task. Nothing of the record but its key is read.
     */
    Settlement unexecutable(ConsumerRecord<byte[], byte[]> data, Throwable bug) throws InterruptedException {
        log.error("the record cannot be executed and becomes a dead letter", bug);
        return outcomeResolver.undecodable(
                data, "the record cannot be executed: " + bug.getClass().getSimpleName());
    }

    /** Names the record at work in the log, as long as this is open. */
    private final class Context implements AutoCloseable {

        Context(ConsumerRecord<byte[], byte[]> data, int attempt) {
            MDC.put("stage", spec.stage().code());
            MDC.put("topic", data.topic());
            MDC.put("partition", Integer.toString(data.partition()));
            MDC.put("offset", Long.toString(data.offset()));
            MDC.put("attempt", Integer.toString(attempt));
        }

        @Override
        public void close() {
            MDC.clear();
        }
    }
}
