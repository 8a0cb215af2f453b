package io.pawline.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSettingsCheckTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | 1 | 1 | 1 | OK   | at least 1 of each partition, all in sync
            3 | 3 | 3 | 2 | OK   | at least 3 of each partition, all in sync
            2 | 2 | 2 | 1 | OK   | at least 2 of each partition, all in sync
            3 | 1 | 1 | 1 | FAIL | pawline.detect has 1 copy: a lost broker loses its work
            3 | 3 | 3 | 1 | FAIL | pawline.detect has min.insync.replicas=1: a lost broker may lose its newest work
            3 | 3 | 3 | 3 | FAIL | pawline.detect has 3 copies and min.insync.replicas=3: a lost broker stops it
            3 | 3 | 2 | 2 | FAIL | pawline.detect has 2 partitions with copies that are behind
            """)
    void workSurvivesALostBroker(
            int brokers, int copies, int inSync, String leastInSync, Finding.State state, String says) {
        TopicDescription topic = new TopicDescription(
                "pawline.detect",
                false,
                IntStream.range(0, 2)
                        .mapToObj(partition -> new TopicPartitionInfo(partition, node(0), nodes(copies), nodes(inSync)))
                        .toList());
        Map<String, Config> settings = settings();
        settings.put(
                "pawline.detect",
                config(Map.of(
                        "cleanup.policy", "delete",
                        "max.message.bytes", "1048588",
                        "min.insync.replicas", leastInSync)));

        assertThat(new TopicSettingsCheck("kafka:9092", brokers).findings(List.of(topic), settings))
                .filteredOn(finding -> finding.check().equals("replication"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.state()).isEqualTo(state);
                    assertThat(finding.what()).isEqualTo(says);
                });
    }

    @Test
    void theSettingsThatPawlineCreatesAreGood() {
        assertThat(new TopicSettingsCheck("kafka:9092", 1).findings(List.of(), settings()))
                .first()
                .extracting(Finding::state)
                .isEqualTo(Finding.State.OK);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pawline.detect | retention.ms | 1 | OK | as they should be
            pawline.detect | cleanup.policy | compact | FAIL | pawline.detect has cleanup.policy=compact instead of delete
            pawline.detect.dlt | max.message.bytes | 999999999 | OK | as they should be
            pawline.detect.dlt | max.message.bytes | 10 | FAIL | pawline.detect.dlt has max.message.bytes=10 instead of 1114124
            pawline.callback.retry-long | message.timestamp.type | CreateTime | FAIL | pawline.callback.retry-long has \
            message.timestamp.type=CreateTime instead of LogAppendTime
            pawline.control | cleanup.policy | delete | FAIL | pawline.control has cleanup.policy=delete instead of compact
            """)
    void saysWhatPawlineWouldCorrect(String topic, String setting, String value, Finding.State state, String says) {
        Map<String, Config> settings = settings();
        Map<String, String> entries = new HashMap<>();
        Objects.requireNonNull(settings.get(topic))
                .entries()
                .forEach(entry -> entries.put(entry.name(), entry.value()));
        entries.put(setting, value);
        settings.put(topic, config(entries));

        assertThat(new TopicSettingsCheck("kafka:9092", 1).findings(List.of(), settings))
                .first()
                .satisfies(finding -> {
                    assertThat(finding.state()).isEqualTo(state);
                    assertThat(finding.what()).isEqualTo(says);
                });
    }

    @Test
    void withoutTheRightToSeeSettingsNothingIsSaidOfThem() {
        assertThat(new TopicSettingsCheck("kafka:9092", 1).findings(List.of(), Map.of()))
                .extracting(Finding::check)
                .containsExactly("replication");
    }

    private static Map<String, Config> settings() {
        Map<String, Config> settings = new HashMap<>();
        Topics.all(2, (short) 1).forEach(topic -> {
            settings.put(topic.name(), config(topic.configs()));
        });
        return settings;
    }

    private static Config config(Map<String, String> entries) {
        return new Config(entries.entrySet().stream()
                .map(entry -> new ConfigEntry(entry.getKey(), entry.getValue()))
                .toList());
    }

    private static List<Node> nodes(int count) {
        return IntStream.range(0, count).mapToObj(TopicSettingsCheckTest::node).toList();
    }

    private static Node node(int id) {
        return new Node(id, "kafka-" + id, 9092);
    }
}
