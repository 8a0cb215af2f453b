package io.pawline.benchmarks;

import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs ingest-service as a process of its own, with the database, the Kafka and the registry of a local stack. No stage
 * runs, so what it accepts stays open.
 */
final class IngestSite implements AutoCloseable {

    private static final Duration START_WAIT = Duration.ofMinutes(2);

    private final LocalStack stack;
    private final Properties settings = new Properties();
    private final Process service;
    private final Processes others;
    private final int port;

    /** @param extra settings of the service, as on its command line */
    IngestSite(BenchmarkRow.Setting setting, List<String> extra) throws IOException, InterruptedException {
        this(setting, 512, extra);
    }

    /** Starts ingest-service with a heap of this size. */
    IngestSite(BenchmarkRow.Setting setting, int heapMegabytes, List<String> extra)
            throws IOException, InterruptedException {
        Path folder = setting.folder();
        Ports ports = Ports.anyFree();
        port = ports.ingest();
        stack = LocalStack.start(new LocalStack.Options(folder.resolve("stack"), ports, Optional.empty()), _ -> {});
        try (var file = Files.newInputStream(stack.settings())) {
            settings.load(file);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=" + ChartProcess.compilers(setting.scale()),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.pawline.ingest.IngestApplication",
                "--spring.config.additional-location=file:" + stack.settings().toAbsolutePath(),
                // No stage works on the accepted tasks, so the backlog must not refuse any, nor the outbox keep any
                "--pawline.ingest.backlog.free-tasks=1000000000",
                "--pawline.ingest.relay.least-ahead=1000000000"));
        command.addAll(extra);
        others = Processes.withDatabase(folder.resolve("stack").resolve("postgres"));
        ProcessBuilder process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("ingest-service.log").toFile());
        process.environment().put("MALLOC_ARENA_MAX", "2"); // as in the images, see the Dockerfile
        service = process.start();
        Runtime.getRuntime().addShutdownHook(new Thread(service::destroyForcibly));
        awaitReady(folder);
    }

    private void awaitReady(Path folder) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_WAIT.toNanos();
        HttpRequest readiness = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                .timeout(START_WAIT)
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (!isReady(http, readiness)) {
                if (!service.isAlive() || System.nanoTime() > deadline) {
                    close();
                    throw new IllegalStateException(
                            "ingest-service did not start:\n" + lastLines(folder.resolve("ingest-service.log")));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static String lastLines(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    private static boolean isReady(HttpClient http, HttpRequest readiness) throws InterruptedException {
        try {
            return http.send(readiness, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    int port() {
        return port;
    }

    /** Whether ingest-service still runs. */
    boolean runs() {
        return service.isAlive();
    }

    /** The folder of the image store. */
    Path images() {
        return Path.of(settings.getProperty("pawline.image-store.folder"));
    }

    /** CPU time that ingest-service has used. */
    Duration cpu() {
        return service.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** CPU time that all processes have used: ingest-service, the database, Kafka and the load. */
    Duration cpuOfAll() {
        return others.cpu().plus(cpu());
    }

    /** Resident memory of ingest-service; 0 if the system does not say. */
    long residentMegabytes() throws IOException {
        return megabytes("VmRSS:");
    }

    /** The most resident memory that ingest-service has had; 0 if the system does not say. */
    long peakMegabytes() throws IOException {
        return megabytes("VmHWM:");
    }

    private long megabytes(String field) throws IOException {
        Path status = Path.of("/proc", Long.toString(service.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(field))
                            .map(line -> line.replaceAll("\\D", ""))
                            .mapToLong(Long::parseLong)
                            .sum()
                    >> 10;
        }
    }

    /** Opens the database of the site; the caller closes it. */
    TaskDatabase database() {
        return TaskDatabase.open(new DatabaseProperties(
                settings.getProperty("pawline.database.url"),
                settings.getProperty("pawline.database.username"),
                settings.getProperty("pawline.database.password"),
                2,
                false));
    }

    /** Returns the one number that is the result of the query. */
    long query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    /** Returns the texts in the second column of the result, by those in the first. */
    Map<String, String> texts(String sql) throws SQLException {
        Map<String, String> texts = new HashMap<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                texts.put(result.getString(1), result.getString(2));
            }
        }
        return texts;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                settings.getProperty("pawline.database.url"),
                settings.getProperty("pawline.database.username"),
                settings.getProperty("pawline.database.password"));
    }

    @Override
    public void close() {
        service.destroyForcibly();
        try {
            service.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        stack.close();
    }
}
