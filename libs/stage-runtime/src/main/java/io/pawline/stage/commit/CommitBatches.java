package io.pawline.stage.commit;

import io.pawline.stage.Scheduler;
import io.pawline.stage.ledger.Ledger;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.WorkItem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the finished tasks until a transaction with them succeeds, and divides them into the batches that transactions
 * carry. Used by the thread of its {@link GroupCommit}, but for {@link #add} and {@link #uncommitted}.
 */
final class CommitBatches {

    /** One transaction carries at most so many tasks. */
    static final int MAX_BATCH = 1_000;

    /** The longest wait for a task to finish. */
    private static final Duration GATHER = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

    /** A record that no topic takes waits for this long before it is tried again. It stays open meanwhile. */
    private static final long BEFORE_TRYING_REFUSED_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * Carries a finished task and what is to be published of it.
     *
     * @param substituted whether the settlement already stands in for one that was too large
     */
    record Finished(WorkItem item, Settlement settlement, boolean substituted) {

        /** Returns the topics that the task's records go to. */
        Set<String> topics() {
            return settlement.records().stream().map(ProducerRecord::topic).collect(Collectors.toSet());
        }
    }

    private final GroupCommit.Substitute substitute;
    private final Ledger ledger;
    private final StageMetrics metrics;
    private final Scheduler scheduler;
    private final Scheduler.Mailbox<Finished> finished;

    /** Holds one batch as a rule, and the parts of a batch if a record or a topic in it is refused. */
    private final Deque<List<Finished>> batches = new ArrayDeque<>();

    /** Holds the tasks whose records no topic takes in any form. */
    private final List<Finished> setAside = new ArrayList<>();

    private long setAsideSince;

    private final HeldTasks held;

    /** Counts the tasks that are held because a topic takes nothing. */
    private volatile int heldCount;

    /** Counts the tasks that were handed over and are neither committed nor given up. */
    private final AtomicInteger uncommitted = new AtomicInteger();

    /** Says that nothing is taken from {@link #finished} any more. */
    private volatile boolean ended;

    /** @param known says whether the broker knows these topics, see {@link HeldTasks} */
    CommitBatches(
            GroupCommit.Substitute substitute,
            Predicate<Set<String>> known,
            Ledger ledger,
            StageMetrics metrics,
            Scheduler scheduler) {
        this.scheduler = scheduler;
        this.finished = scheduler.mailbox();
        this.held = new HeldTasks(known, scheduler);
        this.substitute = substitute;
        this.ledger = ledger;
        this.metrics = metrics;
    }

    /**
     * Takes a finished task from any thread. After the end it is dropped, for another session has its record by then.
     */
    void add(WorkItem item, Settlement settlement) {
        Finished done = new Finished(item, settlement, false);
        uncommitted.incrementAndGet();
        finished.add(done);
        // Whoever takes it out drops it, also if the end came in between.
        if (ended && finished.remove(done)) {
            drop(done);
        }
    }

    /** Counts the tasks that were handed over and are not committed yet. */
    int uncommitted() {
        return uncommitted.get();
    }

    /** Counts those of them whose topics take nothing now. Any thread may call this. */
    int held() {
        return heldCount;
    }

    /** Says whether there is no batch, so that one has to be {@linkplain #gather gathered}. */
    boolean isEmpty() {
        return batches.isEmpty();
    }

    /** Returns the batch that the next transaction carries. There must be one. */
    List<Finished> first() {
        return batches.getFirst();
    }

    /**
     * Makes a batch of what has finished by now, if anything does within a tenth of a second.
     *
     * @param notBefore the first task to finish waits until this moment of {@link Scheduler#nanoTime}
     */
    void gather(long notBefore) throws InterruptedException {
        held.all().forEach(this::dropFenced);
        List<Finished> batch = takeBackSetAside();
        held.due(MAX_BATCH).ifPresent(batches::add);
        countHeld();
        if (!batches.isEmpty() && batch.isEmpty()) {
            return;
        }
        if (batch.isEmpty()) {
            Finished first = finished.poll(GATHER);
            if (first == null) {
                return;
            }
            batch.add(first);
            scheduler.sleep(Duration.ofNanos(notBefore - scheduler.nanoTime()));
        }
        finished.drainTo(batch, MAX_BATCH - batch.size());
        batch.removeIf(held::takes);
        countHeld();
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
    }

    private void countHeld() {
        heldCount = held.size();
    }

    private List<Finished> takeBackSetAside() {
        List<Finished> back = new ArrayList<>();
        if (!setAside.isEmpty() && scheduler.nanoTime() - setAsideSince > BEFORE_TRYING_REFUSED_NANOS) {
            for (Finished done : setAside) {
                if (done.item().partition().begin()) {
                    uncommitted.incrementAndGet();
                    back.add(done);
                } else {
                    orphan(done);
                }
            }
            setAside.clear();
        }
        return back;
    }

    /** Takes the tasks of fenced partitions out of a batch. */
    void dropFenced(List<Finished> batch) {
        batch.removeIf(done -> {
            boolean fenced = done.item().partition().fenced();
            if (fenced) {
                drop(done);
            }
            return fenced;
        });
    }

    /** Takes note that a transaction carried these tasks. */
    void committed(List<Finished> batch) {
        batch.forEach(done -> {
            end(done);
            if (done.settlement().last()) {
                metrics.left(done.item().data());
            }
        });
        List<Finished> free = held.committed(batch);
        for (int from = 0; from < free.size(); from += MAX_BATCH) {
            batches.add(new ArrayList<>(free.subList(from, Math.min(from + MAX_BATCH, free.size()))));
        }
        countHeld();
    }

    /** Removes the first batch, with which the transactions are done. */
    void removeFirst() {
        batches.removeFirst();
    }

    /**
     * Divides the first batch, by the topics that its tasks go to, since one of them takes nothing and the others must
     * go on. Tasks that all go to the same topics are held.
     *
     * @param tookNanos time that the try took
     */
    void divideFirst(Exception refusal, long tookNanos) {
        List<Finished> batch = batches.removeFirst();
        // Not all of them are in the next transaction, so it must not count them as completed.
        batch.forEach(done -> done.item().reopen());
        Map<Set<String>, List<Finished>> parts = new LinkedHashMap<>();
        batch.forEach(done ->
                parts.computeIfAbsent(done.topics(), _ -> new ArrayList<>()).add(done));
        if (parts.size() > 1) {
            parts.values().forEach(batches::addFirst);
        } else {
            held.hold(batch, refusal, tookNanos);
            countHeld();
        }
    }

    /** Halves the first batch, since the client does not say which record was refused and the others must go on. */
    void splitFirst(Exception refusal) throws InterruptedException {
        List<Finished> batch = batches.removeFirst();
        // Not all of them are in the next transaction, so it must not count them as completed.
        batch.forEach(done -> done.item().reopen());
        if (batch.size() > 1) {
            int half = batch.size() / 2;
            batches.addFirst(new ArrayList<>(batch.subList(half, batch.size())));
            batches.addFirst(new ArrayList<>(batch.subList(0, half)));
        } else {
            replaceRefused(batch.getFirst(), refusal);
        }
    }

    /** Turns a result that is refused into a failure. A record that is refused even as a dead letter stays open. */
    private void replaceRefused(Finished done, Exception refusal) throws InterruptedException {
        if (!done.substituted()) {
            Settlement instead = substitute.of(done.item(), refusal);
            batches.addFirst(new ArrayList<>(List.of(
                    new Finished(done.item(), instead.after(done.settlement().calls()), true))));
            return;
        }
        log.error(
                "no topic takes the record at {} offset {}, it stays open; if it is too large, raise max.message.bytes of"
                        + " the stage's dead-letter topic: {}",
                done.item().partition().name(),
                done.item().data().offset(),
                refusal.toString());
        setAside.add(done);
        setAsideSince = scheduler.nanoTime();
        end(done);
    }

    /**
     * Drops all tasks, since nothing is committed any more. The ledger records the calls whose results are lost.
     *
     * @param firstMayBeCommitted whether the broker may have committed the first batch, so that nothing of it is
     *     orphaned
     */
    void dropAll(boolean firstMayBeCommitted) {
        ended = true;
        if (firstMayBeCommitted) {
            batches.removeFirst();
        }
        List<Finished> rest = new ArrayList<>();
        batches.forEach(rest::addAll);
        held.all().forEach(rest::addAll);
        finished.drainTo(rest, Integer.MAX_VALUE);
        rest.forEach(this::drop);
        setAside.forEach(this::orphan);
    }

    private void drop(Finished done) {
        orphan(done);
        end(done);
    }

    private void end(Finished done) {
        uncommitted.decrementAndGet();
        done.item().partition().end();
    }

    private void orphan(Finished done) {
        log.warn(
                "a finished attempt is dropped, since {} went elsewhere while it ran (offset {})",
                done.item().partition().name(),
                done.item().data().offset());
        metrics.orphaned();
        done.settlement().calls().forEach(ledger::orphaned);
    }
}
