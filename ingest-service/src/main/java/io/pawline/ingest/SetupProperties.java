package io.pawline.ingest;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings {@code pawline.setup.*}: what {@code ingest-service setup} prepares besides the tables.
 *
 * @param partitions of each work topic, and so the most processes that a stage can have; topics are created and
 *     widened, never shrunk; 0: topics are left alone
 * @param replicas copies of each partition of a topic that is created, from 1 to 32767
 */
@ConfigurationProperties("pawline.setup")
record SetupProperties(
        @DefaultValue("0") int partitions,
        @DefaultValue("3") int replicas) {

    SetupProperties {
        if (partitions < 0) {
            throw new IllegalArgumentException("pawline.setup.partitions must be >= 0, was " + partitions);
        }
        if (replicas < 1 || replicas > Short.MAX_VALUE) {
            throw new IllegalArgumentException("pawline.setup.replicas must be from 1 to 32767, was " + replicas);
        }
    }
}
