package io.pawline.stage.session;

import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.schemas.Reason;
import io.pawline.stage.Outcome;
import io.pawline.stage.StageSpec;
import io.pawline.stage.budget.Money;
import io.pawline.stage.codec.Codec;
import io.pawline.stage.commit.Settlement;
import io.pawline.stage.ledger.EndedEarly;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.retry.AttemptHeaders;
import io.pawline.stage.retry.FailedRecord;
import io.pawline.stage.retry.RetryBackoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is published of an attempt: the next stage's event, the record again for later, or its dead
 * letter and the task's final state. This is the one place where an {@link Outcome} is decided upon and a
 * failure is logged. Thread-safe.
 */
public final class OutcomeResolver<I> {

    private static final Logger log = LoggerFactory.getLogger(OutcomeResolver.class);

    /** A record whose schema the registry does not know is asked about for so long. */
    private static final Duration UNKNOWN_SCHEMA = Duration.ofMinutes(1);

    /** A try that comes so much later than it was due says nothing about the time before it. */
    private static final Duration LATE = Duration.ofSeconds(10);

    /** A task is tried again so soon if nobody has answered. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** The operator may raise the limit, so a task does not wait for longer than this in one go. */
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    private final StageSpec<I> spec;
    private final Codec<I> codec;
    private final Clock clock;
    private final RandomGenerator random;
    private final StageMetrics metrics;
    private final boolean waitsForMoney;

    /** @param waitsForMoney whether a task for which the tenant has no money left waits until the day ends */
    public OutcomeResolver(
            StageSpec<I> spec,
            Codec<I> codec,
            Clock clock,
            RandomGenerator random,
            StageMetrics metrics,
            boolean waitsForMoney) {
        this.waitsForMoney = waitsForMoney;
        this.spec = spec;
        this.codec = codec;
        this.clock = clock;
        this.random = random;
        this.metrics = metrics;
    }

    /** Says how a failure counts against its task. */
    enum Count {
        /** The failure counts by its scope: not, if it is no fault of the task. */
        BY_SCOPE,
        /** The failure always counts, for money may have been paid, and must not be paid again and again. */
        ALWAYS,
        /** The failure never counts: the attempt was made to find out about the provider. */
        NEVER
    }

    Settlement of(Outcome outcome, ConsumerRecord<byte[], byte[]> data, TaskContext context, Count count)
            throws InterruptedException {
        return switch (outcome) {
            case Outcome.Done done -> published(data, context, done);
            case Outcome.Retry retry -> retry(data, context, retry, count);
            case Outcome.Rejected(Reason reason, String detail) ->
                // No other task fares better until an operator acts, so this one waits for that, too
                reason.scope() == Reason.Scope.ACCOUNT
                        ? retry(data, context, new Outcome.Retry(reason, detail), count)
                        : failed(data, context, reason, detail);
        };
    }

    private Settlement published(ConsumerRecord<byte[], byte[]> data, TaskContext context, Outcome.Done done)
            throws InterruptedException {
        try {
            return done.next().isPresent()
                    ? Settlement.last(
                            List.of(codec.encode(data, context, done.next().get())))
                    : Settlement.last(List.of());
        } catch (SerializationException bug) {
            log.error("the handler made an event that cannot be written", bug);
            return failed(data, context, Reason.UNCLASSIFIED, "the result's event cannot be written");
        }
    }

    private Settlement retry(ConsumerRecord<byte[], byte[]> data, TaskContext context, Outcome.Retry retry, Count count)
            throws InterruptedException {
        RetryBackoff backoff = new RetryBackoff(spec.policies().retry());
        Reason.Scope scope = retry.reason().scope();
        AttemptHeaders before = AttemptHeaders.of(data.headers());
        boolean counts = switch (count) {
            case BY_SCOPE -> backoff.countsHere(scope);
            case ALWAYS -> true;
            case NEVER -> false;
        };
        AttemptHeaders headers = counts ? before.failed(scope) : before;
        Instant now = clock.instant();
        Duration trying = Duration.between(headers.firstFailedAt().orElse(now), now);
        if (!backoff.allowsAnother(scope, headers, trying)) {
            String last = "%s (attempt %d was the last)".formatted(retry.detail(), headers.attempt());
            return failed(data, context, retry.reason(), last);
        }
        Instant deadline = spec.stage().paid() ? context.getDeadline() : Instant.MAX;
        Instant notBefore = backoff.nextAfter(headers, now, retry.notBefore(), deadline, random);
        if (notBefore.isAfter(deadline)) {
            String last = "the deadline comes before the next attempt; last failure: " + retry.detail();
            return ended(data, context, EndedEarly.expired(last));
        }
        log.warn(
                "attempt failed, next one at {}: {}: {}",
                notBefore,
                retry.reason().code(),
                retry.detail());
        metrics.retried(retry.reason());
        return Settlement.again(
                new FailedRecord(spec.stage(), data, retry.reason(), retry.detail(), now).retry(headers, notBefore));
    }

