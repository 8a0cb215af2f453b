package io.pawline.schemas.serde;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/** A registry in memory that counts the requests and answers wrongly if a test wants it. */
final class TestingRegistry implements AutoCloseable {

    record Answer(int status, String body) {}

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final List<String> schemas = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> subjects = new HashMap<>();
    private final Queue<Answer> scripted = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile Consumer<String> beforeAnswering = request -> {};

    TestingRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Settings for a serializer that gives up soon. */
    Map<String, Object> settings() {
        return settings(Map.of());
    }

    Map<String, Object> settings(Map<String, ?> more) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "schema.registry.url", url(),
                "retries.wait.ms", 1,
                "retries.max.wait.ms", 1));
        settings.putAll(more);
        return settings;
    }

    /** Holds a schema that nobody registered; its id. */
    int holds(String schema) {
        synchronized (subjects) {
            if (!schemas.contains(schema)) {
                schemas.add(schema);
            }
            return schemas.indexOf(schema) + 1;
        }
    }

    /** The next request gets this answer, whatever it is. */
    void answersNext(int status, String body) {
        scripted.add(new Answer(status, body));
    }

    /** Called with method and path of each request before its answer; may block. */
    void beforeAnswering(Consumer<String> action) {
        beforeAnswering = action;
    }

    /** Method and path of every request so far, undecoded. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    /** The subjects that have a schema. */
    List<String> subjects() {
        synchronized (subjects) {
            return subjects.keySet().stream()
                    .map(key -> key.substring(0, key.indexOf('\n')))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getRawPath();
            String request = exchange.getRequestMethod() + " " + path;
            requests.add(request);
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            beforeAnswering.accept(request);
            Answer next = scripted.poll();
            Answer answer = next != null ? next : answer(path.split("/"), body);
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Answer answer(String[] path, String body) {
        if (path[1].equals("schemas")) {
            int id = Integer.parseInt(path[3]);
            return id < 1 || id > schemas.size()
                    ? new Answer(404, "{\"error_code\":40403,\"message\":\"Schema " + id + " not found\"}")
                    : new Answer(200, JSON.writeValueAsString(Map.of("schema", schemas.get(id - 1))));
        }
        String schema = JSON.readTree(body).path("schema").asString();
        String key = URLDecoder.decode(path[2], StandardCharsets.UTF_8) + "\n" + schema;
        synchronized (subjects) {
            if (path.length == 4) {
                subjects.put(key, holds(schema));
            }
            return subjects.containsKey(key)
                    ? new Answer(200, "{\"id\":" + subjects.get(key) + "}")
                    : new Answer(404, "{\"error_code\":40401,\"message\":\"Subject not found.\"}");
        }
    }
}
