package io.pawline.stage.session;

import io.pawline.schemas.Stage;
import io.pawline.stage.Preparation.Prepared;
import io.pawline.stage.commit.GroupCommit;
import io.pawline.stage.commit.Settlement;
import io.pawline.stage.dispatch.Preparer;
import io.pawline.stage.dispatch.ReadyQueue;
import io.pawline.stage.ledger.RecordedCalls;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.retry.FailedRecord;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Settles records: has each one executed, deferred or expired, and hands what comes of it to the group commit.
 * Thread-safe.
 */
final class RecordSettler<I> {

    private final Stage stage;
    private final TaskExecution<I> execution;
    private final GroupCommit commit;
    private final Executor threads;
    private final Clock clock;
    private final LongPredicate member;

    /**
     * Says that a record's thread ended without an outcome, so its partition can never be completed in this session.
     */
    private volatile boolean broken;

    /** @param member says whether the process certainly has its partitions, see {@link Membership#certain} */
    RecordSettler(
            Stage stage,
            TaskExecution<I> execution,
            GroupCommit commit,
            Executor threads,
            Clock clock,
            LongPredicate member) {
        this.stage = stage;
        this.execution = execution;
        this.commit = commit;
        this.threads = threads;
        this.clock = clock;
        this.member = member;
    }

    /** Says whether a record was left without an outcome, so that the session has to end. */
    boolean broken() {
        return broken;
    }

    /** Does one attempt at a record, on the thread of that record. */
    void work(WorkItem item, Permit permit) {
        RecordedCalls.Hold hold = new RecordedCalls.Hold() {
            @Override
            public boolean lost() {
                return item.partition().fenced();
            }

            @Override
            public boolean certain(long askedNanos) {
                return member.test(askedNanos);
            }
        };
        settle(item, () -> {
            try {
                return execution.execute(item, permit, hold);
            } finally {
                item.letGo();
            }
        });
    }

    /**
     * Prepares a record, on a thread of its own.
     *
     * @param ready takes the record when it is prepared
     */
    void prepare(Preparer.Place place, Consumer<WorkItem> ready) {
        WorkItem item = place.item();
        // A drain waits for no preparation, for nothing is paid for it
        item.partition().end();
        boolean handedOver = false;
        try {
            switch (readiness(item)) {
                case TaskExecution.Readiness.Ready(Prepared prepared) -> ready.accept(place.prepared(prepared));
                case TaskExecution.Readiness.Settled(Settlement settlement) -> {
                    place.release();
                    if (item.partition().begin()) {
                        settle(item, () -> settlement);
                    }
                }
            }
            handedOver = true;
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
        } finally {
            if (!handedOver) {
                place.release();
                broken = true;
            }
        }
    }

    /** Whatever is wrong with a record, it ends its own task at most. */
    private TaskExecution.Readiness readiness(WorkItem item) throws InterruptedException {
        try {
            return execution.prepare(item.data());
        } catch (InterruptException givenUp) {
            throw new InterruptedException(givenUp.getMessage());
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError bug) {
            return new TaskExecution.Readiness.Settled(execution.unexecutable(item.data(), bug));
        }
    }

    /** Moves a record out of the way of the others: to the end of the retry topic, or to the long-retry topic. */
    void defer(ReadyQueue.Overflow overflow) {
        WorkItem item = overflow.item();
        if (!item.partition().begin()) {
            return;
        }
        if (execution.outOfTime(item.data())) {
            threads.execute(() -> settle(item, () -> execution.neverHadItsTurn(item.data())));
        } else {
            commit.add(item, Settlement.again(FailedRecord.deferred(stage, overflow, clock.instant())));
        }
    }

    /** Ends a task that may wait no longer. It needs no permit, for nothing is called any more. */
    void expire(WorkItem item) {
        item.letGo();
        if (item.partition().begin()) {
            threads.execute(() -> settle(item, () -> execution.expired(item.data())));
        }
    }

    /** Whatever is wrong with a record, it ends its own task at most. */
    private Settlement settlement(WorkItem item, Work work) throws InterruptedException {
        try {
            return work.settlement();
        } catch (RecordedCalls.Lost elsewhere) {
            throw elsewhere;
        } catch (InterruptException givenUp) {
            throw new InterruptedException(givenUp.getMessage());
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError bug) {
            return execution.unexecutable(item.data(), bug);
        }
    }

    private interface Work {
        Settlement settlement() throws InterruptedException;
    }

    private void settle(WorkItem item, Work work) {
        boolean handedOver = false;
        try {
            commit.add(item, settlement(item, work));
            handedOver = true;
        } catch (RecordedCalls.Lost elsewhere) {
            item.partition().end();
            handedOver = true;
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
        } finally {
            if (!handedOver) {
                broken = true;
                item.partition().end();
            }
        }
    }
}
