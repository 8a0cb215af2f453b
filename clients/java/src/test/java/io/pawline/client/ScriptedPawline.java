package io.pawline.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Answers each request with the next reply, or with the last one for ever, and keeps what came. */
final class ScriptedPawline implements AutoCloseable {

    static final String TASK = "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f";

    /** A request that came. */
    record Received(String method, URI address, Map<String, List<String>> headers, String body) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().getFirst())
                    .findFirst()
                    .orElse("none");
        }

        @Override
        public String toString() {
            return method + " " + address.getPath();
        }
    }

    /** What is done with a request. */
    interface Reply {
        void to(HttpExchange exchange) throws IOException;
    }

    final List<Received> received = new CopyOnWriteArrayList<>();
    final ManualPacing pacing = new ManualPacing();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newHttpClient();

    private ScriptedPawline(Function<Received, Reply> replies) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            Received request = new Received(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    body);
            received.add(request);
            replies.apply(request).to(exchange);
        });
        server.start();
    }

    static ScriptedPawline with(Reply... replies) throws IOException {
        Queue<Reply> script = new ArrayDeque<>(List.of(replies));
        return new ScriptedPawline(_ -> {
            synchronized (script) {
                return script.size() > 1 ? script.remove() : script.element();
            }
        });
    }

    static ScriptedPawline by(Function<Received, Reply> replies) throws IOException {
        return new ScriptedPawline(replies);
    }

    /** Answers with JSON, and with headers given as name and value in turn. */
    static Reply json(int status, String body, String... headers) {
        return answer(status, "application/json", body, headers);
    }

    static Reply problem(int status, String name, String... headers) {
        String body = """
                {"type":"urn:pawline:problem:%s","title":"t","status":%d,"detail":"say it otherwise","request_id":"r-1"}
                """.formatted(name, status);
        return answer(status, "application/problem+json", body, headers);
    }

    static Reply events(String text) {
        return answer(200, "text/event-stream", text);
    }

    static Reply task(String state) {
        return json(200, taskJson(state));
    }

    static String taskJson(String state) {
        return "{\"task_id\":\"%s\",\"state\":\"%s\",\"style\":\"ink\",\"new_field\":1}".formatted(TASK, state);
    }

    static Reply accepted() {
        return json(202, "{\"task_id\":\"%s\",\"status_url\":\"http://localhost/v1/tasks/%s\"}".formatted(TASK, TASK));
    }

    /** Opens an upload with an address on the same server, or takes its photo. */
    static Reply upload(Received request) {
        return request.method().equals("PUT") ? json(204, "") : json(201, """
                        {"upload_id":"%1$s","method":"PUT","url":"http://%2$s/v1/uploads/%1$s?signature=s3cret",
                         "headers":{"Content-Type":"image/png","X-More":"1"}}
                        """.formatted(TASK, request.header("Host")));
    }

    /** Closes the connection instead of an answer. */
    static Reply cut() {
        return HttpExchange::close;
    }

    private static Reply answer(int status, String type, String body, String... headers) {
        return exchange -> {
            try (exchange) {
                byte[] bytes = body.getBytes(UTF_8);
                exchange.getResponseHeaders().set("Content-Type", type);
                for (int at = 0; at < headers.length; at += 2) {
                    exchange.getResponseHeaders().set(headers[at], headers[at + 1]);
                }
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** A client of this server whose pauses take no time. */
    PawlineClient client(Duration requestTimeout, Duration retryFor) {
        return new PawlineClient(
                new HttpCalls(http, address(), Optional.of("pwk_1_x"), requestTimeout, retryFor, pacing));
    }

    PawlineClient client() {
        return client(Duration.ofSeconds(30), Duration.ofMinutes(2));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        http.shutdownNow();
    }
}
