package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plays the vision model, the text-to-image model and the background removal with answers that are always the same, so
 * that large pictures cost this process next to nothing. A request's body is read and thrown away. Thread-safe.
 */
final class FixedProviders implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpServer server;
    private final Duration vision;
    private final byte[] cutOut;
    private final Queue<Long> lookedAt = new ConcurrentLinkedQueue<>();
    private final AtomicInteger looking = new AtomicInteger();
    private final AtomicInteger mostLooking = new AtomicInteger();

    /**
     * Providers that listen.
     *
     * @param vision how long the vision model takes, from the end of the request on
     * @param picture that the background removal answers with, a PNG
     */
    FixedProviders(Duration vision, byte[] picture) throws IOException {
        this.vision = vision;
        this.cutOut = ("{\"code\":10000,\"data\":{\"binary_data_base64\":[\""
                        + Base64.getEncoder().encodeToString(picture) + "\"]}}")
                .getBytes(UTF_8);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v3/chat/completions", this::look);
        server.createContext(
                "/api/v3/images/generations",
                exchange -> answer(exchange, generated().getBytes(UTF_8)));
        server.createContext("/", exchange -> answer(exchange, cutOut));
        server.start();
    }

    private void look(HttpExchange exchange) throws IOException {
        lookedAt.add(drain(exchange));
        mostLooking.accumulateAndGet(looking.incrementAndGet(), Math::max);
        try {
            TimeUnit.NANOSECONDS.sleep(vision.toNanos());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            looking.decrementAndGet();
        }
        answer(exchange, seen().getBytes(UTF_8));
    }

    private static String seen() {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode choice = body.putArray("choices").addObject();
        choice.put("index", 0).put("finish_reason", "stop");
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", "{\"has_pet\":true,\"description\":\"a fluffy cat\"}");
        return body.toString();
    }

    private String generated() {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("data").addObject().put("url", url("/picture.png").toString());
        return body.toString();
    }

    private static void answer(HttpExchange exchange, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static long drain(HttpExchange exchange) throws IOException {
        try (InputStream body = exchange.getRequestBody()) {
            return body.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** The settings with which services find these providers, as on their command line. */
    String[] settings() {
        return new String[] {
            "--pawline.ark.base-url=" + url("/api/v3"),
            "--pawline.ark.api-key=a-key",
            "--pawline.matting.base-url=" + url(""),
            "--pawline.matting.access-key=a-key",
            "--pawline.matting.secret-key=a-secret"
        };
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** The most calls of the vision model that were whole and not answered, at one moment. */
    int mostLooking() {
        return mostLooking.get();
    }

    /** The 95th percentile of the bytes of photos that the vision model got. They came as base64, in 4 for 3. */
    long photoBytesAt95() {
        List<Long> sorted = lookedAt.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((sorted.size() * 95 + 99) / 100 - 1) * 3 / 4;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
