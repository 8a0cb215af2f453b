package io.pawline.benchmarks;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.local.Ports;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Measures what ingest-service keeps and how soon it catches up, if Kafka stops while tasks keep coming and then starts
 * again.
 *
 * @param outage the time between the stop and the start
 */
record KafkaOutageRow(Duration outage) {

    private static final int PER_SECOND = 50;
    private static final int PARTITIONS = 4;
    private static final Duration CATCH_UP = Duration.ofMinutes(5);

    /**
     * Holds what was measured.
     *
     * @param caughtUpAfterS from the start of the new Kafka until every task was in it
     * @param sentTwice tasks that are in Kafka more than once
     * @param outOfOrder tasks that follow one in their partition that was posted after they had been answered
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            double outageS,
            int accepted,
            int acceptedInOutage,
            double p99MsInOutage,
            double caughtUpAfterS,
            int lost,
            int sentTwice,
            int outOfOrder) {}

    BenchmarkRow.Findings measure(BenchmarkRow.Setting setting)
            throws IOException, InterruptedException, ExecutionException, SQLException {
        Path folder = setting.folder().resolve("kafka");
        int port = Ports.anyFree().kafka();
        String bootstrap = "127.0.0.1:" + port;
        Duration before = setting.scale().of(Duration.ofSeconds(10), Duration.ofSeconds(1));
        EmbeddedKafka kafka = EmbeddedKafka.start(folder, port, Map.of());
        createTopics(bootstrap);
        try (IngestSite site = new IngestSite(setting, List.of("--spring.kafka.bootstrap-servers=" + bootstrap));
                Submissions load = new Submissions(site.port(), 16)) {
            load.paced(PER_SECOND, before);
            awaitRelayed(site);
            setting.journal().step("  Kafka stops");
            kafka.close();
            int earlier = load.accepted().size();
            long[] took = load.paced(PER_SECOND, outage);
            int inOutage = load.accepted().size() - earlier;
            setting.journal().step("  Kafka starts");
            long began = System.nanoTime();
            kafka = EmbeddedKafka.start(folder, port, Map.of());
            load.paced(PER_SECOND, before);
            awaitRelayed(site);
            double caughtUpAfter = Math.round((System.nanoTime() - began) / 1e8) / 10.0;
            Map<String, Submissions.Accepted> accepted =
                    load.accepted().stream().collect(Collectors.toMap(Submissions.Accepted::id, Function.identity()));
            Map<Integer, List<String>> arrived = arrived(bootstrap);
            Set<String> all = new HashSet<>();
            arrived.values().forEach(all::addAll);
            Figures figures = new Figures(
                    outage.toMillis() / 1000.0,
                    accepted.size(),
                    inOutage,
                    SubmitRows.quantile(took, 0.99),
                    caughtUpAfter,
                    (int) accepted.keySet().stream()
                            .filter(id -> !all.contains(id))
                            .count(),
                    arrived.values().stream().mapToInt(List::size).sum() - all.size(),
                    arrived.values().stream()
                            .mapToInt(ids -> outOfOrder(ids, accepted))
                            .sum());
            return findings(figures);
        } finally {
            kafka.close();
        }
    }

    private static BenchmarkRow.Findings findings(Figures figures) {
        String summary = String.format(
                Locale.ROOT,
                "Kafka away for %.0f s: %,d accepted meanwhile, p99 %.1f ms; all in Kafka %.1f s after its start; %d lost,"
                        + " %d out of order, %d sent twice",
                figures.outageS(),
                figures.acceptedInOutage(),
                figures.p99MsInOutage(),
                figures.caughtUpAfterS(),
                figures.lost(),
                figures.outOfOrder(),
                figures.sentTwice());
        List<String> wrong = new ArrayList<>();
        if (figures.lost() > 0) {
            wrong.add(figures.lost() + " tasks lost");
        }
        if (figures.outOfOrder() > 0) {
            wrong.add(figures.outOfOrder() + " tasks out of order");
        }
        return new BenchmarkRow.Findings(summary, figures, wrong.isEmpty(), wrong);
    }

    private static void createTopics(String bootstrap) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(Topics.all(PARTITIONS, (short) 1)).all().get();
        }
    }

    private static void awaitRelayed(IngestSite site) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + CATCH_UP.toNanos();
        while (site.query("select count(*) from task where relayed_at is null") > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the relay has not caught up within " + CATCH_UP);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** The keys of the first stage's records, partition by partition, in their order. */
    private static Map<Integer, List<String>> arrived(String bootstrap) {
        Map<Integer, List<String>> arrived = new LinkedHashMap<>();
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(number -> new TopicPartition(Stage.DETECT.workTopic(), number))
                .toList();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> arrived.computeIfAbsent(record.partition(), _ -> new ArrayList<>())
                                .add(new String(record.key(), StandardCharsets.UTF_8)));
            }
        }
        return arrived;
    }

    /** Counts only the first place of each task, because a repeated record has been in its right place before. */
    private static int outOfOrder(List<String> ids, Map<String, Submissions.Accepted> accepted) {
        long lastPosted = Long.MIN_VALUE;
        int outOfOrder = 0;
        for (String id : new LinkedHashSet<>(ids)) {
            Submissions.Accepted task = accepted.get(id);
            if (task != null) {
                outOfOrder += task.answered() < lastPosted ? 1 : 0;
                lastPosted = Math.max(lastPosted, task.posted());
            }
        }
        return outOfOrder;
    }
}
