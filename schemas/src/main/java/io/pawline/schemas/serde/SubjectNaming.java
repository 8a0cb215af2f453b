package io.pawline.schemas.serde;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;

/**
 * Derives the subject of a schema in the registry from topic and record. It has Confluent's <a
 * href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#subject-name-strategy">subject
 * name strategies</a>.
 */
enum SubjectNaming {
    /** There is one subject per topic, for keys and for values. */
    TOPIC_NAME("TopicNameStrategy") {
        @Override
        String subject(String topic, boolean isKey, Schema schema) {
            return topic + (isKey ? "-key" : "-value");
        }
    },
    /** There is one subject per record type, whatever the topic. */
    RECORD_NAME("RecordNameStrategy") {
        @Override
        String subject(String topic, boolean isKey, Schema schema) {
            return schema.getFullName();
        }
    },
    /** There is one subject per record type and topic. */
    TOPIC_RECORD_NAME("TopicRecordNameStrategy") {
        @Override
        String subject(String topic, boolean isKey, Schema schema) {
            return topic + "-" + schema.getFullName();
        }
    };

    private static final String CONFLUENT_PACKAGE = "io.confluent.kafka.serializers.subject.";

    private final String confluentName;

    SubjectNaming(String confluentName) {
        this.confluentName = confluentName;
    }

    abstract String subject(String topic, boolean isKey, Schema schema);

    /** The naming of this name: Confluent's class name, with or without its package. */
    static Optional<SubjectNaming> named(String name) {
        String shortName = name.startsWith(CONFLUENT_PACKAGE) ? name.substring(CONFLUENT_PACKAGE.length()) : name;
        return Arrays.stream(values())
                .filter(naming -> naming.confluentName.equals(shortName))
                .findFirst();
    }

    /** The naming that a setting asks for, see {@link #named}. */
    static SubjectNaming ofSetting(String key, String name) {
        return named(name)
                .orElseThrow(() -> new ConfigException(
                        key,
                        name,
                        "must be one of "
                                + Arrays.stream(values())
                                        .map(naming -> naming.confluentName)
                                        .collect(Collectors.joining(", "))));
    }
}
