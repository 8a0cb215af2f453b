package io.pawline.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.CommitMetadata;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.stage.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Knows every task and every call of a world, and what must hold: no task is lost, each outcome is published once, no
 * call begins that must not, and none is repeated without a cause. Each is checked when it happens.
 */
final class TaskBook implements ModelBroker.Watch {

    private record Published(String topic, String key, int attempt) {}

    /** Says what may become of a task besides what becomes of all. */
    enum Expected {
        PLAIN,
        UNDECODABLE,
        TOO_LARGE,
        BUG
    }

    private record Call(String task, String requestId, TopicPartition partition) {}

    private final World world;
    private final EventStore events;
    private final int partitions;
    private final Stage last;
    private final Duration longestRetry;
    private final Map<String, Instant> deadlines = new LinkedHashMap<>();
    private final Map<String, Integer> finals = new HashMap<>();
    private final Map<String, Instant> dueAt = new HashMap<>();
    private final Set<String> recorded = new HashSet<>();
    private final Map<String, Expected> expected = new HashMap<>();
    private final Set<Published> published = new HashSet<>();
    private final Set<String> publishedKeys = new HashSet<>();
    private final Map<String, Integer> tries = new HashMap<>();
    private final Map<String, Integer> timesCalled = new HashMap<>();
    private final Map<String, ModelConsumer> callers = new HashMap<>();
    private final Set<String> mayBeRepeated = new HashSet<>();
    private final Map<SimulatedProcess, List<Call>> uncommitted = new LinkedHashMap<>();
    private final Map<SimulatedProcess, Integer> inFlight = new HashMap<>();
    private @Nullable ModelBroker broker;
    private double hedgeShare;
    private int hedges;
    private int calls;
    private int repeats;
    private int succeeded;

    /**
     * @param last the last stage; what it passes on is a success
     * @param longestRetry for which a retry waits
     */
    TaskBook(World world, EventStore events, int partitions, Stage last, Duration longestRetry) {
        this.world = world;
        this.events = events;
        this.partitions = partitions;
        this.last = last;
        this.longestRetry = longestRetry;
    }

    /** Sets how many calls may be made a second time, as a share of all others. */
    void hedges(double share) {
        hedgeShare = share;
    }

    /** Sets the broker whose logs it looks into. */
    void reads(ModelBroker logs) {
        broker = logs;
    }

    private ModelBroker broker() {
        return Objects.requireNonNull(broker, "no broker");
    }

    void submitted(TaskId task, Instant deadline, Expected outcome) {
        expected.put(task.toString(), outcome);
        deadlines.put(task.toString(), deadline);
    }

    /** Counts the tasks that have no final outcome. */
    long open() {
        return deadlines.keySet().stream()
                .filter(task -> !finals.containsKey(task))
                .count();
    }

    List<String> openTasks() {
        return deadlines.keySet().stream()
                .filter(task -> !finals.containsKey(task))
                .toList();
    }

    int tasks() {
        return deadlines.size();
    }

    int calls() {
        return calls;
    }

    int succeeded() {
        return succeeded;
    }

    /** Counts the calls that were made because another one of the same attempt took long. */
    int hedges() {
        return hedges;
    }

    int repeats() {
        return repeats;
    }

    /** Checks a call that begins. */
    void begins(Stage stage, Attempt made, String requestId, int maxInFlight, ProcessSlot.Running running) {
        TaskId task = made.taskId();
        int attempt = made.number();
        boolean hedge = !requestId.equals(made.requestId());
        SimulatedProcess process = running.process();
        ModelControls.Channel controls = running.controls();
        ModelConsumer consumer = running.consumer();
        calls++;
        world.note("%s calls for %s, attempt %d".formatted(process.name(), task, attempt));
        TopicPartition partition = partition(attempt == 1 ? stage.workTopic() : stage.retryTopic(), task.toString());
        world.check(!process.dead(), "a dead process makes a call");
        world.check(
                consumer != null && consumer.owns(partition),
                "a call begins in %s for %s, which went elsewhere".formatted(process.name(), partition));
        world.check(
                consumer != null && consumer.isMember(),
                "a call begins in %s, which its group has given up".formatted(process.name()));
        world.check(!controls.cancelled(task), "a call begins for a cancelled task: " + task);
        Instant deadline = deadlines.get(task.toString());
        world.check(
                deadline != null && !world.instant().isAfter(deadline),
                "a call begins after the deadline of %s".formatted(task));
        world.check(controls.hasRead(), "a call begins before the controls are known");
        if (running.undisturbed()) {
            controls.requireCallsMayBegin(stage, world);
        }
        Instant due = dueAt.get(task.toString() + stage.code() + attempt);
        world.check(
                due == null || !world.instant().isBefore(due),
                "attempt %d at %s begins before it is due at %s".formatted(attempt, task, due));
        world.check(
                recorded.contains(task.toString() + stage.code() + attempt + hedge),
                "a paid call begins that is not in the ledger: %s attempt %d".formatted(task, attempt));
        if (hedge) {
            hedges++;
            world.check(
                    hedges <= hedgeShare * (calls - hedges),
                    "%d hedges of %d calls are more than their share".formatted(hedges, calls));
        } else {
            tries.merge(task.toString() + stage.code(), 1, Integer::sum);
        }
        int now = inFlight.merge(process, 1, Integer::sum);
        world.check(
                now <= maxInFlight,
                "%d calls in flight in %s, at most %d may be".formatted(now, process.name(), maxInFlight));
        if (timesCalled.merge(requestId, 1, Integer::sum) > 1) {
            repeats++;
            ModelConsumer other = callers.get(requestId);
            // It lost the partition during the call, and does not know yet
            boolean lostUnawares = other != null && !other.isMember();
            world.check(
                    mayBeRepeated.remove(requestId) || lostUnawares,
                    "a call is repeated without a cause: " + requestId);
            uncommitted
                    .values()
                    .forEach(open -> open.removeIf(call -> call.requestId().equals(requestId)));
        }
        if (consumer != null) {
            callers.put(requestId, consumer);
        }
        uncommitted
                .computeIfAbsent(process, _ -> new ArrayList<>())
                .add(new Call(task.toString(), requestId, partition));
    }

