package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.relay.FairShares;
import io.pawline.ingest.relay.ReleaseWindow;
import io.pawline.ingest.relay.TaskRelease;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Fairness;
import io.pawline.stage.dispatch.FairQueue;
import io.pawline.stage.dispatch.ReadyQueue.Begun;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.Demand;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.StageControls;
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
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Is a world in virtual time with the door and one stage. The door is the release of ingest-service over an outbox in
 * memory. The stage has six processes with the runtime's queue of records, two partitions, and a sixth of 30 permits each.
 * A call takes 0.5 to 1.5 s. Not thread-safe.
 */
final class FairnessWorld {

    private static final int PROCESSES = 6;
    private static final int PERMITS = 30;
    private static final int PARTITIONS = 12;

    /** As the runtime reads ahead of what is handled. */
    private static final int READ_AHEAD = 1_000;

    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final int SAMPLE = 50;
    private static final Instant BEGINNING = Instant.parse("2026-11-30T00:00:00Z");
    private static final PhotoSource PHOTO = new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg"));
    private static final IngestProperties.Relay SETTINGS = new IngestProperties.Relay(
            500, POLL_INTERVAL, Duration.ofSeconds(10), Duration.ofSeconds(60), 1_000);

    /**
     * Says what keeps tenants from each other.
     *
     * @param release whether the door releases in fair order; otherwise all that is accepted is in the topic at once
     * @param queue whether a stage chooses between tenants; otherwise its records have their turn as they came
     */
    record Mechanisms(boolean release, boolean queue) {
        static final Mechanisms ALL = new Mechanisms(true, true);
        static final Mechanisms NONE = new Mechanisms(false, false);
    }

    /**
     * Says what tenants submit.
     *
     * @param heavy tasks of the heavy tenant, all at the beginning
     * @param keys that the heavy tenant submits with, one after the other
     * @param light tasks of the light tenant, one every two seconds on average
     */
    record Submissions(int heavy, int keys, int light) {}

    /**
     * Says how long tasks took.
     *
     * @param lightP95S 95th percentile of the time from a light tenant's submission to its result, in seconds
     * @param totalS time until all was done, in seconds
     */
    record Figures(double lightP95S, double totalS) {}

    private record Event(long at, long order, Runnable work) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final Random random;
    private final Mechanisms mechanisms;
    private final Clock clock = new WorldClock();
    private final Accepted accepted = new Accepted();
    private final Map<TaskId, Duration> calls = new HashMap<>();
    private final Map<TaskId, Long> releasedAt = new HashMap<>();
    private final Deque<Long> ended = new ArrayDeque<>();
    private final Deque<Long> latestTimes = new ArrayDeque<>();
    private final List<Double> lightTimes = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final TaskRelease release;
    private int open;
    private long now;
    private long order;
    private long roundBegan = -POLL_INTERVAL.toNanos();
    private long roundAt = Long.MAX_VALUE;
    private Duration pace = Duration.ZERO;

