package io.pawline.stage.session;

import io.pawline.stage.Fairness;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageClients;
import io.pawline.stage.StageSpec;
import io.pawline.stage.commit.GroupCommit;
import io.pawline.stage.dispatch.Dispatcher;
import io.pawline.stage.dispatch.FairQueue;
import io.pawline.stage.dispatch.Preparer;
import io.pawline.stage.dispatch.ReadyQueue;
import io.pawline.stage.dispatch.ReceiverQueues;
import io.pawline.stage.ledger.Ledger;
import io.pawline.stage.metrics.Backlog;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.PermitSource;
import io.pawline.stage.provider.ReceiverLimiters;
import io.pawline.stage.provider.TenantUse;
import io.pawline.stage.retry.AttemptHeaders;
import io.pawline.stage.retry.DelayedRetryReader;
import io.pawline.stage.retry.HeldReferences;
import io.pawline.stage.retry.RetryTimer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one membership of a stage in its consumer group, from joining to leaving: the loop of the poll thread. The poll
 * thread never handles a task. It waits for tasks only when a partition is taken away or the stage stops. A partition
 * with enough records waiting is paused instead.
 *
 * <p>Any error that leaves in doubt what the broker has ends the session. The next session reads again what
 * is not committed.
 */
public final class StageSession<I> {

    private static final Logger log = LoggerFactory.getLogger(StageSession.class);
    private static final Duration POLL = Duration.ofMillis(50);

    /** A paid stage may have this many uncommitted answers in any case: what a group commit carries at full speed. */
    private static final int UNCOMMITTED = 100;

    private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of so many tenants it is shown what they have and want: each is a time series. */
    private static final int TENANTS_SHOWN = 20;

    private final StageSpec<I> spec;
    private final TaskExecution<I> execution;
    private final Fairness fairness;
    private final Scheduler scheduler;
    private final Clock clock;
    private final Backlog backlog;
    private final StageMetrics metrics;
    private final Consumer<byte[], byte[]> consumer;
    private final GroupCommit commit;
    private final Dispatcher dispatcher;
    private final RetryTimer timer;
    private final HeldReferences references;
    private final DelayedRetryReader delayedRetryReader;
    private final Assignments assignments;
    private final ReadAhead readAhead;
    private final RecordSettler<I> settler;
    private final Membership membership;
    private volatile boolean stopping;
    private long lastMeasured;
    private volatile long lastPoll;

    /** @param memory bytes that records may take, those of the work topic and retries each */
    public StageSession(
            StageSpec<I> spec,
            TaskExecution<I> execution,
            Fairness fairness,
            PermitSource limiter,
            Optional<ReceiverLimiters> receiverLimiters,
            Ledger ledger,
            StageClients clients,
            Scheduler scheduler,
            Clock clock,
            Backlog backlog,
            StageMetrics metrics,
            long memory) {
        this.spec = spec;
        this.execution = execution;
        this.fairness = fairness;
        this.scheduler = scheduler;
        this.lastMeasured = scheduler.nanoTime();
        this.lastPoll = lastMeasured;
        this.clock = clock;
        this.backlog = backlog;
        this.metrics = metrics;
        String name = spec.stage().code();
        String group = spec.stage().consumerGroup();
        this.membership = new Membership(scheduler::nanoTime, clients.sessionTimeout());
        this.consumer = clients.consumer(group, spec.policies().drain(), membership::asksToJoin);
        membership.reads(consumer.metrics());
        this.commit = new GroupCommit(
                () -> clients.producer(group),
                (item, refusal) -> execution.refused(item.data(), refusal),
                ledger,
                spec.policies().commitInterval(),
                metrics,
                scheduler,
                name);
        this.settler = new RecordSettler<>(
                spec.stage(),
                execution,
                commit,
                scheduler.virtualThreads(name + "-settle-"),
                clock,
                membership::certain);
        this.dispatcher = new Dispatcher(
                limiter,
                readyQueue(limiter, receiverLimiters),
                scheduler.virtualThreads(name + "-task-"),
                scheduler::nanoTime,
                execution.prepares() ? Optional.of(preparer(limiter, name)) : Optional.empty(),
                settler::work,
                this::holds,
                metrics);
        this.timer = new RetryTimer(clock, dispatcher, scheduler, name);
        this.delayedRetryReader = new DelayedRetryReader(spec.stage(), consumer, commit, clock);
        this.assignments = new Assignments(
                spec.stage(),
                scheduler,
                spec.policies().drain(),
                consumer,
                commit,
                delayedRetryReader,
                membership,
                this::dropFenced);
        this.readAhead = new ReadAhead(consumer, delayedRetryReader::sleeps, spec.maxInFlight(), memory);
        this.references =
                new HeldReferences(memory, assignments::retryBytes, () -> clients.rereader(group), scheduler, name);
    }

    private Preparer preparer(PermitSource limiter, String name) {
        return new Preparer(
                limiter,
                spec.policies().retryShare(),
                fairness,
                scheduler.virtualThreads(name + "-prepare-"),
                scheduler::nanoTime,
                place -> settler.prepare(place, this::prepared),
                () -> holds() || !limiter.allowed());
    }

    private void prepared(WorkItem item) {
        dispatcher.add(List.of(item));
    }

    /** Says whether nothing is to begin for now, whatever the permits. */
    private boolean holds() {
        return stopping || hasTooMuchToLose() || mayBeAZombie() || !execution.mayBegin();
    }

