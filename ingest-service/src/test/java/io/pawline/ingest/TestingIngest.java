package io.pawline.ingest;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.testkit.Contract;
import io.pawline.testkit.RawExchange;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.server.Server;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the whole ingest-service on a port of its own, with a real PostgreSQL and without Kafka, and calls it as a
 * client with a key. Every exchange is checked against the {@link Contract}.
 */
final class TestingIngest implements AutoCloseable {

    static final Contract CONTRACT = new Contract("/openapi.yaml");

    /** A new id in SQL, of the present as every id is: the table of tasks is divided by the time in it. */
    static final String NEW_ID = "(lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7'"
            + " || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid";

    static final String BOUNDARY = "form-boundary";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ConfigurableApplicationContext service;
    private final HttpClient http;
    private final Optional<String> key;

    TestingIngest(TestingPostgres postgres, Path images, String... settings) {
        DatabaseProperties database = postgres.database();
        List<String> arguments = new ArrayList<>(List.of(
                "--pawline.ingest.port=0",
                "--pawline.database.url=" + database.url(),
                "--pawline.database.username=" + database.username(),
                "--pawline.database.password=" + database.password(),
                "--pawline.image-store.folder=" + images,
                "--pawline.image-store.public-base-url=https://pawline.example",
                "--spring.kafka.bootstrap-servers=127.0.0.1:1",
                "--spring.kafka.properties.schema.registry.url=http://127.0.0.1:1",
                "--spring.kafka.producer.properties.max.block.ms=200",
                "--spring.kafka.producer.properties.delivery.timeout.ms=1000",
                "--spring.kafka.producer.properties.request.timeout.ms=500"));
        arguments.addAll(List.of(settings));
        service = IngestApplication.application().run(arguments.toArray(String[]::new));
        http = HttpClient.newHttpClient();
        key = Optional.of(newKey("default", Scope.SUBMIT, Scope.READ));
    }

    private TestingIngest(TestingIngest other, Optional<String> key) {
        this.service = other.service;
        this.http = other.http;
        this.key = key;
    }

    /** Calls the same service with this key; empty: without a key. Must not be closed. */
    TestingIngest as(Optional<String> key) {
        return new TestingIngest(this, key);
    }

    /** Creates a key of this tenant. */
    String newKey(String tenant, Scope... scopes) {
        return newKey(new ApiKeys.Terms(tenant, "test", Set.of(scopes), null, null));
    }

    String newKey(ApiKeys.Terms terms) {
        return new ApiKeys(bean(TaskDatabase.class))
                .create(terms, Instant.now())
                .secret();
    }

    /** An answer, with its body read as JSON if it is JSON. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, Map<String, List<String>> headers, byte[] body) {
        JsonNode json() {
            return JSON.readTree(body);
        }

        String header(String name) {
            return headers.getOrDefault(name, List.of("none")).getFirst();
        }
    }

    int port() {
        return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** The web server of the service. */
    Server jetty() {
        WebServer server = ((WebServerApplicationContext) service).getWebServer();
        return ((JettyWebServer) Objects.requireNonNull(server)).getServer();
    }

    /** Sends these bytes over a connection of its own, and returns all that the service sends until it closes it. */
    String raw(byte[] request) {
        return RawExchange.send(port(), request);
    }

    <T> T bean(String name, Class<T> type) {
        return service.getBean(name, type);
    }

    <T> T bean(Class<T> type) {
        return service.getBean(type);
    }

