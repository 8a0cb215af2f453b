package io.pawline.local;

import io.pawline.cli.TopicSetup;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.registry.SchemaRegistryServer;
import io.pawline.simulator.Profile;
import io.pawline.simulator.ProviderSimulator;
import io.pawline.simulator.SimulatorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/**
 * Runs what the services need, on 127.0.0.1 only: Kafka, PostgreSQL, a schema registry and, if wanted, the provider
 * simulator. All parts keep their data in one folder.
 */
public final class LocalStack implements AutoCloseable {

    /**
     * The secret that callbacks are signed with and that the simulator checks. For development only: everybody knows
     * it.
     */
    public static final String WEBHOOK_SECRET = LocalSettings.WEBHOOK_SECRET;

    private static final int PARTITIONS = 4;

    private final Options options;
    private final Consumer<String> progress;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private boolean closed;
    private @Nullable Path settings;

    /**
     * Holds the options of a stack.
     *
     * @param folder of all data and logs
     * @param simulator name or file of the simulator's profile; empty for no simulator
     * @param mattingModel whether a matting model runs beside the stack, and matting-service calls it
     * @param standby whether matting-service calls the model only if the provider does not answer
     */
    public record Options(Path folder, Ports ports, Optional<String> simulator, boolean mattingModel, boolean standby) {

        /** The options of a stack without a matting model. */
        public Options(Path folder, Ports ports, Optional<String> simulator) {
            this(folder, ports, simulator, false, false);
        }

        Options withMattingModel() {
            return new Options(folder, ports, simulator, true, standby);
        }

        Options asStandby() {
            return new Options(folder, ports, simulator, mattingModel, true);
        }
    }

    /**
     * Makes a stack of which nothing runs yet, so that another thread can close it while it starts.
     *
     * @param progress takes a few words on each part before it starts
     */
    LocalStack(Options options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Starts all parts and returns when they can be used. If one part fails, those that were started before are
     * stopped.
     *
     * @param progress takes a few words on each part before it starts
     */
    public static LocalStack start(Options options, Consumer<String> progress) {
        LocalStack stack = new LocalStack(options, progress);
        stack.start();
        return stack;
    }

    /** Starts all parts, as {@link #start(Options, Consumer)} does. */
    void start() {
        Path logs = prepared(options.folder().resolve("logs"));
        try {
            running.push(FolderLock.of(options.folder()));
            LocalDatabase.stopLeftover(options.folder().resolve("postgres"));
            LocalMattingModel.stopLeftover(options.folder());
            options.ports().requireFree();
            LocalDatabase database = started(
                    "PostgreSQL",
                    () -> LocalDatabase.start(
                            options.folder().resolve("postgres"),
                            options.ports().database(),
                            logs.resolve("postgres.log")));
            EmbeddedKafka kafka = started(
                    "Kafka",
                    () -> EmbeddedKafka.start(
                            options.folder().resolve("kafka"), options.ports().kafka(), Map.of()));
            TopicSetup.create(
                    Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()), PARTITIONS, (short)
                            1);
            SchemaRegistryServer registry = started(
                    "schema registry",
                    () -> SchemaRegistryServer.start(
                            database.dataSource(), options.ports().registry()));
            options.simulator()
                    .ifPresent(profile -> started(
                            "provider simulator",
                            () -> simulator(profile, options.ports().simulator())));
            if (options.mattingModel()) {
                started(
                        "matting model",
                        () -> LocalMattingModel.start(
                                options.folder(), options.ports().mattingModel()));
            }
            settings = new LocalSettings(options, kafka.bootstrapServers(), database.url(), registry.url()).write();
        } catch (RuntimeException | Error failed) {
            close();
            throw failed;
        }
    }

    /** The file of settings with which each service finds this stack. */
    public Path settings() {
        return Objects.requireNonNull(settings, "the stack has not started");
    }

    /** Stops all parts that run, and lets no further one start. Waits for a part that is starting. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception failed) {
                throw new IllegalStateException("a part of the local stack did not stop", failed);
            }
        }
    }

    /** Starts a part and remembers it, so that closing the stack stops it. */
    private synchronized <T extends AutoCloseable> T started(String name, Supplier<T> part) {
        if (closed) {
            throw new IllegalStateException("stopped before " + name + " was started");
        }
        progress.accept(name);
        T started = part.get();
        running.push(started);
        return started;
    }

    private static ProviderSimulator simulator(String profile, int port) {
        Profile chosen =
                Files.isRegularFile(Path.of(profile)) ? Profile.load(Path.of(profile)) : Profile.bundled(profile);
        SimulatorOptions options = new SimulatorOptions(
                port,
                LocalSettings.ARK_API_KEY,
                LocalSettings.ACCESS_KEY,
                LocalSettings.SECRET_KEY,
                Optional.of(LocalSettings.WEBHOOK_SECRET),
                chosen);
        ProviderSimulator simulator = new ProviderSimulator(options, Clock.systemUTC());
        try {
            simulator.start();
            return simulator;
        } catch (IOException taken) {
            simulator.close();
            throw new UncheckedIOException("the provider simulator cannot listen on port " + port, taken);
        }
    }

    private static Path prepared(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException unwritable) {
            throw new UncheckedIOException("the data folder cannot be written: " + folder, unwritable);
        }
    }
}
