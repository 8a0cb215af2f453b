package io.pawline.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Sends requests, and sends them again where that helps and does no harm. Thread-safe. */
final class HttpCalls {

    /** With these, the request was not processed. */
    private static final Set<Integer> NOT_PROCESSED = Set.of(429, 503);

    /** With these, nobody knows whether the request was processed. */
    private static final Set<Integer> IN_DOUBT = Set.of(408, 502, 504);

    private final HttpClient http;
    private final URI base;
    private final Optional<String> apiKey;
    private final Duration requestTimeout;
    private final Duration retryFor;
    private final Pacing pacing;

    /**
     * @param requestTimeout of each attempt
     * @param retryFor how long all attempts and the pauses between them may take
     */
    HttpCalls(
            HttpClient http,
            URI base,
            Optional<String> apiKey,
            Duration requestTimeout,
            Duration retryFor,
            Pacing pacing) {
        this.http = http;
        this.base = URI.create(base.toString().replaceFirst("/+$", ""));
        this.apiKey = apiKey;
        this.requestTimeout = requestTimeout;
        this.retryFor = retryFor;
        this.pacing = pacing;
    }

    Pacing pacing() {
        return pacing;
    }

    Duration requestTimeout() {
        return requestTimeout;
    }

    Duration retryFor() {
        return retryFor;
    }

    /**
     * Returns the answer's body as this type.
     *
     * @throws PawlineProblemException if the answer is an error that does not pass in time
     * @throws PawlineConnectionException if no answer came in time
     */
    <T> T call(ApiCall call, Class<T> type) throws InterruptedException {
        byte[] body = send(call);
        try {
            return ClientJson.MAPPER.readValue(body, type);
        } catch (JacksonException malformed) {
            throw new PawlineConnectionException(
                    call.name() + " was answered with something else than JSON", malformed);
        }
    }

    /** Sends a request whose answer has no body. */
    void run(ApiCall call) throws InterruptedException {
        send(call);
    }

    private byte[] send(ApiCall call) throws InterruptedException {
        Instant end = pacing.now().plus(call.atMost().orElse(retryFor));
        for (int attempt = 1; ; attempt++) {
            PawlineException failure;
            boolean again;
            Optional<Duration> retryAfter = Optional.empty();
            try {
                Duration left = Duration.between(pacing.now(), end);
                HttpResponse<byte[]> answer =
                        answer(request(call), BodyHandlers.ofByteArray(), Pacing.shorter(requestTimeout, left));
                if (answer.statusCode() < 300) {
                    return answer.body();
                }
                PawlineProblemException problem = problem(answer.statusCode(), answer.headers(), answer.body());
                again = NOT_PROCESSED.contains(problem.status())
                        || (call.repeatable() && IN_DOUBT.contains(problem.status()));
                retryAfter = problem.retryAfter();
                failure = problem;
            } catch (IOException lost) {
                failure = new PawlineConnectionException("no answer to " + call.name() + ": " + lost, lost);
                again = call.repeatable();
            }
            Duration pause = pacing.after(attempt, retryAfter);
            if (!again || pacing.now().plus(pause).isAfter(end)) {
                throw failure;
            }
            pacing.pause(pause);
        }
    }

    HttpRequest request(ApiCall call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(call.hasWholeAddress() ? call.path() : base + call.path()))
                .method(call.method(), call.body());
        request.setHeader("Accept", "application/json");
        apiKey.filter(key -> !call.hasWholeAddress())
                .ifPresent(key -> request.setHeader("Authorization", "Bearer " + key));
        call.headers().forEach(request::setHeader);
        return request.build();
    }

    /**
     * Sends a request once.
     *
     * @param atMost how long it may take until the body is there, as far as the handler waits for the body
     * @throws IOException if no answer came
     */
    <T> HttpResponse<T> answer(HttpRequest request, BodyHandler<T> handler, Duration atMost)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request, handler);
        try {
            return answer.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new IOException("no answer within " + atMost.toMillis() + " ms", late);
        } catch (InterruptedException stopped) {
            answer.cancel(true);
            throw stopped;
        } catch (ExecutionException failed) {
            throw new IOException(String.valueOf(failed.getCause()), failed.getCause());
        }
    }

    /** Reads an answer that is an error. */
    PawlineProblemException problem(int status, HttpHeaders headers, byte[] body) {
        JsonNode problem;
        try {
            problem = ClientJson.MAPPER.readTree(body);
        } catch (JacksonException malformed) {
            problem = ClientJson.MAPPER.createObjectNode();
        }
        Optional<Duration> retryAfter = headers.firstValue("Retry-After").flatMap(pacing::retryAfter);
        return new PawlineProblemException(
                status,
                problem.path("type").asString("about:blank"),
                problem.path("detail").asString("HTTP status " + status),
                problem.path("request_id")
                        .asStringOpt()
                        .or(() -> headers.firstValue("X-Request-Id"))
                        .orElse(null),
                retryAfter.orElse(null));
    }
}