    /**
     * While answers cannot be committed, no more of them are paid for than about as many as the stage has in flight.
     */
    private boolean hasTooMuchToLose() {
        return spec.stage().paid()
                && spec.provider().isPresent()
                && commit.uncommitted() >= Math.max(UNCOMMITTED, spec.maxInFlight());
    }

    /** While another process may have the partitions, nothing begins that is paid for. */
    private boolean mayBeAZombie() {
        return spec.stage().paid() && !membership.mayBegin();
    }

    private ReadyQueue readyQueue(PermitSource limiter, Optional<ReceiverLimiters> receiverLimiters) {
        double retryShare = spec.policies().retryShare();
        return receiverLimiters.isPresent()
                ? new ReceiverQueues(limiter, receiverLimiters.get(), retryShare, fairness, scheduler::nanoTime)
                : new FairQueue(spec.stage().code(), limiter, retryShare, fairness, scheduler::nanoTime);
    }

    /** Works until {@link #stop} is called. Then it drains and leaves the group. */
    public void run() {
        try {
            commit.start();
            consumer.subscribe(spec.stage().readTopics(), assignments);
            while (!stopping) {
                turn();
            }
            drainAndStay();
        } finally {
            close();
        }
    }

    /** Asks the session to end; returns at once. Nothing begins after this, also amid a revocation. */
    public void stop() {
        assignments.stopWithinDrain();
        stopping = true;
    }

    /** Returns the time since the poll thread last came round. */
    public Duration sinceLastPoll() {
        return Duration.ofNanos(scheduler.nanoTime() - lastPoll);
    }

    /** Says whether the session has the first partition of the work topic. */
    public boolean hasFirstPartition() {
        return assignments.hasFirstPartition();
    }

    /** Says whether the group has let the session in. */
    public boolean joined() {
        return assignments.joined();
    }

    private void turn() {
        RuntimeException failure = commit.failure();
        if (failure != null) {
            throw failure;
        }
        if (settler.broken() || references.broken()) {
            throw new IllegalStateException("a record was left without an outcome; it is read again");
        }
        commit.commitAs(consumer.groupMetadata());
        readAhead.pauseAndResume(assignments.all());
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        membership.look();
        List<WorkItem> due = new ArrayList<>();
        for (TopicPartition name : polled.partitions()) {
            if (delayedRetryReader.has(name)) {
                delayedRetryReader.take(assignments.partition(name), polled.records(name));
            } else {
                take(assignments.partition(name), polled.records(name), due);
            }
        }
        due.addAll(references.due(clock.instant()));
        // This is done even with nothing new, for a permit may have come with time.
        dispatcher.add(due);
        dispatcher.overflow().forEach(settler::defer);
        if (scheduler.nanoTime() - lastMeasured >= MEASURE_NANOS) {
            lastMeasured = scheduler.nanoTime();
            if (spec.stage().paid()) {
                // Nobody writes a deadline for another stage, and a final state may not expire unnotified
                dispatcher.overdue(clock.instant()).forEach(settler::expire);
                references.readOverdue(clock.instant());
            }
            measure();
        }
        lastPoll = scheduler.nanoTime();
    }

    private void take(AssignedPartition partition, List<ConsumerRecord<byte[], byte[]>> records, List<WorkItem> due) {
        Instant now = clock.instant();
        for (ConsumerRecord<byte[], byte[]> data : records) {
            WorkItem.receive(partition, data).ifPresent(item -> {
                Instant notBefore = AttemptHeaders.notBefore(data.headers(), now);
                if (partition.ofRetries() && references.isFull(notBefore, now)) {
                    references.hold(item, notBefore);
                } else if (notBefore.isAfter(now)) {
                    timer.hold(item, notBefore);
                } else {
                    due.add(item);
                }
            });
        }
    }

    private void measure() {
        long lag = 0;
        long netLag = 0;
        for (AssignedPartition partition : assignments.all()) {
            if (!partition.ofRetries()) {
                long unread = consumer.currentLag(partition.name()).orElse(0);
                lag += unread + partition.span();
                netLag += unread + partition.open();
            }
        }
        backlog.set(dispatcher.waiting(), timer.held() + references.held(), lag, netLag, commit.held());
        List<TenantUse> tenants = dispatcher.tenants(TENANTS_SHOWN);
        backlog.tenants(tenants);
        metrics.tenants(tenants);
    }

    /**
     * Starts nothing more and waits for what is at work, for the drain time at most. It goes on polling, though it
     * takes nothing: a member that does not poll would miss the group's next generation, and its last results would be
     * refused.
     */
    private void drainAndStay() {
        assignments.stopAdmitting();
        while (assignments.draining()) {
            commit.commitAs(consumer.groupMetadata());
            consumer.pause(consumer.assignment());
            var _ = consumer.poll(POLL);
            membership.look();
            lastPoll = scheduler.nanoTime();
        }
    }

    private void dropFenced() {
        timer.dropFenced();
        references.dropFenced();
        dispatcher.dropFenced();
    }

    /** Closes all that the session opened, whichever of it fails. */
    private void close() {
        assignments.fenceAll();
        try (Leaving _ = this::leave;
                GroupCommit _ = commit;
                RetryTimer _ = timer;
                HeldReferences _ = references) {
            log.debug("the session ends");
        }
    }

    private interface Leaving extends AutoCloseable {
        @Override
        void close();
    }

    private void leave() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(5))
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
}
