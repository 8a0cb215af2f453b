package io.pawline.ingest;

import io.pawline.schemas.Topics;
import io.pawline.service.ServiceApplication;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * What all services need and one does for them before they start: the tables, and, if it is told to, the topics. Done
 * again, it adds what has become missing and takes nothing away. Not found by the service's own component scan.
 */
@EnableConfigurationProperties({DatabaseProperties.class, KafkaProperties.class, SetupProperties.class})
class SetupApplication {

    /** The argument that asks for it. */
    static final String ARGUMENT = "setup";

    /**
     * Does it, with settings from the same places as the service.
     *
     * @throws RuntimeException if the database or the brokers cannot be reached, or refuse
     */
    static void run(String... args) {
        SpringApplication setup = ServiceApplication.of(SetupApplication.class, "ingest-service");
        setup.setWebApplicationType(WebApplicationType.NONE);
        setup.run(args).close();
    }

    @Bean
    ApplicationRunner tables(DatabaseProperties database) {
        return _ -> TaskDatabase.migrate(database);
    }

    @Bean
    ApplicationRunner topics(KafkaProperties kafka, SetupProperties wanted) {
        return _ -> {
            if (wanted.partitions() > 0) {
                new KafkaAdmin(kafka.buildAdminProperties())
                        .createOrModifyTopics(Topics.all(wanted.partitions(), (short) wanted.replicas())
                                .toArray(NewTopic[]::new));
            }
        };
    }
}
