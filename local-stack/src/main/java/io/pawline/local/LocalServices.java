package io.pawline.local;

import io.pawline.callback.CallbackApplication;
import io.pawline.detect.DetectApplication;
import io.pawline.finalizing.FinalizeApplication;
import io.pawline.generate.GenerateApplication;
import io.pawline.ingest.IngestApplication;
import io.pawline.matting.MattingApplication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The six services in this JVM, each with its own application context: the same code that runs as a process each. */
public final class LocalServices implements AutoCloseable {

    /** A service, and the prefix of its settings. */
    record StageService(String prefix, Supplier<SpringApplication> application) {}

    /** In the order of the pipeline. */
    static final List<StageService> STAGES = List.of(
            new StageService("detect", DetectApplication::application),
            new StageService("generate", GenerateApplication::application),
            new StageService("matting", MattingApplication::application),
            new StageService("finalize", FinalizeApplication::application),
            new StageService("callback", CallbackApplication::application));

    private final List<ConfigurableApplicationContext> running = new ArrayList<>();

    private LocalServices() {}

    /**
     * Starts all six and returns when each has started; if one fails, those started before are stopped.
     *
     * @param settings of the local stack
     * @param overrides the user's own settings, which go above all others
     * @param progress is told of each service by name
     */
    public static LocalServices start(Path settings, Optional<Path> overrides, Consumer<String> progress) {
        LocalServices services = new LocalServices();
        String locations = "file:" + settings.toAbsolutePath()
                + overrides.map(file -> ",file:" + file.toAbsolutePath()).orElse("");
        try {
            services.run("ingest-service", IngestApplication.application(), locations, progress);
            STAGES.forEach(stage -> services.run(
                    stage.prefix() + "-service", stage.application().get(), locations, progress));
            return services;
        } catch (RuntimeException failed) {
            services.close();
            throw failed;
        }
    }

    private void run(String name, SpringApplication application, String locations, Consumer<String> progress) {
        progress.accept(name);
        application.setRegisterShutdownHook(false);
        running.add(application.run("--spring.config.additional-location=" + locations, "--pawline.instance-id=local"));
    }

    /** Stops all at once, each drained. */
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
