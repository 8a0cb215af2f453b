package io.pawline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledBrokerIT {

    private static final List<TopicPartition> PARTITIONS = IntStream.range(0, BusyBroker.PARTITIONS)
            .mapToObj(number -> new TopicPartition(BusyBroker.TOPIC, number))
            .toList();

    @Test
    void theNextStartCompletesTheTransactionsOfAKilledBroker(@TempDir Path folder) throws Exception {
        List<String> committed = dieInTheMiddle(folder);

        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            // Does what the processes do that were killed with the broker
            for (int number = 0; number < BusyBroker.PRODUCERS; number++) {
                BusyBroker.producer(kafka, "producer-" + number).close();
            }
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(ends(admin, IsolationLevel.READ_COMMITTED))
                            .as("up to where a consumer gets that reads what is committed")
                            .isEqualTo(ends(admin, IsolationLevel.READ_UNCOMMITTED)));

            Map<Integer, Set<String>> read = readCommitted(kafka, ends(admin, IsolationLevel.READ_COMMITTED));
            assertThat(read)
                    .hasSize(BusyBroker.PARTITIONS)
                    .allSatisfy((_, messages) -> assertThat(messages).containsAll(committed));
            assertThat(Set.copyOf(read.values()))
                    .as("each transaction in all partitions or in none")
                    .hasSize(1);
        }
    }

    /** Returns what the broker had committed before it died. */
    private static List<String> dieInTheMiddle(Path folder) throws IOException, InterruptedException {
        Path output = folder.resolve("committed");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BusyBroker.class.getName(),
                        folder.resolve("kafka").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isEqualTo(137);
        } finally {
            process.destroyForcibly();
        }
        List<String> committed = Files.readAllLines(output).stream()
                .filter(line -> line.startsWith("producer-"))
                .toList();
        assertThat(committed).hasSizeGreaterThan(BusyBroker.PRODUCERS);
        return committed;
    }

    private static Map<TopicPartition, Long> ends(Admin admin, IsolationLevel isolation) throws Exception {
        return admin
                .listOffsets(
                        PARTITIONS.stream().collect(Collectors.toMap(name -> name, _ -> OffsetSpec.latest())),
                        new ListOffsetsOptions(isolation))
                .all()
                .get(30, TimeUnit.SECONDS)
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }

    private static Map<Integer, Set<String>> readCommitted(EmbeddedKafka kafka, Map<TopicPartition, Long> ends) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        Map<Integer, Set<String>> read = new HashMap<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(PARTITIONS);
            consumer.seekToBeginning(PARTITIONS);
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> read.computeIfAbsent(record.partition(), _ -> new HashSet<>())
                                .add(record.value()));
                return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            });
        }
        return read;
    }
}