    private FairnessWorld(long seed, Mechanisms mechanisms) {
        this.random = new Random(seed);
        this.mechanisms = mechanisms;
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(new Process(i));
        }
        this.release = new TaskRelease(
                accepted,
                this::send,
                new ReleaseWindow(this::endedSince, _ -> timeInStages(), SETTINGS, clock),
                new FairShares(_ -> 1),
                _ -> false,
                SETTINGS.batchSize(),
                () -> now);
    }

    /** Returns how long tasks take in the world of this seed. */
    static Figures run(long seed, Mechanisms mechanisms, Submissions submissions) throws InterruptedException {
        FairnessWorld world = new FairnessWorld(seed, mechanisms);
        world.submit(submissions);
        while (!world.events.isEmpty()) {
            Event next = world.events.remove();
            world.now = next.at();
            next.work().run();
        }
        if (world.open > 0) {
            throw new IllegalStateException(world.open + " tasks never had their turn");
        }
        List<Double> sorted = world.lightTimes.stream().sorted().toList();
        double p95 = sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
        return new Figures(p95, world.now / 1e9);
    }

    private void submit(Submissions submissions) {
        // The keys are names of the one tenant that has them, as at the front door
        Map<String, String> tenants = new HashMap<>();
        for (int key = 0; key < submissions.keys(); key++) {
            tenants.put("key-" + key, "heavy");
        }
        after(0, () -> {
            for (int i = 0; i < submissions.heavy(); i++) {
                accept(Objects.requireNonNull(tenants.get("key-" + i % submissions.keys())));
            }
        });
        double at = 0;
        for (int i = 0; i < submissions.light(); i++) {
            at += -2 * Math.log(1 - random.nextDouble());
            after(Math.round(at * 1e9), () -> accept("light"));
        }
    }

    private void after(long nanos, Runnable work) {
        events.add(new Event(now + nanos, order++, work));
    }

    private void accept(String tenant) {
        Instant at = clock.instant();
        TaskId id = new TaskId(new UUID(
                (at.toEpochMilli() << 16) | 0x7000L | (calls.size() & 0xFFF),
                0x8000000000000000L | (random.nextLong() >>> 2)));
        calls.put(id, Duration.ofMillis(500 + random.nextInt(1_001)));
        accepted.add(new Task(
                new Submission(id, tenant, "oil", PHOTO, null, at, at.plus(Duration.ofDays(30))),
                1,
                null,
                new Delivery(null, 0, null, null, null, null)));
        open++;
        nudge();
    }

    /** Has the next round come as soon as it may. */
    private void nudge() {
        roundAt(Math.max(now, roundBegan + pace.toNanos()));
    }

    private void roundAt(long moment) {
        if (moment < roundAt) {
            roundAt = moment;
            after(moment - now, () -> {
                if (roundAt == moment) {
                    roundAt = Long.MAX_VALUE;
                    round();
                }
            });
        }
    }

    private void round() {
        roundBegan = now;
        try {
            if (mechanisms.release()) {
                TaskRelease.Round done;
                do {
                    done = release.next();
                } while (done.more());
                pace = done.pace();
            } else {
                while (accepted.relay(SETTINGS.batchSize(), this::send).taken() > 0) {
                    // all that there is
                }
            }
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (!accepted.isEmpty()) {
            roundAt(now + POLL_INTERVAL.toNanos());
        }
    }

    private Handover send(List<Task> tasks) {
        for (Task task : tasks) {
            releasedAt.put(task.id(), now);
            int partition = random.nextInt(PARTITIONS);
            processes.get(partition % PROCESSES).arrived(partition / PROCESSES, task);
        }
        processes.forEach(Process::begin);
        return new Handover(tasks.stream().map(Task::id).toList(), null);
    }

    private long endedSince(Instant since) {
        long from = Duration.between(BEGINNING, since).toNanos();
        while (!ended.isEmpty() && ended.getFirst() < now - TimeUnit.MINUTES.toNanos(2)) {
            ended.removeFirst();
        }
        return ended.stream().filter(at -> at >= from).count();
    }

    private Optional<Duration> timeInStages() {
        List<Long> sorted = latestTimes.stream().sorted().toList();
        return sorted.isEmpty() ? Optional.empty() : Optional.of(Duration.ofNanos(sorted.get(sorted.size() / 2)));
    }

    private void ended(Task task) {
        open--;
        accepted.ended(task);
        ended.addLast(now);
        latestTimes.addLast(now - Objects.requireNonNull(releasedAt.remove(task.id())));
        if (latestTimes.size() > SAMPLE) {
            latestTimes.removeFirst();
        }
        if (task.submission().tenant().equals("light")) {
            Instant submitted = task.submission().submittedAt();
            lightTimes.add(Duration.between(submitted, clock.instant()).toNanos() / 1e9);
        }
    }

    /** Keeps what is accepted, as the table of tasks does. */
    private static final class Accepted implements TaskRelease.AcceptedTasks {

        private final Map<TaskId, Task> all = new LinkedHashMap<>();
        private final Map<String, Deque<Task>> byTenant = new TreeMap<>();
        private final Map<String, Integer> released = new TreeMap<>();

        void add(Task task) {
            all.put(task.id(), task);
            byTenant.computeIfAbsent(task.submission().tenant(), _ -> new ArrayDeque<>())
                    .add(task);
        }

        boolean isEmpty() {
            return all.isEmpty();
        }

        void ended(Task task) {
            released.merge(task.submission().tenant(), -1, Integer::sum);
        }

        @Override
        public Relayed relay(int limit, Outbox.Receiver receiver) throws InterruptedException {
            return sent(all.values().stream().limit(limit).toList(), receiver);
        }

        @Override
        public List<TenantLoad> load(int most) {
            return byTenant.entrySet().stream()
                    .map(each -> new TenantLoad(
                            each.getKey(),
                            released.getOrDefault(each.getKey(), 0),
                            Math.min(most, each.getValue().size()),
                            0))
                    .toList();
        }

        @Override
        public Relayed relayChosen(int limit, Outbox.Choice choice, Outbox.Receiver receiver)
                throws InterruptedException {
            List<Task> chosen = choice.of(load(limit)).stream().flatMap(this::of).toList();
            return sent(choice.ordered(chosen), receiver);
        }

        private Stream<Task> of(Portion portion) {
            return portion.queue().priority() == Priority.INTERACTIVE
                    ? Objects.requireNonNull(byTenant.get(portion.queue().tenant())).stream()
                            .limit(portion.count())
                    : Stream.empty();
        }

        private Relayed sent(List<Task> tasks, Outbox.Receiver receiver) throws InterruptedException {
            Handover handover = receiver.take(tasks);
            for (Task task : tasks) {
                String tenant = task.submission().tenant();
                all.remove(task.id());
                Objects.requireNonNull(byTenant.get(tenant)).remove();
                released.merge(tenant, 1, Integer::sum);
            }
            return new Relayed(tasks.size(), handover.arrived().size(), null);
        }

        @Override
        public int expire(int limit) {
            return 0;
        }
    }

    /** Is a process of the stage. */
    private final class Process {

        private final List<Topic> topics = new ArrayList<>();
        private final Map<WorkItem, Task> inMemory = new HashMap<>();
        private final Deque<WorkItem> asTheyCame = new ArrayDeque<>();
        private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(
                Optional.empty(), PERMITS / PROCESSES, new NoControls(), clock, () -> now, random);
        private final FairQueue queue = new FairQueue("world", limiter, 0.25, Fairness.EVEN, () -> now);

        /** Holds one partition: what lies in Kafka, and how much was read ahead. */
        private final class Topic {
            private final AssignedPartition partition;
            private final Deque<Task> unread = new ArrayDeque<>();
            private int read;
            private long offset;

            Topic(int number) {
                this.partition = new AssignedPartition(
                        new TopicPartition(Stage.DETECT.workTopic(), number), false, null);
            }
        }

        Process(int number) {
            for (int i = number; i < PARTITIONS; i += PROCESSES) {
                topics.add(new Topic(i));
            }
        }

        void arrived(int topic, Task task) {
            topics.get(topic).unread.add(task);
            read(topics.get(topic));
        }

        private void read(Topic topic) {
            while (topic.read < READ_AHEAD && !topic.unread.isEmpty()) {
                Task task = topic.unread.remove();
                ConsumerRecord<byte[], byte[]> data = new ConsumerRecord<>(
                        topic.partition.name().topic(),
                        topic.partition.name().partition(),
                        topic.offset++,
                        new byte[0],
                        new byte[0]);
                data.headers().add(RecordHeaders.TENANT, task.submission().tenant().getBytes(UTF_8));
                WorkItem item = new WorkItem(topic.partition, data);
                topic.read++;
                inMemory.put(item, task);
                if (mechanisms.queue()) {
                    queue.add(item, now);
                } else {
                    asTheyCame.add(item);
                }
            }
        }

        void begin() {
            queue.timeHasPassed();
            while (true) {
                Optional<Permit> permit = limiter.tryAcquire(() -> Demand.NONE);
                if (permit.isEmpty()) {
                    return;
                }
                Begun next = next(permit.get());
                if (next == null) {
                    permit.get().close();
                    return;
                }
                Task task = Objects.requireNonNull(inMemory.remove(next.item()));
                after(Objects.requireNonNull(calls.remove(task.id())).toNanos(), () -> done(next, task));
            }
        }

        private @Nullable Begun next(Permit permit) {
            if (mechanisms.queue()) {
                return queue.next(permit);
            }
            WorkItem item = asTheyCame.poll();
            return item != null && item.partition().begin() ? new Begun(item, permit, now) : null;
        }

        private void done(Begun begun, Task task) {
            begun.permit().close();
            begun.item().partition().end();
            if (mechanisms.queue()) {
                queue.ended(begun);
            }
            ended(task);
            for (Topic topic : topics) {
                if (topic.partition.equals(begun.item().partition())) {
                    topic.read--;
                    read(topic);
                }
            }
            begin();
        }
    }

    private static final class NoControls implements StageControls {
        @Override
        public boolean paused() {
            return false;
        }

        @Override
        public OptionalInt limit() {
            return OptionalInt.empty();
        }

        @Override
        public Instant coolDownUntil() {
            return Instant.EPOCH;
        }

        @Override
        public void coolDown(Instant until, String why) {
            throw new UnsupportedOperationException("the stage of this world has no provider");
        }
    }

    private final class WorldClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("instants alone are asked for");
        }

        @Override
        public Instant instant() {
            return BEGINNING.plusNanos(now);
        }
    }
}
