package io.pawline.e2e;

import static java.util.stream.Collectors.joining;

import io.pawline.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;

class TopicReferenceTest {

    @Test
    void theReferenceListsEveryTopic() {
        new GeneratedSection("docs/contributor/architecture.md", "topics")
                .shouldBe(GeneratedSection.header("Topic", "Partitions", "Kept")
                        + Topics.all(2, (short) 1).stream()
                                .map(TopicReferenceTest::row)
                                .collect(joining()));
    }

    private static String row(NewTopic topic) {
        return GeneratedSection.row(
                "`" + topic.name() + "`", topic.numPartitions() == 1 ? "1" : "any number", kept(topic.configs()));
    }

    private static String kept(Map<String, String> settings) {
        String retention = settings.get(TopicConfig.RETENTION_MS_CONFIG);
        return retention == null
                ? "the newest of each key (compacted)"
                : kept(Duration.ofMillis(Long.parseLong(retention)));
    }

    private static String kept(Duration time) {
        return time.toDays() > 0 ? time.toDays() + " days" : time.toMinutes() + " minutes";
    }
}
