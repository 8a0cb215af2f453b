package io.pawline.cli.connection;

import java.io.IOException;
import java.time.Duration;
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

/** Names ingest-service by options, and sends it the requests of the commands that use its API. */
public final class IngestOptions {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String LOCAL_STACK = "http://127.0.0.1:8080";

    /** It has to be longer than a receiver may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Environment environment;
    private final ServiceApi api = new ServiceApi("ingest-service", PATIENCE);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"--url", "--ingest-url"},
            paramLabel = "URL",
            description = "ingest-service (default: PAWLINE_INGEST_URL, else the local stack's " + LOCAL_STACK + ").")
    private @Nullable String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "API key of the tenant, if ingest-service asks for one (default: PAWLINE_KEY, or the file that"
                            + " PAWLINE_KEY_FILE names: there it does not show up in the list of processes).")
    private @Nullable String key;

    /** Makes options whose defaults come from this environment. */
    public IngestOptions(Environment environment) {
        this.environment = environment;
    }

    /**
     * Returns the address of a resource.
     *
     * @throws ParameterException if the address of ingest-service is none
     */
    public HttpUrl.Builder address(String path) {
        String base = Optional.ofNullable(url)
                .or(() -> environment.value("PAWLINE_INGEST_URL"))
                .orElse(LOCAL_STACK);
        try {
            return ServiceApi.address(base, path);
        } catch (IllegalArgumentException none) {
            throw new ParameterException(command.commandLine(), none.getMessage(), none);
        }
    }

    /**
     * Returns the body of the answer to a request without a body.
     *
     * @throws IOException if nobody answers
     * @throws IllegalStateException if ingest-service refuses
     */
    public String call(String method, HttpUrl address) throws IOException {
        RequestBody none = method.equals("POST") || method.equals("PUT") ? RequestBody.create(new byte[0]) : null;
        return send(new Request.Builder().url(address).method(method, none));
    }

    /**
     * Returns the body of the answer to this JSON.
     *
     * @throws IOException if nobody answers
     * @throws IllegalStateException if ingest-service refuses
     */
    public String post(HttpUrl address, Map<String, Object> body) throws IOException {
        return send(new Request.Builder()
                .url(address)
                .post(RequestBody.create(JSON.writeValueAsString(body), MediaType.get("application/json"))));
    }

    private String send(Request.Builder request) throws IOException {
        try (Response answer = api.send(
                request,
                Optional.ofNullable(key)
                        .filter(secret -> !secret.isBlank())
                        .or(() -> environment.secret("PAWLINE_KEY")))) {
            return answer.body().string();
        }
    }
}