    Answer post(String json) {
        return post("application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    Answer post(String contentType, byte[] body) {
        return send(request("/v1/tasks").header("Content-Type", contentType), body);
    }

    /** Posts a body that claims this content encoding. */
    Answer post(String contentType, String encoding, byte[] body) {
        return send(
                request("/v1/tasks").header("Content-Type", contentType).header("Content-Encoding", encoding), body);
    }

    /** Posts a batch of this body. */
    Answer postBatch(String json, String idempotencyKey) {
        return send(
                request("/v1/tasks/batch")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", idempotencyKey),
                json.getBytes(StandardCharsets.UTF_8));
    }

    /** Asks for a direct upload with this body. */
    Answer openUpload(String json) {
        return send(
                request("/v1/uploads").header("Content-Type", "application/json"),
                json.getBytes(StandardCharsets.UTF_8));
    }

    /** Posts a body, and takes these media types as the answer. */
    Answer postAccepting(String path, String accept, String json) {
        return send(
                request(path).header("Content-Type", "application/json").header("Accept", accept),
                json.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a photo to the address of a direct upload, as it would be sent to an image store. */
    Answer sendPhoto(URI address, String contentType, byte[] photo) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:%d%s?%s".formatted(port(), address.getRawPath(), address.getRawQuery())))
                .header("Content-Type", contentType)
                .PUT(BodyPublishers.ofByteArray(photo))
                .build();
        return send(request, photo);
    }

    /** Opens a batch of this body. */
    Answer batch(String json, String idempotencyKey) {
        return send(
                request("/v1/batches")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", idempotencyKey),
                json.getBytes(StandardCharsets.UTF_8));
    }

    /** Asks for a test delivery with this body. */
    Answer testDelivery(String json) {
        return send(
                request("/v1/callbacks/test").header("Content-Type", "application/json"),
                json.getBytes(StandardCharsets.UTF_8));
    }

    /** Posts this body with this key. */
    Answer post(String json, String idempotencyKey) {
        return send(
                request("/v1/tasks")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", idempotencyKey),
                json.getBytes(StandardCharsets.UTF_8));
    }

    /** Posts a form with these parts, in chunks: the service does not know its length before it has come. */
    Answer upload(byte[]... parts) {
        return upload(request("/v1/tasks"), parts);
    }

    /** Posts a form with these parts and its length, as browsers do. */
    Answer uploadWithLength(byte[]... parts) {
        return post("multipart/form-data; boundary=" + BOUNDARY, form(parts));
    }

    /** Posts a form with these parts and this key, in chunks. */
    Answer uploadWith(String idempotencyKey, byte[]... parts) {
        return upload(request("/v1/tasks").header("Idempotency-Key", idempotencyKey), parts);
    }

    private Answer upload(HttpRequest.Builder request, byte[]... parts) {
        return send(request.header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofByteArrays(List.of(form(parts))))
                .build());
    }

    /** The bytes of a form with these parts. */
    static byte[] form(byte[]... parts) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            form.writeBytes(part);
        }
        form.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return form.toByteArray();
    }

    static byte[] part(String name, String text) {
        return "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                .formatted(BOUNDARY, name, text)
                .getBytes(StandardCharsets.UTF_8);
    }

    static byte[] file(String name, byte[] bytes) {
        byte[] head =
                "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"../../cat.exe\"\r\nContent-Type: text/html\r\n\r\n"
                        .formatted(BOUNDARY, name)
                        .getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[head.length + bytes.length + 2];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(bytes, 0, whole, head.length, bytes.length);
        whole[whole.length - 2] = '\r';
        whole[whole.length - 1] = '\n';
        return whole;
    }

    Answer get(String path) {
        return send(request(path).build());
    }

    /** The path and the query at which a picture of the image store is served. */
    String pathOf(ImageKey key) {
        URI address = bean(ImageStore.class).urlOf(key);
        return address.getRawPath() + "?" + address.getRawQuery();
    }

    /** Listens to a stream of events until the caller closes it. */
    BufferedReader stream(String path) {
        try {
            HttpResponse<InputStream> response = http.send(request(path).build(), BodyHandlers.ofInputStream());
            return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Listens to a stream of events again, after this event. */
    Answer getFrom(String path, String lastEventId) {
        return getWith(path, "Last-Event-ID", lastEventId);
    }

    Answer getWith(String path, String header, String value) {
        return send(request(path).header(header, value).build());
    }

    Answer call(String method, String path) {
        return send(request(path).method(method, BodyPublishers.noBody()).build());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
        key.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        return request;
    }

    private Answer send(HttpRequest.Builder request, byte[] body) {
        return send(request.POST(BodyPublishers.ofByteArray(body)).build(), body);
    }

    private Answer send(HttpRequest request) {
        return send(request, new byte[0]);
    }

    private Answer send(HttpRequest request, byte[] body) {
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            Answer answer = new Answer(response.statusCode(), response.headers().map(), response.body());
            CONTRACT.check(request, body, response);
            return answer;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        service.close();
        http.close();
    }
}