    Settlement failed(ConsumerRecord<byte[], byte[]> data, TaskContext context, Reason reason, String detail)
            throws InterruptedException {
        log.warn("given up: {}: {}", reason.code(), detail);
        metrics.deadLettered(reason);
        Instant now = clock.instant();
        ProducerRecord<byte[], byte[]> deadLetter =
                new FailedRecord(spec.stage(), data, reason, detail, now).deadLetter();
        return codec.finalState(data, context, Ending.FAILED, reason, detail, now)
                .map(finalState -> Settlement.last(List.of(deadLetter, finalState)))
                .orElse(Settlement.last(List.of(deadLetter)));
    }

    /**
     * Decides what becomes of a task for whose call there was no money. It waits, which counts as no attempt and no time of
     * trying, or it fails.
     */
    Settlement withoutMoney(ConsumerRecord<byte[], byte[]> data, TaskContext context, Money money)
            throws InterruptedException {
        return switch (money) {
            case Money.Reserved _ -> throw new IllegalArgumentException("there is money for the call");
            case Money.Awaited _ -> waiting(data, context, SOON, "nobody has said yet whether there is money for it");
            case Money.DaySpent(Duration left) -> {
                String detail = "the tenant has spent what it may spend in a day";
                yield waitsForMoney
                        ? waiting(data, context, left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN, detail)
                        : failed(data, context, Reason.BUDGET_EXCEEDED, detail);
            }
            case Money.TaskSpent _ ->
                failed(data, context, Reason.BUDGET_EXCEEDED, "the task has cost what it may cost");
        };
    }

    /** Spreads those that wait, for many may wait for the same moment. None waits beyond its deadline. */
    private Settlement waiting(ConsumerRecord<byte[], byte[]> data, TaskContext context, Duration wait, String detail) {
        Instant now = clock.instant();
        long spread = Math.max(SOON.toMillis(), wait.dividedBy(10).toMillis());
        Instant next = now.plus(wait).plusMillis(random.nextLong(spread + 1));
        Instant deadline = spec.stage().paid() ? context.getDeadline() : Instant.MAX;
        log.info("waits for money: {}", detail);
        metrics.retried(Reason.BUDGET_EXCEEDED);
        return Settlement.again(new FailedRecord(spec.stage(), data, Reason.BUDGET_EXCEEDED, detail, now)
                .waiting(next.isBefore(deadline) ? next : deadline));
    }

    /** Ends a task without a dead letter, for there is nothing here to be tried again. */
    Settlement ended(ConsumerRecord<byte[], byte[]> data, TaskContext context, EndedEarly ended)
            throws InterruptedException {
        log.info("{}: {}", ended.reason().code(), ended.detail());
        Optional<ProducerRecord<byte[], byte[]>> event =
                codec.finalState(data, context, ended.finalState(), ended.reason(), ended.detail(), clock.instant());
        return Settlement.last(event.map(List::of).orElse(List.of()));
    }

    /**
     * Tries a record again whose schema the registry does not know, for a while, and then gives it up. None is given up
     * while the registry knows hardly any. The while begins anew if the record has failed for another reason since, or
     * has waited long for its turn: the registry may have known the schema meanwhile.
     */
    Settlement unknownSchema(ConsumerRecord<byte[], byte[]> data, String detail) throws InterruptedException {
        AttemptHeaders headers = AttemptHeaders.of(data.headers());
        Instant now = clock.instant();
        boolean asked = FailedRecord.lastReason(data)
                        .filter(Reason.UNDECODABLE.code()::equals)
                        .isPresent()
                && !now.isAfter(headers.notBefore().plus(LATE));
        Duration trying = asked ? Duration.between(headers.firstFailedAt().orElse(now), now) : Duration.ZERO;
        Duration most = spec.policies().retry().maxTime();
        Duration longest = most.compareTo(UNKNOWN_SCHEMA) < 0 ? most : UNKNOWN_SCHEMA;
        if (trying.compareTo(longest) >= 0 && !codec.unknownSchemas().holding()) {
            return undecodable(data, detail);
        }
        RetryBackoff backoff = new RetryBackoff(spec.policies().retry());
        Instant notBefore = backoff.nextAfter(headers, now, null, Instant.MAX, random);
        log.warn("the record cannot be read, next attempt at {}: {}", notBefore, detail);
        metrics.retried(Reason.UNDECODABLE);
        FailedRecord failed = new FailedRecord(spec.stage(), data, Reason.UNDECODABLE, detail, now);
        return Settlement.again(asked ? failed.retry(headers, notBefore) : failed.retryAnew(headers, notBefore));
    }

    /** Gives up a record that cannot be decoded. Its key still names the task, so that the front end is notified. */
    Settlement undecodable(ConsumerRecord<byte[], byte[]> data, String detail) throws InterruptedException {
        Optional<TaskContext> context = codec.contextOfKey(data);
        if (context.isPresent()) {
            return failed(data, context.get(), Reason.UNDECODABLE, detail);
        }
        log.warn("given up, and nobody can be notified since the key is no task id: undecodable: {}", detail);
        metrics.deadLettered(Reason.UNDECODABLE);
        return Settlement.last(List.of(
                new FailedRecord(spec.stage(), data, Reason.UNDECODABLE, detail, clock.instant()).deadLetter()));
    }
}
