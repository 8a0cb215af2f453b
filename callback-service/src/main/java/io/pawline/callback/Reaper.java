package io.pawline.callback;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.OverdueTasks;
import io.pawline.taskstore.OverdueTasks.Overdue;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.UndeliveredCallbacks.Receiver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the tasks that are open after their deadline and that no stage has any more. It publishes their final state as a
 * stage does, so the row is closed and the front end is notified in the usual way. For one thread; several processes
 * may reap at once.
 *
 * <p>A round claims tasks, then looks for their work, and then reads the rows again. Work is only ever passed on from
 * topic to topic until it is in the row. So a task that is in no topic, and whose row is open afterwards, is nowhere. A
 * process that dies at any point leaves a task that comes again, or a final state in the topic that the next round
 * finds there.
 */
final class Reaper {

    private static final Logger log = LoggerFactory.getLogger(Reaper.class);

    /** Most tasks that one round looks for. All of them cost one look into the topics. */
    static final int MOST = 5_000;

    private static final int BATCH = 100;

    /** The time after which a round looks again for a task that was open and known. */
    private static final Duration AGAIN = Duration.ofMinutes(5);

    private final OverdueTasks tasks;
    private final Work work;
    private final Receiver stage;
    private final Clock clock;
    private final Counter lost;
    private final Counter expired;
    private volatile double overdue;

    /** Knows the work that is under way. */
    @FunctionalInterface
    interface Work {

        /**
         * Those of these tasks that a stage has yet to work on, or that have a final state that is not in the row yet.
         *
         * @throws RuntimeException if that cannot be said of all of them
         */
        Set<TaskId> known(Set<TaskId> tasks) throws InterruptedException;
    }

    Reaper(OverdueTasks tasks, Work work, Receiver stage, Clock clock, MeterRegistry metrics) {
        this.tasks = tasks;
        this.work = work;
        this.stage = stage;
        this.clock = clock;
        lost = counter(Reason.LOST, metrics);
        expired = counter(Reason.DEADLINE_PASSED, metrics);
        Gauge.builder("pawline.callback.overdue", () -> overdue)
                .description("Tasks that are open for some time after their deadline, of all processes")
                .register(metrics);
    }

    private static Counter counter(Reason reason, MeterRegistry metrics) {
        return Counter.builder("pawline.callback.reaped")
                .description("Tasks ended because no stage had them any more after their deadline")
                .tag("reason", reason.code())
                .register(metrics);
    }

    /**
     * Ends what is overdue and nowhere, {@link #MOST} tasks at most.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    void reap() throws InterruptedException {
        overdue = tasks.count();
        List<Overdue> claimed = overdue < 1 ? List.of() : tasks.claim(AGAIN, MOST);
        if (claimed.isEmpty()) {
            return;
        }
        Set<TaskId> known = work.known(claimed.stream().map(Overdue::id).collect(Collectors.toSet()));
        List<Overdue> nowhere =
                claimed.stream().filter(task -> !known.contains(task.id())).toList();
        int count = 0;
        for (int from = 0; from < nowhere.size(); from += BATCH) {
            count += end(nowhere.subList(from, Math.min(from + BATCH, nowhere.size())));
        }
        if (count > 0) {
            log.warn(
                    "{} tasks were ended because no stage had them any more after their deadline, for example {}",
                    count,
                    nowhere.getFirst().id());
        }
    }

    private int end(List<Overdue> nowhere) throws InterruptedException {
        Set<TaskId> relayed =
                nowhere.stream().filter(Overdue::relayed).map(Overdue::id).collect(Collectors.toSet());
        List<Task> over = tasks.stillOverdue(nowhere.stream().map(Overdue::id).toList()).stream()
                .map(task -> ended(task, relayed.contains(task.id())))
                .toList();
        if (!over.isEmpty()) {
            stage.take(over);
        }
        over.forEach(task -> (relayed.contains(task.id()) ? lost : expired).increment());
        return over.size();
    }

    /** A task that never reached Kafka was not lost there. */
    private Task ended(Task open, boolean relayed) {
        Instant now = clock.instant();
        FinalState finalState = relayed
                ? new FinalState.Failure(now, TaskState.FAILED, Reason.LOST, null, null)
                : new FinalState.Failure(now, TaskState.EXPIRED, Reason.DEADLINE_PASSED, null, null);
        return new Task(open.submission(), open.generation(), finalState, open.delivery());
    }
}
