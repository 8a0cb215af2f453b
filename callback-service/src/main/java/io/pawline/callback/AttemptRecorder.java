package io.pawline.callback;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.outbound.webhook.ReceiverReply;
import io.pawline.service.Periodic;
import io.pawline.stage.Attempt;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.OutsideCall.Answer;
import io.pawline.taskstore.CallbackAttempt;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.Task;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what came of each attempt to deliver a callback, in batches and behind the deliveries. No delivery waits
 * for it or fails with it: attempts wait in a bounded queue, and a full queue drops its oldest. While the database is
 * lost, they wait for it. A batch that the database refuses is dropped. Thread-safe.
 */
final class AttemptRecorder implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AttemptRecorder.class);

    /** Attempts that wait at most: some 2 MB. */
    static final int CAPACITY = 10_000;

    static final int BATCH = 500;

    private static final Duration PAUSE = Duration.ofMillis(500);

    /** Longest time for the last round when the process stops. */
    private static final Duration LAST_ROUND = Duration.ofSeconds(2);

    private final BlockingQueue<CallbackAttempt> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Consumer<List<CallbackAttempt>> table;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Counter dropped;
    private final Periodic rounds;

    /** What the database does not have for sure. Guarded by this. */
    private final List<CallbackAttempt> batch = new ArrayList<>();

    /** Guarded by this. */
    private boolean failing;

    /**
     * Starts the thread that writes.
     *
     * @param table writes attempts, and may be given the same ones again
     * @param nanoTime a clock that runs evenly, such as {@link System#nanoTime()}
     */
    AttemptRecorder(Consumer<List<CallbackAttempt>> table, MeterRegistry meters, Clock clock, LongSupplier nanoTime) {
        this.table = table;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.dropped = Counter.builder("pawline.callback.attempts.dropped")
                .description("Attempts to deliver a callback that are missing in the list of a task's attempts")
                .register(meters);
        this.rounds = Periodic.start("callback-attempts", PAUSE, this::flush);
    }

    /** Makes the call of an attempt to deliver the final state of this task, and records what comes of it. */
    Answer<ReceiverReply> recorded(Task task, Attempt attempt, OutsideCall<ReceiverReply> call)
            throws InterruptedException {
        Instant at = clock.instant();
        long began = nanoTime.getAsLong();
        Answer<ReceiverReply> answer = call.make();
        Duration took = Duration.ofNanos(nanoTime.getAsLong() - began);
        attempt.whenSettled(next -> add(new CallbackAttempt(
                task.id(),
                task.generation(),
                task.delivery().attempts() + 1,
                at,
                took,
                answer.report().status().orElse(null),
                answer.value().failure().orElse(null),
                next.orElse(null))));
        return answer;
    }

    /** Adds an attempt to those that are to be written. Never waits. */
    void add(CallbackAttempt attempt) {
        while (!queue.offer(attempt)) {
            if (queue.poll() != null) {
                dropped.increment();
            }
        }
    }

    /** Writes what waits, until nothing does or the database is lost. */
    synchronized void flush() {
        while (true) {
            queue.drainTo(batch, BATCH - batch.size());
            if (batch.isEmpty()) {
                return;
            }
            try {
                table.accept(List.copyOf(batch));
                failing = false;
            } catch (DatabaseUnavailableException lost) {
                warnOnce("wait for the database", lost);
                return;
            } catch (RuntimeException refused) {
                warnOnce("are dropped", refused);
                dropped.increment(batch.size());
            }
            batch.clear();
        }
    }

    /** Logs one line for an outage, however long it is. */
    private void warnOnce(String what, RuntimeException why) {
        if (!failing) {
            log.warn("attempts to deliver callbacks {}: {}", what, String.valueOf(why.getMessage()));
        }
        failing = true;
    }

    /** Writes what waits, if the database takes it now: a stop does not wait for long. */
    @Override
    public void close() {
        rounds.close();
        try {
            if (!Thread.startVirtualThread(this::flush).join(LAST_ROUND)) {
                log.warn("attempts to deliver callbacks are not written, because the database is slow");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
