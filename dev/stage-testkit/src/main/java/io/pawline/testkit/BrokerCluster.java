package io.pawline.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import kafka.Kafka;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Runs three Kafka nodes, broker and controller in one, each a process of its own. There are three copies of
 * everything, of which two have to be written: any one node may go.
 */
public final class BrokerCluster implements AutoCloseable {

    private static final List<Integer> NODES = List.of(1, 2, 3);

    private final Path folder;
    private final List<Integer> ports = freePorts(2 * NODES.size());
    private final Map<Integer, ChildProcess> running = new TreeMap<>();

    public BrokerCluster(Path folder) throws Exception {
        this.folder = folder;
        String cluster = Uuid.randomUuid().toString();
        for (int node : NODES) {
            format(node, cluster);
            start(node);
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            await("three brokers")
                    .atMost(StageSite.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> admin.describeCluster().nodes().get().size() == NODES.size());
        }
    }

    public String bootstrapServers() {
        return NODES.stream().map(node -> "127.0.0.1:" + port(node)).collect(Collectors.joining(","));
    }

    /** Kills a node and waits until the others do without it. */
    public void kill(int node, Admin admin) {
        process(node).kill();
        await("out of sync")
                .atMost(StageSite.PATIENCE)
                .ignoreExceptions()
                .until(() -> inSync(admin).stream().noneMatch(nodes -> nodes.contains(node)));
    }

    /** Starts a killed node again and waits until it has caught up with all partitions. */
    public void restart(int node, Admin admin) {
        process(node).close();
        start(node);
        await("in sync")
                .atMost(StageSite.PATIENCE)
                .ignoreExceptions()
                .until(() -> inSync(admin).stream().allMatch(nodes -> nodes.size() == NODES.size()));
    }

    /** Stops all nodes where they are: connections stay, and nobody answers, until {@link #thaw}. */
    public void freeze() {
        running.values().forEach(ChildProcess::freeze);
    }

    public void thaw() {
        running.values().forEach(ChildProcess::thaw);
    }

    private ChildProcess process(int node) {
        ChildProcess process = running.get(node);
        if (process == null) {
            throw new IllegalArgumentException("no node " + node);
        }
        return process;
    }

    /** Returns for each partition the nodes that have all of it. */
    private static List<Set<Integer>> inSync(Admin admin) throws InterruptedException, ExecutionException {
        var topics =
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names();
        return admin.describeTopics(topics.get()).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(partition -> partition.isr().stream().map(Node::id).collect(Collectors.toSet()))
                .toList();
    }

    private int port(int node) {
        return ports.get(node - 1);
    }

    private int controllerPort(int node) {
        return ports.get(NODES.size() + node - 1);
    }

    private Path folder(int node) {
        return folder.resolve("node-" + node);
    }

    private void start(int node) {
        running.put(
                node,
                ChildProcess.start(
                        "broker-" + node,
                        320,
                        Kafka.class,
                        List.of(folder(node).resolve("server.properties").toString())));
    }

    private void format(int node, String cluster) throws Exception {
        Files.createDirectories(folder(node));
        Properties properties = new Properties();
        properties.putAll(settings(node));
        try (Writer file = Files.newBufferedWriter(folder(node).resolve("server.properties"))) {
            properties.store(file, null);
        }
        String data = folder(node).resolve("data").toString();
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(cluster)
                .setNodeId(node)
                .addDirectory(data)
                .setMetadataLogDirectory(data)
                .setControllerListenerName("CONTROLLER")
                .setReleaseVersion(MetadataVersion.latestProduction())
                .run();
    }

    private Map<String, String> settings(int node) {
        String voters = NODES.stream()
                .map(voter -> voter + "@127.0.0.1:" + controllerPort(voter))
                .collect(Collectors.joining(","));
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", Integer.toString(node)),
                Map.entry("controller.quorum.voters", voters),
                Map.entry(
                        "listeners",
                        "CLIENT://127.0.0.1:" + port(node) + ",CONTROLLER://127.0.0.1:" + controllerPort(node)),
                Map.entry("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("inter.broker.listener.name", "CLIENT"),
                Map.entry("log.dirs", folder(node).resolve("data").toString()),
                Map.entry("min.insync.replicas", "2"),
                Map.entry("offsets.topic.replication.factor", "3"),
                Map.entry("offsets.topic.num.partitions", "4"),
                Map.entry("transaction.state.log.replication.factor", "3"),
                Map.entry("transaction.state.log.min.isr", "2"),
                Map.entry("transaction.state.log.num.partitions", "4"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("log.cleaner.dedupe.buffer.size", "4194304"),
                Map.entry("broker.heartbeat.interval.ms", "500"),
                Map.entry(
                        "broker.session.timeout.ms", System.getProperty("pawline.test.broker-session-millis", "3000")));
    }

    /** Ports below those that systems use for outgoing connections, so that they are free after a restart, too. */
    private static List<Integer> freePorts(int count) {
        return ThreadLocalRandom.current()
                .ints(10_000, 30_000)
                .distinct()
                .filter(BrokerCluster::isFree)
                .limit(count)
                .boxed()
                .toList();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    @Override
    public void close() {
        running.values().forEach(ChildProcess::close);
    }
}
