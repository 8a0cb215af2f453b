package io.pawline.cli.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests to the API of a service, with an API key if there is one. Thread-safe. */
final class ServiceApi {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String service;
    private final OkHttpClient http;

    /**
     * @param service its name, for error messages
     * @param patience longest pause of the service before and within an answer
     */
    ServiceApi(String service, Duration patience) {
        this.service = service;
        this.http = new OkHttpClient.Builder().readTimeout(patience).build();
    }

    /**
     * Returns whatever the service answers; the caller closes it.
     *
     * @throws IOException if nobody answers
     */
    Response ask(Request.Builder request, Optional<String> key) throws IOException {
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return http.newCall(request.build()).execute();
    }

    /**
     * Returns the answer, which the caller closes.
     *
     * @throws IOException if nobody answers
     * @throws IllegalStateException if the service refuses; the message has its reason
     */
    Response send(Request.Builder request, Optional<String> key) throws IOException {
        Response answer = ask(request, key);
        if (answer.isSuccessful()) {
            return answer;
        }
        try (answer) {
            String body = answer.body().string();
            String detail =
                    body.startsWith("{") ? JSON.readTree(body).path("detail").asString(body) : body;
            throw new IllegalStateException("%s answers %d: %s".formatted(service, answer.code(), detail));
        }
    }

    /**
     * Returns the address of a resource.
     *
     * @throws IllegalArgumentException if the address of the service is none
     */
    static HttpUrl.Builder address(String base, String path) {
        HttpUrl url = HttpUrl.parse(base);
        if (url == null) {
            throw new IllegalArgumentException("--url is no http(s) address: " + base);
        }
        return url.newBuilder().addPathSegments(path);
    }
}
