package io.pawline.benchmarks;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.relay.FairShares;
import io.pawline.ingest.relay.ReleaseWindow;
import io.pawline.ingest.relay.TaskRelease;
import io.pawline.schemas.TaskId;
import io.pawline.simulation.TenantTasks.Door;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.Outbox.Handover;
import io.pawline.taskstore.Outbox.Portion;
import io.pawline.taskstore.Outbox.Relayed;
import io.pawline.taskstore.Outbox.TenantLoad;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Is the front door of a simulated world: the release of ingest-service with its default settings, over an outbox in
 * memory. Not thread-safe.
 */
final class FrontDoor implements Door {

    private static final PhotoSource PHOTO = new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg"));
    private static final IngestProperties.Relay SETTINGS = new IngestProperties.Relay(
            500, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60), 1_000);
    private static final int SAMPLE = 50;
    private static final Duration LONGEST_COUNTED = Duration.ofMinutes(2);

    /** Is a task that the stage has. */
    private record Released(Task task, Instant at) {}

    private final Clock clock;
    private final BiConsumer<TaskId, String> stage;
    private final boolean fair;
    private final Accepted accepted = new Accepted();
    private final Map<TaskId, Released> released = new HashMap<>();
    private final Deque<Instant> ended = new ArrayDeque<>();
    private final Deque<Duration> latestTimes = new ArrayDeque<>();
    private final TaskRelease release;

    /**
     * @param stage takes what is let in
     * @param fair whether it releases in fair order; otherwise everything is let in at once
     */
    FrontDoor(Clock clock, BiConsumer<TaskId, String> stage, boolean fair) {
        this.clock = clock;
        this.stage = stage;
        this.fair = fair;
        Instant beginning = clock.instant();
        this.release = new TaskRelease(
                accepted,
                this::send,
                new ReleaseWindow(this::endedSince, _ -> timeInStages(), SETTINGS, clock),
                new FairShares(_ -> 1),
                _ -> false,
                SETTINGS.batchSize(),
                () -> Duration.between(beginning, clock.instant()).toNanos());
    }

    @Override
    public void accept(TaskId task, String tenant) {
        Instant now = clock.instant();
        Submission submission = new Submission(task, tenant, "oil", PHOTO, null, now, now.plus(Duration.ofDays(30)));
        accepted.add(new Task(submission, 1, null, new Delivery(null, 0, null, null, null, null)));
    }

    @Override
    public Duration release() {
        try {
            if (!fair) {
                while (accepted.relay(SETTINGS.batchSize(), this::send).taken() > 0) {
                    // all that there is
                }
                return SETTINGS.pollInterval();
            }
            TaskRelease.Round round;
            do {
                round = release.next();
            } while (round.more());
            return accepted.isEmpty() ? SETTINGS.pollInterval() : round.pace();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped amid a release", stopped);
        }
    }

    private Handover send(List<Task> tasks) {
        for (Task task : tasks) {
            released.put(task.id(), new Released(task, clock.instant()));
            stage.accept(task.id(), task.submission().tenant());
        }
        return new Handover(tasks.stream().map(Task::id).toList(), null);
    }

    @Override
    public void ended(TaskId id) {
        Released of = Objects.requireNonNull(released.remove(id));
        accepted.ended(of.task());
        Instant now = clock.instant();
        ended.addLast(now);
        latestTimes.addLast(Duration.between(of.at(), now));
        if (latestTimes.size() > SAMPLE) {
            latestTimes.removeFirst();
        }
    }

    private long endedSince(Instant since) {
        Instant earliest = clock.instant().minus(LONGEST_COUNTED);
        while (!ended.isEmpty() && ended.getFirst().isBefore(earliest)) {
            ended.removeFirst();
        }
        return ended.stream().filter(since::isBefore).count();
    }

    private Optional<Duration> timeInStages() {
        List<Duration> sorted = latestTimes.stream().sorted().toList();
        return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.get(sorted.size() / 2));
    }

    /** Keeps what is accepted, as the table of tasks does. */
    private static final class Accepted implements TaskRelease.AcceptedTasks {

        private final Map<TaskId, Task> all = new LinkedHashMap<>();
        private final Map<String, Deque<Task>> waiting = new TreeMap<>();
        private final Map<String, Integer> atWork = new HashMap<>();

        void add(Task task) {
            all.put(task.id(), task);
            waiting.computeIfAbsent(task.submission().tenant(), _ -> new ArrayDeque<>())
                    .add(task);
        }

        boolean isEmpty() {
            return all.isEmpty();
        }

        void ended(Task task) {
            atWork.merge(task.submission().tenant(), -1, Integer::sum);
        }

        @Override
        public Relayed relay(int limit, Outbox.Receiver receiver) throws InterruptedException {
            return send(all.values().stream().limit(limit).toList(), receiver);
        }

        @Override
        public List<TenantLoad> load(int most) {
            return waiting.entrySet().stream()
                    .map(each -> new TenantLoad(
                            each.getKey(),
                            atWork.getOrDefault(each.getKey(), 0),
                            Math.min(most, each.getValue().size()),
                            0))
                    .toList();
        }

        @Override
        public Relayed relayChosen(int limit, Outbox.Choice choice, Outbox.Receiver receiver)
                throws InterruptedException {
            List<Task> chosen =
                    choice.of(load(limit)).stream().flatMap(this::tasksOf).toList();
            return send(choice.ordered(chosen), receiver);
        }

        private Stream<Task> tasksOf(Portion portion) {
            return portion.queue().priority() == Priority.INTERACTIVE
                    ? Objects.requireNonNull(waiting.get(portion.queue().tenant())).stream()
                            .limit(portion.count())
                    : Stream.empty();
        }

        private Relayed send(List<Task> tasks, Outbox.Receiver receiver) throws InterruptedException {
            Handover handover = receiver.take(tasks);
            for (Task task : tasks) {
                String tenant = task.submission().tenant();
                all.remove(task.id());
                Objects.requireNonNull(waiting.get(tenant)).remove();
                atWork.merge(tenant, 1, Integer::sum);
            }
            return new Relayed(tasks.size(), handover.arrived().size(), null);
        }

        @Override
        public int expire(int limit) {
            return 0;
        }
    }
}
