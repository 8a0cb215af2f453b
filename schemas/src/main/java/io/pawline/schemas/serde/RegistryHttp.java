package io.pawline.schemas.serde;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Exchanges JSON with the registry and survives its short absences. A request goes to one address after the other.
 * After a random pause that doubles it goes round again, until it is answered or the attempts are used up. Many threads
 * may use it.
 */
final class RegistryHttp implements AutoCloseable {

    /**
     * The time limits and the number of attempts.
     *
     * @param connect longest wait for a connection
     * @param answer longest wait for a whole answer, the connection included
     * @param retries further rounds over all addresses after the first
     * @param firstPause upper bound of the pause before the second round
     * @param longestPause upper bound of any pause
     */
    record Patience(Duration connect, Duration answer, int retries, Duration firstPause, Duration longestPause) {}

    private static final Logger log = LoggerFactory.getLogger(RegistryHttp.class);
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final JsonMapper JSON = new JsonMapper();

    private final List<RegistryEndpoint> endpoints;
    private final Patience patience;
    private final HttpClient http;

    /** The index of the address that answered last. */
    private volatile int preferred;

    private volatile Optional<String> lastDate = Optional.empty();

    /** @param trust authorities that an https registry is to be certified by; empty: those of the JVM */
    RegistryHttp(List<RegistryEndpoint> endpoints, Patience patience, Optional<SSLContext> trust) {
        this.endpoints = List.copyOf(endpoints);
        this.patience = patience;
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience.connect())
                .followRedirects(HttpClient.Redirect.NEVER);
        trust.ifPresent(client::sslContext);
        this.http = client.build();
    }

    JsonNode get(String path) {
        return exchange("GET", path, null);
    }

    JsonNode post(String path, Object body) {
        return exchange("POST", path, JSON.writeValueAsString(body));
    }

    /** The header {@code Date} of the last answer. */
    Optional<String> lastDate() {
        return lastDate;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /**
     * @throws RegistryErrorException if the registry refuses the request
     * @throws RegistryUnavailableException if no address gave a useful answer
     */
    private JsonNode exchange(String method, String path, @Nullable String body) {
        for (int round = 0; ; round++) {
            try {
                return oneRound(method, path, body);
            } catch (RegistryUnavailableException e) {
                if (round >= patience.retries()) {
                    throw e;
                }
                log.debug("Trying again: {}", e.getMessage());
                pause(round);
            }
        }
    }

    private JsonNode oneRound(String method, String path, @Nullable String body) {
        int first = preferred;
        for (int i = 0; ; i++) {
            int index = (first + i) % endpoints.size();
            try {
                JsonNode answer = ask(endpoints.get(index), method, path, body);
                preferred = index;
                return answer;
            } catch (RegistryUnavailableException e) {
                if (i == endpoints.size() - 1) {
                    throw e;
                }
            }
        }
    }

    private JsonNode ask(RegistryEndpoint endpoint, String method, String path, @Nullable String body) {
        String where = method + " " + endpoint + path;
        HttpResponse<String> response = send(endpoint, method, path, body, where);
        int status = response.statusCode();
        lastDate = response.headers().firstValue("Date");
        if (status == 429 || status >= 500) {
            throw new RegistryUnavailableException("schema registry answers " + status + " to " + where);
        }
        JsonNode answer = parse(response.body());
        if (status >= 400) {
            throw new RegistryErrorException(
                    status,
                    answer.path("error_code").asInt(0),
                    status + " to " + where + ": " + answer.path("message").asString(""));
        }
        if (status != 200 || !answer.isContainer()) {
            throw new RegistryUnavailableException(
                    "the answer is not from a schema registry (status " + status + ") to " + where);
        }
        return answer;
    }

    private HttpResponse<String> send(
            RegistryEndpoint endpoint, String method, String path, @Nullable String body, String where) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint.base() + path))
                .header("Accept", CONTENT_TYPE + ", application/json")
                .header("Content-Type", CONTENT_TYPE)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        endpoint.authorization().ifPresent(value -> request.header("Authorization", value));
        CompletableFuture<HttpResponse<String>> response = http.sendAsync(request.build(), BodyHandlers.ofString());
        try {
            // The time-out of the client ends with the headers, and this one covers the body too
            return response.get(patience.answer().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new RegistryUnavailableException("schema registry does not answer in time to " + where, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw new RegistryUnavailableException("schema registry cannot be reached for " + where, failure);
            }
            throw new IllegalStateException("cannot ask the schema registry for " + where, e.getCause());
        } catch (InterruptedException e) {
            response.cancel(true);
            throw new InterruptException(e);
        }
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    /**
     * Sleeps with full jitter, see
     * <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">AWS</a>.
     */
    private void pause(int round) {
        long bound = Math.min(
                patience.longestPause().toMillis(), patience.firstPause().toMillis() << Math.min(round, 20));
        try {
            Thread.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound + 1)));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