    void ended(SimulatedProcess process) {
        inFlight.computeIfPresent(process, (_, now) -> now - 1);
    }

    /** Takes note that a process is gone: what it had not committed may be repeated. */
    void killed(SimulatedProcess process) {
        List<Call> open = uncommitted.remove(process);
        if (open != null) {
            open.forEach(call -> mayBeRepeated.add(call.requestId()));
        }
        inFlight.remove(process);
    }

    /**
     * Takes note that a process has a partition no more.
     *
     * @param after how long its calls could have gone on since it was to give the partition up; empty: nobody asked it
     */
    void gaveUp(SimulatedProcess process, TopicPartition partition, Optional<Duration> after) {
        List<Call> open = uncommitted.get(process);
        if (open != null) {
            boolean hasOpen = open.stream().anyMatch(call -> call.partition().equals(partition));
            world.check(
                    !hasOpen
                            || after.filter(drained -> drained.compareTo(Pipeline.DRAIN) < 0)
                                    .isEmpty(),
                    "%s gives up calls of %s before its drain time is over".formatted(process.name(), partition));
            open.removeIf(call -> call.partition().equals(partition) && mayBeRepeated.add(call.requestId()));
        }
    }

    private TopicPartition partition(String topic, String key) {
        return new TopicPartition(topic, Utils.toPositive(Utils.murmur2(key.getBytes(UTF_8))) % partitions);
    }

    /** Checks a transaction that has just been committed, before its offsets hold. */
    @Override
    public void committed(ModelTransaction transaction) {
        List<String> keys = new ArrayList<>();
        for (ModelLog log : transaction.logs) {
            for (ModelLog.Entry entry : log.of(transaction)) {
                publish(log.name().topic(), entry);
                keys.add(key(entry));
            }
        }
        for (Map<TopicPartition, OffsetAndMetadata> offsets : transaction.offsets.values()) {
            uncommitted
                    .values()
                    .forEach(open ->
                            open.removeIf(call -> keys.contains(call.task()) && offsets.containsKey(call.partition())));
        }
        transaction.offsets.forEach(
                (group, offsets) -> offsets.forEach((name, offset) -> completed(name, group.committed(name), offset)));
    }

    private void publish(String topic, ModelLog.Entry entry) {
        String key = key(entry);
        int attempt = attempt(entry);
        world.note("committed: %s %s %d".formatted(topic, key, attempt));
        if (topic.endsWith(".retry")) {
            dueAt.put(key + topic.replace("pawline.", "").replace(".retry", "") + attempt, due(entry));
        }
        if (topic.equals(Stage.CALLBACK.workTopic()) && events.of(entry) instanceof TaskFinished finished) {
            requireCause(key, finished);
        }
        boolean fresh = published.add(new Published(topic, key, topic.endsWith(".retry") ? attempt : 0));
        publishedKeys.add(topic + key);
        world.check(fresh, "published twice: %s %s attempt %d".formatted(topic, key, attempt));
        if (topic.equals(Pipeline.next(last).workTopic()) || topic.equals(Stage.CALLBACK.workTopic())) {
            succeeded += topic.equals(Stage.CALLBACK.workTopic()) ? 0 : 1;
            int outcomes = finals.merge(key, 1, Integer::sum);
            world.check(outcomes == 1, "two final outcomes of %s".formatted(key));
        }
    }

