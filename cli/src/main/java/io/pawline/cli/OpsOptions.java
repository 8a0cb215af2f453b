package io.pawline.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Where ops-service is, and what it is asked by the commands that go through its API. */
final class OpsOptions {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8090",
            description = "ops-service (default: ${DEFAULT-VALUE}, the local stack's).")
    private String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "${env:PAWLINE_KEY}",
            description =
                    "API key, if ops-service asks for one (default: $$PAWLINE_KEY, where it does not show up in the"
                            + " list of processes).")
    private @Nullable String key;

    private final OkHttpClient http = new OkHttpClient();

    boolean hasKey() {
        return key != null && !key.isBlank();
    }

    HttpUrl.Builder address(String path) {
        HttpUrl base = HttpUrl.parse(url);
        if (base == null) {
            throw new ParameterException(command.commandLine(), "--url is no http(s) address: " + url);
        }
        return base.newBuilder().addPathSegments(path);
    }

    String get(HttpUrl address) throws IOException {
        try (Response answer = send(new Request.Builder().url(address))) {
            return answer.body().string();
        }
    }

    /** Copies an answer of any length. */
    void copy(HttpUrl address, PrintWriter out) throws IOException {
        try (Response answer = send(new Request.Builder().url(address))) {
            answer.body().charStream().transferTo(out);
        }
    }

    String post(String path, Map<String, Object> body) throws IOException {
        RequestBody json = RequestBody.create(JSON.writeValueAsString(body), MediaType.get("application/json"));
        try (Response answer =
                send(new Request.Builder().url(address(path).build()).post(json))) {
            return answer.body().string();
        }
    }

    private Response send(Request.Builder request) throws IOException {
        if (hasKey()) {
            request.header("Authorization", "Bearer " + key);
        }
        Response answer = http.newCall(request.build()).execute();
        if (answer.isSuccessful()) {
            return answer;
        }
        try (answer) {
            String body = answer.body().string();
            String detail =
                    body.startsWith("{") ? JSON.readTree(body).path("detail").asString(body) : body;
            throw new IllegalStateException("ops-service answers %d: %s".formatted(answer.code(), detail));
        }
    }
}
