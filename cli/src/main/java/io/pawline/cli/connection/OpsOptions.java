package io.pawline.cli.connection;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Names ops-service by options, and sends it the requests of the commands that use its API. */
public final class OpsOptions {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String EVENT = "event: ";
    private static final String DATA = "data: ";
    private static final String LOCAL_STACK = "http://127.0.0.1:8090";

    private final Environment environment;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"--url", "--ops-url"},
            paramLabel = "URL",
            description = "ops-service (default: PAWLINE_OPS_URL, else the local stack's " + LOCAL_STACK + ").")
    private @Nullable String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "API key, if ops-service asks for one (default: PAWLINE_KEY, or the file that PAWLINE_KEY_FILE"
                            + " names: there it does not show up in the list of processes).")
    private @Nullable String key;

    private final ServiceApi api = new ServiceApi("ops-service", Duration.ofSeconds(10));

    /** Makes options whose defaults come from this environment. */
    public OpsOptions(Environment environment) {
        this.environment = environment;
    }

    /**
     * Holds what ops-service said to a question whose answer does not matter.
     *
     * @param date its clock, if it was in the answer
     */
    public record Greeting(int status, Optional<Instant> date) {}

    /** Says whether a key goes with each request. */
    public boolean hasKey() {
        return key().isPresent();
    }

    /** Says whether an option, not only the environment, names an address. */
    public boolean isAskedFor() {
        return url != null;
    }

    /** Says whether somebody has named an address. */
    public boolean named() {
        return url != null || environment.value("PAWLINE_OPS_URL").isPresent();
    }

    /** Returns the address of ops-service. */
    public String where() {
        return Optional.ofNullable(url)
                .or(() -> environment.value("PAWLINE_OPS_URL"))
                .orElse(LOCAL_STACK);
    }

    /**
     * Returns the address of a resource.
     *
     * @throws ParameterException if the address of ops-service is none
     */
    public HttpUrl.Builder address(String path) {
        try {
            return ServiceApi.address(where(), path);
        } catch (IllegalArgumentException none) {
            throw new ParameterException(command.commandLine(), none.getMessage(), none);
        }
    }

    /**
     * Asks for anything that needs a key.
     *
     * @throws IOException if nobody answers
     */
    public Greeting greet() throws IOException {
        Request.Builder request =
                new Request.Builder().url(address("v1/dead-letters/groups").build());
        try (Response answer = api.ask(request, key())) {
            return new Greeting(
                    answer.code(), Optional.ofNullable(answer.headers().getInstant("Date")));
        }
    }

    /**
     * Returns the body of the answer.
     *
     * @throws IOException if nobody answers
     * @throws IllegalStateException if ops-service refuses
     */
    public String get(HttpUrl address) throws IOException {
        try (Response answer = send(new Request.Builder().url(address))) {
            return answer.body().string();
        }
    }

    /**
     * Copies an answer of any length.
     *
     * @throws IOException if nobody answers
     * @throws IllegalStateException if ops-service refuses
     */
    public void copy(HttpUrl address, PrintWriter out) throws IOException {
        try (Response answer = send(new Request.Builder().url(address))) {
            answer.body().charStream().transferTo(out);
        }
    }

    /**
     * Saves an answer of any length and kind, in the place of the file if there is one.
     *
     * @throws IOException if ops-service cannot be reached, or if the file cannot be written
     * @throws IllegalStateException if ops-service refuses
     */
    public void save(HttpUrl address, Path file) throws IOException {
        try (Response answer = send(new Request.Builder().url(address))) {
            Files.copy(answer.body().byteStream(), file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Takes the events of an answer that is a stream of them. */
    @FunctionalInterface
    public interface Events {
        /**
         * Takes one event.
         *
         * @throws IOException if it cannot be dealt with
         */
        void take(String name, String data) throws IOException;
    }

    /**
     * Reads a stream of events up to its end.
     *
     * @throws IOException if nobody answers
     * @throws IllegalStateException if ops-service refuses
     */
    public void stream(HttpUrl address, Events events) throws IOException {
        try (Response answer = send(new Request.Builder().url(address));
                BufferedReader lines = new BufferedReader(answer.body().charStream())) {
            String name = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(EVENT)) {
                    name = line.substring(EVENT.length());
                } else if (line.startsWith(DATA)) {
                    events.take(name, line.substring(DATA.length()));
                }
            }
        }
    }

    /**
     * Returns the body of the answer to this JSON.
     *
     * @throws IOException if nobody answers
     * @throws IllegalStateException if ops-service refuses
     */
    public String post(String path, Map<String, Object> body) throws IOException {
        RequestBody json = RequestBody.create(JSON.writeValueAsString(body), MediaType.get("application/json"));
        try (Response answer =
                send(new Request.Builder().url(address(path).build()).post(json))) {
            return answer.body().string();
        }
    }

    private Response send(Request.Builder request) throws IOException {
        return api.send(request, key());
    }

    private Optional<String> key() {
        return Optional.ofNullable(key).filter(secret -> !secret.isBlank()).or(() -> environment.secret("PAWLINE_KEY"));
    }
}