    /** Checks that a task ended as it did for a reason. */
    private void requireCause(String key, TaskFinished finished) {
        Expected outcome = expected.getOrDefault(key, Expected.PLAIN);
        Instant deadline = deadlines.getOrDefault(key, Instant.MAX);
        String reason = finished.getReason().orElse("");
        boolean holds = switch (finished.getEnding()) {
            case SUCCESS -> false;
            case CANCELLED -> true;
            // The next attempt may have come too late
            case EXPIRED -> !world.instant().isBefore(deadline.minus(longestRetry));
            case FAILED ->
                isTriedEnough(key, finished)
                        && (outcome == Expected.UNDECODABLE || !reason.equals(Reason.UNDECODABLE.code()))
                        && (outcome == Expected.TOO_LARGE
                                || outcome == Expected.BUG
                                || !reason.equals(Reason.UNCLASSIFIED.code()));
        };
        world.check(holds, "%s ends as %s without a cause: %s".formatted(key, finished.getEnding(), reason));
    }

    private boolean isTriedEnough(String key, TaskFinished finished) {
        Reason.Scope scope = Reason.ofCode(finished.getReason().orElse(""))
                .map(Reason::scope)
                .orElse(Reason.Scope.TASK);
        boolean counted = scope == Reason.Scope.PROVIDER || scope == Reason.Scope.TIMEOUT;
        return !counted || tries.getOrDefault(key + finished.getStage().orElse(""), 0) >= Pipeline.ATTEMPTS;
    }

    /** Takes note of a call in the ledger. */
    @Override
    public void appended(String topic, ModelLog.Entry entry) {
        if (topic.equals(Topics.ATTEMPTS)
                && events.of(entry) instanceof CallAttempt call
                && call.getMoment() == CallMoment.START) {
            recorded.add(call.getContext().getTaskId() + call.getStage() + call.getAttempt() + call.getHedge());
        }
    }

    /** Checks that all records have an outcome that this commit says are completed. */
    private void completed(TopicPartition name, @Nullable OffsetAndMetadata before, OffsetAndMetadata now) {
        long from = before == null ? 0 : before.offset();
        Optional<CommitMetadata> above = CommitMetadata.decode(now.metadata(), now.offset());
        Optional<CommitMetadata> aboveBefore =
                before == null ? Optional.empty() : CommitMetadata.decode(before.metadata(), before.offset());
        world.check(now.offset() >= from, "the commit of %s goes back to %d".formatted(name, now.offset()));
        ModelLog log = broker().log(name);
        long end = Math.max(now.offset(), above.map(CommitMetadata::end).orElse(0L));
        long endBefore = aboveBefore.map(CommitMetadata::end).orElse(0L);
        for (long offset = from; offset < Math.max(end, endBefore); offset++) {
            long at = offset;
            if (at >= log.end() || !ModelLog.isCommitted(log.entry(at))) {
                continue;
            }
            boolean wasCompleted =
                    aboveBefore.filter(open -> open.completed(at)).isPresent();
            boolean isCompleted = at < now.offset()
                    || above.filter(open -> open.completed(at)).isPresent();
            world.check(
                    isCompleted || !wasCompleted, "%s offset %d was completed and is open again".formatted(name, at));
            if (isCompleted && !wasCompleted) {
                requireOutcome(name, log.entry(at));
            }
        }
    }

    private void requireOutcome(TopicPartition name, ModelLog.Entry entry) {
        String key = key(entry);
        Stage stage = Stage.ofCode(name.topic().replace("pawline.", "").replace(".retry", ""))
                .orElseThrow();
        int attempt = attempt(entry);
        boolean found = publishedKeys.contains(Pipeline.next(stage).workTopic() + key)
                || publishedKeys.contains(Stage.CALLBACK.workTopic() + key)
                || publishedKeys.contains(stage.deadLetterTopic() + key)
                || published.contains(new Published(stage.retryTopic(), key, attempt + 1));
        world.check(found, "%s offset %d is completed without an outcome".formatted(name, entry.offset()));
    }

    private static String key(ModelLog.Entry entry) {
        return entry.key() == null ? "" : new String(entry.key(), UTF_8);
    }

    private static int attempt(ModelLog.Entry entry) {
        return (int) number(entry, RecordHeaders.ATTEMPT, 1);
    }

    private static Instant due(ModelLog.Entry entry) {
        return Instant.ofEpochMilli(number(entry, RecordHeaders.NOT_BEFORE, 0));
    }

    private static long number(ModelLog.Entry entry, String name, long otherwise) {
        long number = otherwise;
        for (Header header : entry.headers()) {
            if (header.key().equals(name) && header.value() != null) {
                number = Long.parseLong(new String(header.value(), UTF_8));
            }
        }
        return number;
    }
}
