package io.pawline.taskstore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Does for many callers at once what each asks for: what comes in while a round is under way is done in the next. So a
 * transaction, and its wait for the disk, is shared by all that would wait for it anyway, and nobody waits for company
 * (<a href="https://www.postgresql.org/docs/current/wal-configuration.html">group commit</a>, one level up). Thread-safe.
 */
final class BatchingExecutor<I, O> {

    /** Two, so that one is prepared while the other waits for the disk. */
    private static final int ROUNDS_AT_ONCE = 2;

    /** Does all, or throws and has done nothing. */
    @FunctionalInterface
    interface Work<I, O> {

        /** One answer for each item, in their order. */
        List<O> doAll(List<I> items);
    }

    private record Asked<I, O>(I item, CompletableFuture<O> answer) {}

    private final Work<I, O> work;
    private final int most;
    private final Duration longestWait;
    private final Queue<Asked<I, O>> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore rounds = new Semaphore(ROUNDS_AT_ONCE);

    /**
     * @param most items in one round
     * @param longestWait for a round to take an item
     */
    BatchingExecutor(Work<I, O> work, int most, Duration longestWait) {
        this.work = work;
        this.most = most;
        this.longestWait = longestWait;
    }

    /**
     * Has this done, and waits until it is.
     *
     * @throws DatabaseUnavailableException if the work throws it, or no round takes the item in time; then what was asked
     *     for has not been done, as far as is known
     */
    O ask(I item) {
        Asked<I, O> asked = new Asked<>(item, new CompletableFuture<>());
        waiting.add(asked);
        startRounds();
        try {
            return answer(asked);
        } catch (InterruptedException stopped) {
            waiting.remove(asked);
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException(stopped);
        }
    }

    /** Those that no round has taken. */
    int waiting() {
        return waiting.size();
    }

    private O answer(Asked<I, O> asked) throws InterruptedException {
        try {
            try {
                return asked.answer().get(longestWait.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException late) {
                if (waiting.remove(asked)) {
                    throw new DatabaseUnavailableException(late);
                }
                return asked.answer().get();
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException known ? known : new IllegalStateException(failed);
        }
    }

    private void startRounds() {
        if (!waiting.isEmpty() && rounds.tryAcquire()) {
            Thread.ofVirtual().name("together").start(this::doRounds);
        }
    }

    private void doRounds() {
        try {
            for (List<Asked<I, O>> round = next(most); !round.isEmpty(); round = next(most)) {
                doRound(round);
            }
        } finally {
            rounds.release();
        }
        // For who came between the last look and the release
        startRounds();
    }

    private List<Asked<I, O>> next(int atMost) {
        List<Asked<I, O>> round = new ArrayList<>();
        while (round.size() < atMost) {
            Asked<I, O> asked = waiting.poll();
            if (asked == null) {
                break;
            }
            round.add(asked);
        }
        return round;
    }

    private void doRound(List<Asked<I, O>> round) {
        try {
            List<O> answers = work.doAll(round.stream().map(Asked::item).toList());
            for (int i = 0; i < round.size(); i++) {
                round.get(i).answer().complete(answers.get(i));
            }
        } catch (DatabaseUnavailableException lost) {
            fail(round, lost);
            // Who waits would be told the same, only later.
            fail(next(Integer.MAX_VALUE), lost);
        } catch (RuntimeException e) {
            if (round.size() == 1) {
                round.getFirst().answer().completeExceptionally(e);
            } else {
                // What is wrong with one is not to be the others' fault.
                round.forEach(asked -> doRound(List.of(asked)));
            }
        } finally {
            round.forEach(asked -> asked.answer().completeExceptionally(new IllegalStateException("no answer")));
        }
    }

    private void fail(List<Asked<I, O>> asked, DatabaseUnavailableException lost) {
        asked.forEach(each -> each.answer().completeExceptionally(new DatabaseUnavailableException(lost)));
    }
}
