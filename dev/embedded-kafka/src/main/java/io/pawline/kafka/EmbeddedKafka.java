package io.pawline.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Runs a real single-node Kafka broker (KRaft, broker and controller in one) within this JVM, on 127.0.0.1 only. Its
 * data stay in its folder. The next broker on this folder finds them, even if the process was killed.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final int NODE = 1;
    private static final Duration LOADING = Duration.ofMinutes(1);

    private final KafkaNode node;
    private final int port;

    private EmbeddedKafka(KafkaNode node, int port) {
        this.node = node;
        this.port = port;
    }

    /**
     * Starts a broker and returns when it takes connections.
     *
     * @param folder of its data; created if it is missing
     * @param port to listen on; 0 for any free one
     * @param settings of Kafka that differ from the defaults for one small node
     * @throws UncheckedIOException if the folder cannot be written, or another program listens on the port
     */
    public static EmbeddedKafka start(Path folder, int port, Map<String, String> settings) {
        try (ReservedPorts ports = new ReservedPorts()) {
            int brokerPort = ports.reserve(port);
            if (Files.exists(folder.resolve("meta.properties"))) {
                unregisterPredecessor(folder, brokerPort, settings);
            } else {
                format(folder);
            }
            Properties node = singleNode(folder, brokerPort, ports.reserve(0), settings);
            return new EmbeddedKafka(KafkaNode.start(node, true, ports), brokerPort);
        }
    }

    /**
     * Removes the registration of a broker that was killed. That broker is still registered and leads all partitions. A
     * broker that starts in its place would take them over at once, and lose them again when the controller finds the
     * first one gone. It would complete the transactions it found and not inform the partitions (<a
     * href="https://github.com/apache/kafka/pull/22680">KAFKA-20734</a>), so consumers of these would wait for ever.
     */
    private static void unregisterPredecessor(Path folder, int brokerPort, Map<String, String> settings) {
        try (ReservedPorts ports = new ReservedPorts()) {
            int port = ports.reserve(0);
            Properties properties = singleNode(folder, brokerPort, port, settings);
            properties.put("process.roles", "controller");
            properties.put("listeners", "CONTROLLER://127.0.0.1:" + port);
            properties.remove("inter.broker.listener.name");
            KafkaNode controller = KafkaNode.start(properties, false, ports);
            try {
                unregister("127.0.0.1:" + port);
            } catch (ExecutionException failed) {
                throw new IllegalStateException("Kafka's earlier broker cannot be unregistered", failed.getCause());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped while Kafka started", stopped);
            } finally {
                controller.shutdown();
            }
        }
    }

    /**
     * Unregisters the broker, if it is registered. A controller that has just started does not know its metadata
     * version until it has read its log, and refuses to describe itself to the client; on a busy machine that takes
     * some time.
     */
    private static void unregister(String controller) throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + LOADING.toNanos();
        while (true) {
            try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG, controller))) {
                admin.unregisterBroker(NODE).all().get();
                return;
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof BrokerIdNotRegisteredException) {
                    return;
                }
                if (!(failed.getCause() instanceof UnsupportedVersionException) || System.nanoTime() > deadline) {
                    throw failed;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** The host and port that clients connect to. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        node.shutdown();
    }

    /** The settings of a node with this folder and these ports, as Kafka names them. */
    static Properties singleNode(Path folder, int port, int controllerPort, Map<String, String> settings) {
        Properties node = new Properties();
        node.putAll(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", Integer.toString(NODE)),
                Map.entry("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort),
                Map.entry("listeners", "CLIENT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("inter.broker.listener.name", "CLIENT"),
                Map.entry("log.dirs", folder.toString()),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "8"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "8"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // On a busy machine or disk, a node may not hear from itself for some time. After the time-out it
                // would lose all its partitions, to nobody, and load all transactions and groups again.
                Map.entry("broker.session.timeout.ms", "600000"),
                Map.entry("broker.heartbeat.interval.ms", "500")));
        node.putAll(settings);
        return node;
    }

    private static void format(Path folder) {
        try {
            Files.createDirectories(folder);
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE)
                    .addDirectory(folder.toString())
                    .setMetadataLogDirectory(folder.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .run();
        } catch (IOException unwritable) {
            throw new UncheckedIOException("Kafka's folder cannot be prepared: " + folder, unwritable);
        } catch (Exception unexpected) {
            throw new IllegalStateException("Kafka's folder cannot be formatted: " + folder, unexpected);
        }
    }
}
