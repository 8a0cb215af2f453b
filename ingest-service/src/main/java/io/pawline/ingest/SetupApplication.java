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
 * Prepares what all services need before they start: the tables, and the topics if the settings ask for them. A second
 * run adds what is missing and removes nothing. The component scan of the service does not find this class.
 */
@EnableConfigurationProperties({DatabaseProperties.class, KafkaProperties.class, SetupProperties.class})
class SetupApplication {

    /** The command line argument that asks for the setup. */
    static final String ARGUMENT = "setup";

    /**
     * Runs the setup, with settings from the same places as the service.
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
