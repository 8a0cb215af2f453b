package io.pawline.e2e;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pawline.local.PatientHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plays a front end that outlives the system: it submits tasks, asks for them, and keeps every callback. */
final class TestingFrontEnd implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    /** A callback as it came. */
    record Callback(String webhookId, boolean signed, String traceParent, JsonNode params) {

        String taskId() {
            return params.path("data").path("task_id").asString("");
        }

        String status() {
            return params.path("data").path("status").asString("");
        }

        String reason() {
            return params.path("data").path("reason").asString("");
        }
    }

    private final OkHttpClient http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, List<Callback>> callbacks = new ConcurrentHashMap<>();
    private final AtomicInteger unreliable = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer receiver;
    private final Webhook webhook;
    private final String ingest;

    TestingFrontEnd(int ingestPort, String webhookSecret) throws IOException, EmptyWebhookSecretException {
        this(ingestPort, webhookSecret, Optional.empty());
    }

    /** @param key that is sent with every request; empty: none */
    TestingFrontEnd(int ingestPort, String webhookSecret, Optional<String> key)
            throws IOException, EmptyWebhookSecretException {
        OkHttpClient.Builder client = PatientHttp.client(Duration.ofSeconds(30));
        key.ifPresent(known -> client.addInterceptor(chain -> chain.proceed(chain.request()
                .newBuilder()
                .header("Authorization", "Bearer " + known)
                .build())));
        http = client.build();
        ingest = "http://127.0.0.1:" + ingestPort;
        webhook = new Webhook(webhookSecret);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/callback", this::receive);
        receiver.createContext("/callback/unreliable", this::receiveUnreliably);
        receiver.setExecutor(threads);
        receiver.start();
    }

    String callbackUrl() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/callback";
    }

    /** Submits a photo by its address and returns the id of the task. */
    String submit(String photoUrl, String style) throws IOException {
        return submit(photoUrl, style, callbackUrl());
    }

    /** Submits a photo under a name of the front end's own, and returns the id of the task. */
    String submitAs(String clientRef, String photoUrl, String style) throws IOException {
        return submit(
                Map.of("image_url", photoUrl, "style", style, "callback_url", callbackUrl(), "client_ref", clientRef));
    }

    /** Submits a photo whose callback is answered 500 at first, then not at all, and then 204. */
    String submitWithUnreliableReceiver(String photoUrl, String style) throws IOException {
        return submit(photoUrl, style, callbackUrl() + "/unreliable?token=secret");
    }

    private String submit(String photoUrl, String style, String callbackUrl) throws IOException {
        return submit(Map.of("image_url", photoUrl, "style", style, "callback_url", callbackUrl));
    }

    private String submit(Map<String, String> task) throws IOException {
        return accepted(RequestBody.create(JSON.writeValueAsString(task), MediaType.get("application/json")));
    }

    /** Submits a photo's bytes and returns the id of the task. */
    String submit(byte[] photo, String style) throws IOException {
        return accepted(new MultipartBody.Builder()
                .setType(MultipartBody.FORM)
                .addFormDataPart("style", style)
                .addFormDataPart("callback_url", callbackUrl())
                .addFormDataPart("image", "photo", RequestBody.create(photo, MediaType.get("image/png")))
                .build());
    }

    JsonNode task(String id) throws IOException {
        return JSON.readTree(get("/v1/tasks/" + id));
    }

    /** How far the callback of a task has come, with its attempts. */
    JsonNode delivery(String id) throws IOException {
        return JSON.readTree(get("/v1/tasks/" + id + "/callback"));
    }

    byte[] download(String url) throws IOException {
        try (Response answer =
                http.newCall(new Request.Builder().url(url).build()).execute()) {
            if (answer.code() != 200) {
                throw new IOException("GET " + url + " answered " + answer.code());
            }
            return answer.body().bytes();
        }
    }

    /** The callbacks of the task, in the order in which they came. */
    List<Callback> callbacks(String taskId) {
        return List.copyOf(callbacks.getOrDefault(taskId, List.of()));
    }

    /** The number of tasks that were called back at least once. */
    int tasksCalledBack() {
        return callbacks.size();
    }

    private byte[] get(String path) throws IOException {
        return download(ingest + path);
    }

    private String accepted(RequestBody body) throws IOException {
        Request request =
                new Request.Builder().url(ingest + "/v1/tasks").post(body).build();
        try (Response answer = http.newCall(request).execute()) {
            String text = answer.body().string();
            if (answer.code() != 202) {
                throw new IOException("not accepted: " + answer.code() + " " + text);
            }
            return JSON.readTree(text).path("task_id").asString("");
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String id = String.valueOf(exchange.getRequestHeaders().getFirst("webhook-id"));
            String trace = String.valueOf(exchange.getRequestHeaders().getFirst("traceparent"));
            Callback callback = new Callback(
                    id, signed(exchange, body), trace, JSON.readTree(body).path("params"));
            callbacks
                    .computeIfAbsent(callback.taskId(), _ -> new CopyOnWriteArrayList<>())
                    .add(callback);
            exchange.sendResponseHeaders(204, -1);
        }
    }

    private void receiveUnreliably(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            switch (unreliable.incrementAndGet()) {
                case 1 -> exchange.sendResponseHeaders(500, -1);
                case 2 -> closed.await();
                default -> exchange.sendResponseHeaders(204, -1);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean signed(HttpExchange exchange, String body) {
        try {
            webhook.verify(body, HttpHeaders.of(exchange.getRequestHeaders(), (_, _) -> true));
            return true;
        } catch (WebhookVerificationException forged) {
            return false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        receiver.stop(0);
        threads.close();
    }
}
