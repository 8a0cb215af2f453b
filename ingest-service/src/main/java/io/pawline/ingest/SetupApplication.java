package io.pawline.ingest;

import io.pawline.schemas.TopicSettingChanges;
import io.pawline.schemas.TopicSettingChanges.Change;
import io.pawline.schemas.Topics;
import io.pawline.service.ServiceApplication;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Prepares what all services need before they start: the tables, those of ops-service as well, and the topics if the settings ask for them. A second
 * run adds what is missing, corrects the settings of the topics that are there, and removes nothing. The component scan
 * of the service does not find this class.
 */
@EnableConfigurationProperties({DatabaseProperties.class, KafkaProperties.class, SetupProperties.class})
class SetupApplication {

    private static final Logger log = LoggerFactory.getLogger(SetupApplication.class);

    /** The owner of the tables of ops-service. */
    private static final String OPS = "ops";

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
        return _ -> TaskDatabase.migrate(database, List.of(OPS));
    }

    @Bean
    ApplicationRunner topics(KafkaProperties kafka, SetupProperties wanted) {
        return _ -> {
            if (wanted.partitions() > 0) {
                List<NewTopic> topics = Topics.all(wanted.partitions(), (short) wanted.replicas());
                // Before others are made: a broker may not know yet of a topic that the controller has just created
                correctSettings(kafka, topics);
                new KafkaAdmin(kafka.buildAdminProperties()).createOrModifyTopics(topics.toArray(NewTopic[]::new));
            }
        };
    }

    /** Brings the settings of topics that are there up to date. */
    private static void correctSettings(KafkaProperties kafka, List<NewTopic> topics)
            throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(kafka.buildAdminProperties())) {
            Set<String> present = admin.listTopics().names().get();
            List<String> names = topics.stream()
                    .map(NewTopic::name)
                    .filter(present::contains)
                    .toList();
            List<Change> changes = TopicSettingChanges.of(
                    topics,
                    admin.describeConfigs(TopicSettingChanges.resources(names))
                            .all()
                            .get());
            if (!changes.isEmpty()) {
                admin.incrementalAlterConfigs(TopicSettingChanges.operations(changes))
                        .all()
                        .get();
                changes.forEach(change -> log.info("{} has {}", change.topic(), change.words()));
            }
        }
    }
}
