package io.pawline.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * Divides the processor time of the whole system among its parts, from its start to {@link #stop}. The processor time of
 * Java's threads and of each process is exact. What Java's threads worked for is sampled, because most of it runs on
 * virtual threads, which have no processor time of their own. A sample is taken after each 10 ms of a thread's processor
 * time (<a href="https://openjdk.org/jeps/509">JEP 509</a>, on Linux only).
 */
final class CpuProfile implements AutoCloseable {

    private static final String SAMPLE = "jdk.CPUTimeSample";
    private static final String PERIOD = "10ms";

    private static final String JVM = "compiler and collector";
    private static final String DATABASE = "PostgreSQL";

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Processes processes;
    private final Path file;
    private final Recording recording = new Recording();
    private final Map<Long, Long> threadsBefore;
    private final long selfBefore;
    private final long databaseBefore;

    /** Starts to measure. */
    CpuProfile(Processes processes) throws IOException {
        this.processes = processes;
        this.file = Files.createTempFile("pawline-bench", ".jfr");
        if (samples()) {
            recording.enable(SAMPLE).with("throttle", PERIOD).withStackTrace();
        }
        recording.start();
        this.threadsBefore = threads();
        this.selfBefore = processes.selfNanos();
        this.databaseBefore = processes.databaseNanos();
    }

    /** Whether this JVM samples by processor time. */
    static boolean samples() {
        return FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .anyMatch(SAMPLE::equals);
    }

    /**
     * Stops to measure.
     *
     * @param tasks that the system did meanwhile
     * @return milliseconds of processor time for each task, by part, the largest first
     */
    Map<String, Double> stop(int tasks) throws IOException {
        long self = processes.selfNanos() - selfBefore;
        long database = processes.databaseNanos() - databaseBefore;
        long java = Math.min(self, since(threadsBefore));
        recording.stop();
        recording.dump(file);
        Map<String, Double> nanos = new HashMap<>();
        Map<String, Long> samples = counted(file);
        long all = samples.values().stream().mapToLong(Long::longValue).sum();
        samples.forEach((part, count) -> nanos.put(part, (double) java * count / all));
        if (all == 0) {
            nanos.put(CpuParts.REST, (double) java);
        }
        nanos.put(JVM, (double) (self - java));
        nanos.put(DATABASE, (double) database);
        return nanos.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        part -> Math.round(part.getValue() / 10_000 / tasks) / 100.0,
                        (one, _) -> one,
                        LinkedHashMap::new));
    }

    private static Map<String, Long> counted(Path recorded) throws IOException {
        Map<String, Long> samples = new HashMap<>();
        try (RecordingFile events = new RecordingFile(recorded)) {
            while (events.hasMoreEvents()) {
                RecordedEvent event = events.readEvent();
                if (event.getEventType().getName().equals(SAMPLE)) {
                    samples.merge(part(event), 1L, Long::sum);
                }
            }
        }
        return samples;
    }

    private static String part(RecordedEvent sample) {
        RecordedThread thread = sample.getValue("eventThread");
        String name = Optional.ofNullable(thread).map(CpuProfile::name).orElse("");
        return CpuParts.of(name, classNames(sample.getStackTrace()));
    }

    private static @Nullable String name(RecordedThread thread) {
        return thread.getJavaName();
    }

    private static List<String> classNames(@Nullable RecordedStackTrace stack) {
        return stack == null
                ? List.of()
                : stack.getFrames().stream()
                        .map(frame -> frame.getMethod().getType().getName())
                        .toList();
    }

    /** The processor time of each platform thread in nanoseconds; the carriers of virtual threads are among them. */
    private static Map<Long, Long> threads() {
        Map<Long, Long> nanos = new HashMap<>();
        for (long id : THREADS.getAllThreadIds()) {
            nanos.put(id, THREADS.getThreadCpuTime(id));
        }
        return nanos;
    }

    private static long since(Map<Long, Long> before) {
        return threads().entrySet().stream()
                .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
                .sum();
    }

    @Override
    public void close() throws IOException {
        recording.close();
        Files.deleteIfExists(file);
    }
}
