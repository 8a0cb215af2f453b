package io.pawline.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends one photo through an installation that calls the simulated providers: {@code helm test} runs it. */
@Command(
        name = "smoke",
        description =
                "Submits a photo to an installation that calls the simulated providers, and waits for its end and its"
                        + " signed callback. An API key comes from the environment, PAWLINE_API_KEY.",
        mixinStandardHelpOptions = true)
final class SmokeCommand implements Callable<Integer> {

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    @Option(
            names = "--ingest",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "Address of ingest-service (default: ${DEFAULT-VALUE}).")
    private String ingest;

    @Option(
            names = "--simulator",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8089",
            description = "Address of the simulated providers as the services reach them (default: ${DEFAULT-VALUE}).")
    private String simulator;

    @Option(
            names = "--within",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long it may take, at most (default: ${DEFAULT-VALUE}).")
    private long seconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Terminal terminal = new Terminal();
        FrontEnd frontEnd = new FrontEnd(
                ingest, Optional.ofNullable(System.getenv("PAWLINE_API_KEY")).filter(key -> !key.isBlank()));
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        String task = frontEnd.submit(photo(), "watercolor", URI.create(simulator + "/callbacks"));
        terminal.step("submitted task " + task);
        frontEnd.follow(task, Duration.ofSeconds(seconds), stage -> terminal.step("  " + stage));
        URI callbacks = URI.create(simulator + "/callbacks?task_id=" + task);
        JsonNode callback =
                new JsonMapper().readTree(frontEnd.download(callbacks)).path(0);
        while (callback.isMissingNode() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
            callback = new JsonMapper().readTree(frontEnd.download(callbacks)).path(0);
        }
        return verdict(callback, terminal);
    }

    private int verdict(JsonNode callback, Terminal terminal) {
        String status = callback.at("/body/params/data/status").asString("");
        if (callback.isMissingNode()) {
            throw new IllegalStateException("the task ended, and was not called back within " + seconds + " s");
        }
        if (!callback.path("signature_ok").asBoolean(true)) {
            throw new IllegalStateException(
                    "the callback's signature is wrong: the simulator and callback-service have different secrets");
        }
        if (!status.equals("success")) {
            throw new IllegalStateException("the task ended as " + status + ": "
                    + callback.at("/body/params/data/reason").asString(""));
        }
        terminal.step("called back: " + status);
        return 0;
    }

    private static byte[] photo() throws IOException {
        try (InputStream cat =
                Objects.requireNonNull(SmokeCommand.class.getResourceAsStream("/sample/cat.png"), "sample/cat.png")) {
            return cat.readAllBytes();
        }
    }
}
