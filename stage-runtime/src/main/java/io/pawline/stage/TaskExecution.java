package io.pawline.stage;

import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
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
import org.slf4j.MDC;

/**
 * What happens to one record on its virtual thread: decoded, checked against its deadline, handled, and turned into the
 * records to publish. The one place where an {@link Outcome} is decided upon and a failure is logged. Thread-safe.
 */
final class TaskExecution<I> {

    private static final Logger log = LoggerFactory.getLogger(TaskExecution.class);

    private final StageSpec<I> spec;
    private final Handler<I> handler;
    private final Codec<I> codec;
    private final Clock clock;
    private final RandomGenerator random;
    private final StageMetrics metrics;

    TaskExecution(
            StageSpec<I> spec,
            Handler<I> handler,
            Codec<I> codec,
            Clock clock,
            RandomGenerator random,
            StageMetrics metrics) {
        this.spec = spec;
        this.handler = handler;
        this.codec = codec;
        this.clock = clock;
        this.random = random;
        this.metrics = metrics;
    }

    /**
     * Does one attempt.
     *
     * @return the records to publish, in one transaction with the record's own completion
     * @throws InterruptedException if the process gives the record up; nothing is to be published
     */
    List<ProducerRecord<byte[], byte[]>> execute(ConsumerRecord<byte[], byte[]> data) throws InterruptedException {
        Progress progress = Progress.of(data.headers());
        MDC.put("stage", spec.stage().code());
        MDC.put("topic", data.topic());
        MDC.put("partition", Integer.toString(data.partition()));
        MDC.put("offset", Long.toString(data.offset()));
        MDC.put("attempt", Integer.toString(progress.attempt()));
        try {
            return switch (codec.decode(data)) {
                case Codec.Task<I> task -> attempt(data, progress, task.event());
                case Codec.NoTask<I> noTask -> undecodable(data, noTask.detail());
            };
        } finally {
            MDC.clear();
        }
    }

    private List<ProducerRecord<byte[], byte[]>> attempt(
            ConsumerRecord<byte[], byte[]> data, Progress progress, I event) throws InterruptedException {
        TaskContext context = spec.context().apply(event);
        MDC.put("task_id", context.getTaskId());
        if (spec.stage().paid() && clock.instant().isAfter(context.getDeadline())) {
            return expired(data, context, "the deadline passed before this stage's call");
        }
        Instant started = clock.instant();
        Outcome outcome = handle(event, context, progress.attempt());
        metrics.handled(outcome, Duration.between(started, clock.instant()));
        return switch (outcome) {
            case Outcome.Done done -> published(data, context, done);
            case Outcome.Retry retry -> retry(data, progress, context, retry);
            case Outcome.Rejected rejected -> failed(data, context, rejected.reason(), rejected.detail());
        };
    }

    private List<ProducerRecord<byte[], byte[]>> published(
            ConsumerRecord<byte[], byte[]> data, TaskContext context, Outcome.Done done) throws InterruptedException {
        try {
            return done.next().isPresent()
                    ? List.of(codec.encode(data, done.next().get()))
                    : List.of();
        } catch (SerializationException bug) {
            log.error("the handler made an event that cannot be written", bug);
            return failed(data, context, Reason.UNCLASSIFIED, "the result's event cannot be written");
        }
    }

    private Outcome handle(I event, TaskContext context, int number) throws InterruptedException {
        try {
            return handler.handle(event, new Attempt(TaskId.parse(context.getTaskId()), number, context.getDeadline()));
        } catch (InterruptedException givenUp) {
            throw givenUp;
        } catch (Exception bug) {
            log.error("the handler threw instead of telling an outcome", bug);
            return new Outcome.Retry(
                    Reason.UNCLASSIFIED, "unexpected " + bug.getClass().getSimpleName());
        }
    }

    private List<ProducerRecord<byte[], byte[]>> retry(
            ConsumerRecord<byte[], byte[]> data, Progress progress, TaskContext context, Outcome.Retry retry)
            throws InterruptedException {
        RetryPolicy policy = spec.policies().retry();
        if (!policy.allowsAttemptAfter(progress.attempt())) {
            return failed(
                    data,
                    context,
                    retry.reason(),
                    "%s (attempt %d was the last)".formatted(retry.detail(), progress.attempt()));
        }
        Instant now = clock.instant();
        Instant notBefore = now.plus(policy.delayAfter(progress.attempt(), random));
        if (retry.notBefore() != null && retry.notBefore().isAfter(notBefore)) {
            notBefore = retry.notBefore();
        }
        if (spec.stage().paid() && notBefore.isAfter(context.getDeadline())) {
            return expired(
                    data, context, "the deadline comes before the next attempt; last failure: " + retry.detail());
        }
        log.warn(
                "attempt failed, next one at {}: {}: {}",
                notBefore,
                retry.reason().code(),
                retry.detail());
        metrics.retried(retry.reason());
        FailedRecord failed = new FailedRecord(spec.stage(), data, retry.reason(), retry.detail(), now);
        return List.of(failed.retry(progress.attempt() + 1, notBefore));
    }

    private List<ProducerRecord<byte[], byte[]>> failed(
            ConsumerRecord<byte[], byte[]> data, TaskContext context, Reason reason, String detail)
            throws InterruptedException {
        log.warn("given up: {}: {}", reason.code(), detail);
        metrics.deadLettered(reason);
        ProducerRecord<byte[], byte[]> letter =
                new FailedRecord(spec.stage(), data, reason, detail, clock.instant()).deadLetter();
        return codec.ending(data, context, Ending.FAILED, reason, detail, clock.instant())
                .map(ending -> List.of(letter, ending))
                .orElse(List.of(letter));
    }

    private List<ProducerRecord<byte[], byte[]>> expired(
            ConsumerRecord<byte[], byte[]> data, TaskContext context, String detail) throws InterruptedException {
        log.info("expired: {}", detail);
        Optional<ProducerRecord<byte[], byte[]>> ending =
                codec.ending(data, context, Ending.EXPIRED, Reason.DEADLINE_PASSED, detail, clock.instant());
        return ending.map(List::of).orElse(List.of());
    }

    /** Its key still tells whose record it was, so that the front end hears of the ending. */
    private List<ProducerRecord<byte[], byte[]>> undecodable(ConsumerRecord<byte[], byte[]> data, String detail)
            throws InterruptedException {
        Optional<TaskContext> context = codec.contextOfKey(data);
        context.ifPresent(known -> MDC.put("task_id", known.getTaskId()));
        if (context.isPresent()) {
            return failed(data, context.get(), Reason.UNDECODABLE, detail);
        }
        log.warn("given up, and nobody can be told since the key is no task id: undecodable: {}", detail);
        metrics.deadLettered(Reason.UNDECODABLE);
        return List.of(new FailedRecord(spec.stage(), data, Reason.UNDECODABLE, detail, clock.instant()).deadLetter());
    }
}
