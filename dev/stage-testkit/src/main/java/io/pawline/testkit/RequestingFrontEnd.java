package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Stands for a front end before the detect stage that loses its patience. What is not answered with a success after a
 * while, it requests again, as a new task, and so on until the last attempt. It cancels nothing. Thread-safe.
 */
public final class RequestingFrontEnd implements AutoCloseable {

    /**
     * Says how long the front end waits.
     *
     * @param deadline of each task
     * @param patience after what time a request is made again
     * @param tries tasks for one request at most
     */
    public record Patience(Duration deadline, Duration patience, int tries) {}

    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration LONGEST_TICK = TICK.multipliedBy(2);

    private static final class Request {
        private final long made;
        private int tasks;
        private long answered = Long.MAX_VALUE;

        private Request(long made) {
            this.made = made;
        }
    }

    private final Patience patience;
    private final List<Request> requests = new ArrayList<>();
    private final Map<String, Request> open = new HashMap<>();
    private final Queue<Request> toBeMadeAgain = new ArrayDeque<>();
    private final Thread thread;
    private final long started = System.nanoTime();
    private volatile boolean closed;
    private double perSecond;
    private int outstanding;
    private long lastTick = started;
    private double due;
    private int tasks;
    private int succeeded;
    private int ended;

    RequestingFrontEnd(Patience patience) {
        this.patience = patience;
        this.thread = Thread.ofPlatform().daemon().name("front-end").start(this::work);
    }

    /**
     * Sets how many requests a second are made from now on, evenly. What falls into a pause of this process is not made
     * up for in a burst.
     */
    synchronized void rate(double requestsPerSecond) {
        perSecond = requestsPerSecond;
    }

    /**
     * Makes as many requests from now on as it takes for so many tasks to be without an answer; 0: none
     * for that reason.
     */
    public synchronized void keep(int tasksOutstanding) {
        outstanding = tasksOutstanding;
    }

    synchronized int tasks() {
        return tasks;
    }

    /** Counts the tasks that succeeded. */
    public synchronized int succeeded() {
        return succeeded;
    }

    /** Counts the tasks that failed or expired. */
    public synchronized int ended() {
        return ended;
    }

    /** Returns the time since the start. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /**
     * Returns the share of the requests made between these two ages that were answered before the patience for the
     * first task was over.
     */
    synchronized double goodput(Duration from, Duration to) {
        List<Request> made = requests.stream()
                .filter(request -> request.made - started >= from.toNanos() && request.made - started < to.toNanos())
                .toList();
        long inTime = made.stream()
                .filter(request -> request.answered - patience.patience().toNanos() < request.made)
                .count();
        return (double) inTime / Math.max(1, made.size());
    }

    private void work() {
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        settings.put("isolation.level", "read_committed");
        try (var producer = new KafkaProducer<>(
                        TestingKafka.connection(), new ByteArraySerializer(), new ByteArraySerializer());
                var answers = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> topics = Stream.of(Stage.GENERATE.workTopic(), Stage.CALLBACK.workTopic())
                    .flatMap(topic -> answers.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            answers.assign(topics);
            answers.seekToBeginning(topics);
            while (!closed) {
                answers.poll(TICK)
                        .forEach(answer -> answered(
                                new String(answer.key(), UTF_8), answer.topic().equals(Stage.GENERATE.workTopic())));
                dueTasks().forEach(id -> {
                    var _ = producer.send(TestingRecords.task(id, "oil", patience.deadline()));
                });
            }
        }
    }

    private synchronized void answered(String task, boolean success) {
        Request request = open.remove(task);
        if (request == null) {
            return;
        }
        if (success) {
            succeeded++;
            request.answered = Math.min(request.answered, System.nanoTime());
        } else {
            ended++;
        }
    }

    private synchronized List<TaskId> dueTasks() {
        long now = System.nanoTime();
        due += perSecond * Math.min(now - lastTick, LONGEST_TICK.toNanos()) / 1e9;
        lastTick = now;
        List<TaskId> ids = new ArrayList<>();
        while (due >= 1 || open.size() < outstanding) {
            due = Math.max(0, due - 1);
            Request request = new Request(now);
            requests.add(request);
            ids.add(task(request));
        }
        while (!toBeMadeAgain.isEmpty()
                && now - toBeMadeAgain.element().made
                        >= toBeMadeAgain.element().tasks * patience.patience().toNanos()) {
            Request request = toBeMadeAgain.remove();
            if (request.answered == Long.MAX_VALUE && request.tasks < patience.tries()) {
                ids.add(task(request));
            }
        }
        return ids;
    }

    private TaskId task(Request request) {
        TaskId id = TaskId.next();
        request.tasks++;
        tasks++;
        open.put(id.toString(), request);
        toBeMadeAgain.add(request);
        return id;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
