package io.pawline.stage.ledger;

import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Topics;
import io.pawline.stage.Scheduler;
import io.pawline.stage.codec.Codec;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes every outside call to the topic of attempts: before it begins, when it has ended, and if its result had to be
 * dropped. A beginning without an end is a call whose process died. The ledger is outside of the transactions, since a
 * call happened whatever becomes of its result. Thread-safe.
 */
public final class Ledger implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Ledger.class);
    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofMillis(200);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Producer<byte[], byte[]> producer;
    private final Codec<?> codec;
    private final Clock clock;
    private final Scheduler scheduler;
    private final String instance;
    private volatile boolean closed;

    /** @param instance names the process of the stage that writes */
    public Ledger(
            Producer<byte[], byte[]> producer, Codec<?> codec, Clock clock, Scheduler scheduler, String instance) {
        this.instance = instance;
        this.producer = producer;
        this.codec = codec;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    /** Returns the time by which calls are measured, as {@link System#nanoTime} does. */
    long nanoTime() {
        return scheduler.nanoTime();
    }

    /** Returns what gives calls their threads. */
    Scheduler scheduler() {
        return scheduler;
    }

    /** Waits before a call asks again whether it may begin. */
    void pause() throws InterruptedException {
        scheduler.sleep(BETWEEN_LOOKS);
    }

    /** Returns the name of the process that writes. */
    String instance() {
        return instance;
    }

    /**
     * Records a call that is about to begin.
     *
     * @param paid the broker then has the record before this returns: no call is paid for that the ledger does not
     *     know, so none begins while the broker is away
     */
    void begins(CallAttempt call, boolean paid) throws InterruptedException {
        ProducerRecord<byte[], byte[]> record = record(call);
        if (!paid) {
            var _ = send(record);
            return;
        }
        while (true) {
            try {
                scheduler.await(send(record));
                return;
            } catch (ExecutionException notRecorded) {
                if (closed) {
                    throw new InterruptedException("the process stops");
                }
                log.warn("no call is begun until the ledger can record it: {}", String.valueOf(notRecorded.getCause()));
                scheduler.sleep(BEFORE_TRYING_AGAIN);
            }
        }
    }

    /**
     * Records how a call ended, and returns the event.
     *
     * @param call as it was when it began, but for the load of its process, which is that of now
     */
    CallAttempt ended(CallAttempt call, CallReport report, Duration took, long costMicros) throws InterruptedException {
        Billed billed = report.billed();
        CallAttempt end = CallAttempt.newBuilder(call)
                .setMoment(CallMoment.END)
                .setAt(clock.instant())
                .setOutcome(report.failure().isPresent() ? CallOutcome.FAILED : CallOutcome.SUCCEEDED)
                .setReason(report.failure().map(Reason::code).orElse(null))
                .setPhase(report.phase())
                .setHttpStatus(report.status().orElse(null))
                .setProviderCode(report.providerCode().orElse(null))
                .setRequestId(report.requestId().orElse(null))
                .setDurationMillis(took.toMillis())
                .setCostMicros(billed == Billed.NO ? 0 : costMicros)
                .setBilled(billed)
                .build();
        var _ = send(record(end));
        return end;
    }

    /** Records that the result of a call was dropped, since another process has its task by now. */
    public void orphaned(CallAttempt ended) {
        try {
            var _ = send(record(CallAttempt.newBuilder(ended)
                    .setOutcome(CallOutcome.ORPHANED)
                    .setAt(clock.instant())
                    .build()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private ProducerRecord<byte[], byte[]> record(CallAttempt event) throws InterruptedException {
        byte[] key = event.getContext().getTaskId().getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(Topics.ATTEMPTS, key, codec.encode(Topics.ATTEMPTS, event));
    }

    /** Sends an event and never throws. The future says what became of it, and so does the log if it was lost. */
    private CompletableFuture<@Nullable Void> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<@Nullable Void> acknowledged = new CompletableFuture<>();
        try {
            var _ = producer.send(record, (_, failure) -> {
                if (failure == null) {
                    acknowledged.complete(null);
                } else {
                    log.warn("a call could not be recorded in the ledger: {}", failure.toString());
                    acknowledged.completeExceptionally(failure);
                }
            });
        } catch (KafkaException | IllegalStateException failure) {
            // The second exception means that the producer is closed.
            log.warn("a call could not be recorded in the ledger: {}", failure.toString());
            acknowledged.completeExceptionally(failure);
        }
        return acknowledged;
    }

    /** Waits for the events that are on their way. */
    @Override
    public void close() {
        closed = true;
        producer.close(Duration.ofSeconds(5));
    }
}
