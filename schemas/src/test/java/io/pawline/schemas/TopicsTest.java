package io.pawline.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicsTest {

    /** Two of two would stop all work with one broker, and one of three would lose it. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "5, 2"})
    void aLostBrokerNeitherStopsNorLosesAnything(short copies, String leastInSync) {
        assertThat(Topics.all(2, copies))
                .isNotEmpty()
                .allSatisfy(topic -> assertThat(topic.configs())
                        .containsEntry(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, leastInSync));
    }

    /** A topic may have one copy only, and would take no record any more. */
    @Test
    void aTopicThatIsThereKeepsItsNumberOfCopiesInSync() {
        NewTopic wanted = Topics.all(2, (short) 3).getFirst();
        Config present = new Config(wanted.configs().entrySet().stream()
                .map(setting -> new ConfigEntry(
                        setting.getKey(),
                        setting.getKey().equals(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG) ? "1" : setting.getValue()))
                .toList());

        assertThat(TopicSettingChanges.of(wanted, present)).isEmpty();
    }
}
