package io.pawline.kafka;

import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server$;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.fault.FaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * One node of Kafka: a controller, and a broker if it is to have one. Kafka's own {@link KafkaRaftServer} consists of
 * the same parts. But it takes no sockets, and what keeps it from starting ends the process without a word.
 */
final class KafkaNode {

    private static final Logger log = LoggerFactory.getLogger(KafkaNode.class);

    private final ControllerServer controller;
    private final @Nullable BrokerServer broker;

    private KafkaNode(ControllerServer controller, @Nullable BrokerServer broker) {
        this.controller = controller;
        this.broker = broker;
    }

    /**
     * Starts a node, and returns when it takes connections.
     *
     * @throws RuntimeException if it does not start; nothing of it runs then
     */
    static KafkaNode start(Properties properties, boolean withBroker, ServerSocketFactory sockets) {
        KafkaConfig config = new KafkaConfig(properties);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> folder =
                KafkaRaftServer.initializeLogDirs(config, log, "[embedded] ");
        Metrics metrics = Server$.MODULE$.initializeMetrics(
                config, Time.SYSTEM, folder._1().clusterId().orElseThrow());
        QuorumConfig quorum = config.quorumConfig();
        AtomicBoolean started = new AtomicBoolean();
        SharedServer shared = new SharedServer(
                config,
                folder._1(),
                Time.SYSTEM,
                metrics,
                CompletableFuture.completedFuture(QuorumConfig.parseVoterConnections(quorum.voters())),
                QuorumConfig.parseBootstrapServers(quorum.bootstrapServers()),
                faults(started),
                sockets);
        KafkaNode node = new KafkaNode(
                new ControllerServer(shared, KafkaRaftServer.configSchema(), folder._2()),
                withBroker ? new BrokerServer(shared) : null);
        try {
            node.startup();
        } catch (RuntimeException | Error failed) {
            node.shutdown();
            throw failed;
        }
        started.set(true);
        return node;
    }

    /**
     * Throws what keeps a node from starting. Of a fault of a node that runs, Kafka does what it does elsewhere: it ends
     * the process if nothing can go on.
     */
    private static FaultHandlerFactory faults(AtomicBoolean started) {
        return (name, fatal, action) -> {
            FaultHandler ofKafka = new StandardFaultHandlerFactory().build(name, fatal, action);
            return (message, cause) -> {
                if (started.get()) {
                    return ofKafka.handleFault(message, cause);
                }
                return new IllegalStateException("Kafka does not start, " + name + ": " + message, cause);
            };
        };
    }

    private void startup() {
        controller.startup();
        if (broker != null) {
            broker.startup();
        }
    }

    /** Stops the node, and returns when nothing of it runs. */
    void shutdown() {
        if (broker != null) {
            broker.shutdown();
        }
        controller.shutdown();
        if (broker != null) {
            broker.awaitShutdown();
        }
        controller.awaitShutdown();
    }
}
