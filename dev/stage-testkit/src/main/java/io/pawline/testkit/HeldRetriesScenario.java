package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.CallJournal.Entry;
import io.pawline.testkit.CallJournal.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Lets one process hold very many retries that are due later, in the order of a lottery. */
public final class HeldRetriesScenario {

    private static final Duration PATIENCE = Duration.ofMinutes(20);

    /** The rest of a record, so that each has about a kilobyte, as in production. */
    private static final String FILLER = "x".repeat(600);

    private HeldRetriesScenario() {}

    /**
     * Says what came of it.
     *
     * @param heapMegabytes that the process may have had at most
     * @param usedMegabytes of the heap, after a collection, while all retries were held
     * @param early calls before their retry was due
     * @param repeated calls beyond the first of each retry
     * @param lateP50Millis from the moment at which a retry was due to its call
     */
    public record Result(
            int retries,
            int partitions,
            int recordBytes,
            int heapMegabytes,
            long usedMegabytes,
            int tried,
            int early,
            int repeated,
            long lateP50Millis,
            long lateP99Millis,
            long lateMaxMillis) {}

    /**
     * Runs a process on a broker of its own in the folder.
     *
     * @param from time until the first retry is due, in which all must have been read
     * @param spread time from the first to the last
     */
    public static Result inFolder(
            Path folder,
            int partitions,
            int retries,
            int heapMegabytes,
            Duration from,
            Duration spread,
            Consumer<String> progress)
            throws InterruptedException, ExecutionException {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                StageSite site = new StageSite(broker.bootstrapServers(), folder, partitions, (short) 1)) {
            Instant begin = Instant.now().plus(from);
            Map<String, Instant> due = new HashMap<>();
            int bytes = send(broker.bootstrapServers(), partitions, retries, begin, spread, due);
            progress.accept("all retries are sent");
            ProcessSettings settings = site.instance("a").withMaxInFlight(64).withCalls(Duration.ZERO, Duration.ZERO);
            try (ChildProcess process =
                    ChildProcess.start("held-retries", heapMegabytes, StageProgram.class, settings.arguments())) {
                process.awaitLine(StageProgram.READY);
                await("all retries are held").atMost(PATIENCE).until(() -> ask(process, StageProgram.HELD) == retries);
                long used = ask(process, StageProgram.HEAP);
                progress.accept("all retries are held, with %d MB of the heap".formatted(used));
                await("all retries are tried")
                        .atMost(PATIENCE)
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> ask(process, StageProgram.HELD) == 0);
                await("all results are committed")
                        .atMost(PATIENCE)
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> site.lag() == 0);
                process.stop();
                process.awaitExit();
                return result(site.journal(), due, partitions, bytes, heapMegabytes, used);
            }
        }
    }

    private static long ask(ChildProcess process, String question) {
        process.send(question);
        return Long.parseLong(process.awaitLine(question + " ").substring(question.length() + 1));
    }

    /** Sends the retries, the same number to each partition, and returns the size of one. */
    private static int send(
            String bootstrapServers,
            int partitions,
            int retries,
            Instant begin,
            Duration spread,
            Map<String, Instant> due) {
        int bytes = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 20),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < retries; i++) {
                TaskId id = TaskId.next();
                // 7,919 is a prime, so the order in which they are due is not that in which they were written
                Instant at = begin.plusMillis(i * 7_919L % Math.max(1, spread.toMillis()));
                due.put(id.toString(), at);
                ProducerRecord<byte[], byte[]> task = TestingRecords.task(id, FILLER, Duration.ofDays(1));
                task.headers()
                        .add(
                                RecordHeaders.NOT_BEFORE,
                                Long.toString(at.toEpochMilli()).getBytes(UTF_8))
                        .add(RecordHeaders.ATTEMPT, "2".getBytes(UTF_8))
                        .add(RecordHeaders.REASON, "overloaded".getBytes(UTF_8));
                bytes = task.key().length + task.value().length;
                var _ = producer.send(new ProducerRecord<>(
                        Stage.DETECT.retryTopic(), i % partitions, task.key(), task.value(), task.headers()));
            }
        }
        return bytes;
    }

    private static Result result(
            List<Entry> journal,
            Map<String, Instant> due,
            int partitions,
            int recordBytes,
            int heapMegabytes,
            long used) {
        List<Entry> calls =
                journal.stream().filter(entry -> entry.event() == Event.CALL).toList();
        Set<String> tried = new HashSet<>();
        calls.forEach(call -> tried.add(call.task()));
        long[] late = calls.stream()
                .mapToLong(call -> call.millis()
                        - Objects.requireNonNull(due.get(call.task()), "a retry that was sent")
                                .toEpochMilli())
                .sorted()
                .toArray();
        return new Result(
                due.size(),
                partitions,
                recordBytes,
                heapMegabytes,
                used,
                tried.size(),
                (int) LongStream.of(late).filter(millis -> millis < 0).count(),
                calls.size() - tried.size(),
                late[late.length / 2],
                late[late.length * 99 / 100],
                late[late.length - 1]);
    }
}
