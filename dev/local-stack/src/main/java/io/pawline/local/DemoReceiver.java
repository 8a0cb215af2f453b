package io.pawline.local;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Receives the demo's callbacks as the documentation advises a front end: it takes only what is signed. */
final class DemoReceiver implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    /** A callback with a valid signature. */
    record Callback(String body) {

        private JsonNode data() {
            return JSON.readTree(body).at("/params/data");
        }

        String taskId() {
            return data().path("task_id").asString("");
        }

        URI imageUrl() {
            return picture("image_url");
        }

        URI thumbnailUrl() {
            return picture("thumbnail_url");
        }

        private URI picture(String field) {
            String url = data().path("data").path(field).asString("");
            if (url.isEmpty()) {
                throw new IllegalStateException("the task ended without pictures: "
                        + data().path("status").asString("") + ", "
                        + data().path("reason").asString("") + ": "
                        + data().path("message").asString(""));
            }
            return URI.create(url);
        }
    }

    private final HttpServer server;
    private final Webhook webhook;
    private final BlockingQueue<Callback> received = new LinkedBlockingQueue<>();

    private DemoReceiver(HttpServer server, Webhook webhook) {
        this.server = server;
        this.webhook = webhook;
    }

    static DemoReceiver start(String secret) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            DemoReceiver receiver = new DemoReceiver(server, new Webhook(secret));
            server.createContext("/callback", receiver::receive);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return receiver;
        } catch (EmptyWebhookSecretException noSecret) {
            throw new IllegalArgumentException("the webhook secret is empty", noSecret);
        } catch (IOException failed) {
            throw new UncheckedIOException("the callback receiver did not start", failed);
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/callback");
    }

    /** Waits for the callback of this task and returns it. */
    Callback await(String task, Duration atMost) throws InterruptedException {
        for (long end = System.nanoTime() + atMost.toNanos(); ; ) {
            Callback callback = received.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (callback == null) {
                throw new IllegalStateException("no callback within " + atMost.toSeconds() + " s");
            }
            if (callback.taskId().equals(task)) {
                return callback;
            }
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            try {
                webhook.verify(body, HttpHeaders.of(exchange.getRequestHeaders(), (_, _) -> true));
                received.add(new Callback(body));
                exchange.sendResponseHeaders(204, -1);
            } catch (WebhookVerificationException forged) {
                exchange.sendResponseHeaders(401, -1);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
