package io.pawline.cli;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/** Runs the one PostgreSQL and the one broker without logins of this test JVM. They end with it. */
final class TestingServers {

    private static final Map<String, TestingPostgres> DATABASES = new ConcurrentHashMap<>();

    private TestingServers() {}

    /** Starts with the first test that needs it. */
    private static final class Broker {
        private static final EmbeddedKafka KAFKA = startKafka();
    }

    /** Creates an empty database, to be found by this name. */
    static DatabaseProperties create(String database) {
        DATABASES.put(database, TestingPostgres.shared());
        return database(database);
    }

    static String url(String database) {
        return database(database).url();
    }

    static DataSource dataSource(String database) {
        return require(database).dataSource();
    }

    private static DatabaseProperties database(String database) {
        return require(database).database();
    }

    private static TestingPostgres require(String database) {
        return Objects.requireNonNull(DATABASES.get(database), database);
    }

    /** The broker, without any topic. */
    static EmbeddedKafka emptyKafka() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Broker.KAFKA.bootstrapServers()))) {
            admin.deleteTopics(topics(admin)).all().get();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> topics(admin).isEmpty());
        }
        return Broker.KAFKA;
    }

    private static List<String> topics(Admin admin) throws ExecutionException, InterruptedException {
        Set<String> names = admin.listTopics().names().get();
        return List.copyOf(names);
    }

    private static EmbeddedKafka startKafka() {
        try {
            return EmbeddedKafka.start(Files.createTempDirectory("kafka"), 0, Map.of());
        } catch (IOException notStarted) {
            throw new UncheckedIOException(notStarted);
        }
    }
}
