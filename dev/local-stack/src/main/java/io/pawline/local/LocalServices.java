package io.pawline.local;

import io.pawline.callback.CallbackApplication;
import io.pawline.detect.DetectApplication;
import io.pawline.finalize.FinalizeApplication;
import io.pawline.generate.GenerateApplication;
import io.pawline.ingest.IngestApplication;
import io.pawline.matting.MattingApplication;
import io.pawline.ops.OpsApplication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Runs the services in this JVM, each with its own application context; the code is the same as in separate processes.
 */
public final class LocalServices implements AutoCloseable {

    /** A service with the prefix of its settings. */
    record StageService(String prefix, Supplier<SpringApplication> application) {}

    /** The services of the stages, in the order of the pipeline. */
    static final List<StageService> STAGES = List.of(
            new StageService("detect", DetectApplication::application),
            new StageService("generate", GenerateApplication::application),
            new StageService("matting", MattingApplication::application),
            new StageService("finalize", FinalizeApplication::application),
            new StageService("callback", CallbackApplication::application));

    private final List<ConfigurableApplicationContext> running = new ArrayList<>();

    private LocalServices() {}

    /**
     * Starts all services and returns when each has started. If one fails, those that were started before are stopped.
     *
     * @param settings of the local stack
     * @param overrides the user's own settings, which override all others
     * @param progress takes the name of each service before it starts
     */
    public static LocalServices start(Path settings, Optional<Path> overrides, Consumer<String> progress) {
        return start(settings, overrides, (_, _) -> {}, progress);
    }

    /**
     * Starts all services, and changes some of them first.
     *
     * @param adapt changes a service, known by its name, before it runs
     */
    public static LocalServices start(
            Path settings,
            Optional<Path> overrides,
            BiConsumer<String, SpringApplication> adapt,
            Consumer<String> progress) {
        Map<String, SpringApplication> applications = pipeline();
        applications.put("ops-service", OpsApplication.application());
        return start(applications, settings, overrides, adapt, progress);
    }

    /** Starts the services that a task goes through, so without ops-service. */
    public static LocalServices startPipeline(
            Path settings, Optional<Path> overrides, BiConsumer<String, SpringApplication> adapt) {
        return start(pipeline(), settings, overrides, adapt, _ -> {});
    }

    private static LocalServices start(
            Map<String, SpringApplication> applications,
            Path settings,
            Optional<Path> overrides,
            BiConsumer<String, SpringApplication> adapt,
            Consumer<String> progress) {
        LocalServices services = new LocalServices();
        String locations = "file:" + settings.toAbsolutePath()
                + overrides.map(file -> ",file:" + file.toAbsolutePath()).orElse("");
        try {
            applications.forEach(adapt);
            applications.forEach((name, application) -> services.run(name, application, locations, progress));
            return services;
        } catch (RuntimeException failed) {
            services.close();
            throw failed;
        }
    }

    private static Map<String, SpringApplication> pipeline() {
        Map<String, SpringApplication> applications = new LinkedHashMap<>();
        applications.put("ingest-service", IngestApplication.application());
        STAGES.forEach(stage -> applications.put(
                stage.prefix() + "-service", stage.application().get()));
        return applications;
    }

    private void run(String name, SpringApplication application, String locations, Consumer<String> progress) {
        progress.accept(name);
        application.setRegisterShutdownHook(false);
        running.add(application.run("--spring.config.additional-location=" + locations, "--pawline.instance-id=local"));
    }

    /** Stops all services at the same time; each one drains. */
    @Override
    public void close() {
        List<Thread> stopping = running.stream()
                .map(service -> Thread.ofVirtual().start(service::close))
                .toList();
        running.clear();
        for (Thread stop : stopping) {
            try {
                stop.join();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
