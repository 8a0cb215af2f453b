package io.pawline.ingest;

import static io.pawline.ingest.TestingIngest.BOUNDARY;
import static io.pawline.ingest.TestingIngest.file;
import static io.pawline.ingest.TestingIngest.form;
import static io.pawline.ingest.TestingIngest.part;
import static io.pawline.ingest.TestingPngs.PNG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that nothing of a request is read before it may come, and nothing is left of one that is refused. */
class FrontDoorIT {

    private static final String FORM = "multipart/form-data; boundary=" + BOUNDARY;

    @TempDir
    static Path images;

    private static Path leftByACrash;
    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @BeforeAll
    static void start() throws IOException {
        leftByACrash = Files.createDirectories(images.resolve(".incoming")).resolve("left");
        Files.write(leftByACrash, PNG);
        Files.setLastModifiedTime(leftByACrash, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        postgres = TestingPostgres.shared();
        // Room for one photo with its form, and half a further one
        ingest = new TestingIngest(
                postgres,
                images,
                "--pawline.photo.max-size=100KB",
                "--pawline.ingest.upload-memory=250KB",
                "--pawline.ingest.collapse-window=0s");
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    /** A client that waits for 100 (Continue) shows whether the service wants to read the body. */
    @ParameterizedTest
    @CsvSource({
        "none,   /v1/tasks,          form, 50000,     , 401",
        "none,   /v1/tasks,          json, 500,       , 401",
        "none,   /v1/tasks/batch,    json, 500,       , 401",
        "none,   /v1/callbacks/test, json, 500,       , 401",
        "bogus,  /v1/tasks,          form, 50000,     , 401",
        "READ,   /v1/tasks,          form, 50000,     , 403",
        "READ,   /v1/tasks,          json, 500,       , 403",
        "READ,   /v1/tasks/batch,    json, 500,       , 403",
        "READ,   /v1/callbacks/test, json, 500,       , 403",
        "SUBMIT, /v1/tasks,          form, 200000,    , 413",
        "SUBMIT, /v1/tasks,          json, 70000,     , 413",
        "SUBMIT, /v1/tasks/batch,    json, 5000000,   , 413",
        "WEBHOOK,/v1/callbacks/test, json, 70000,     , 413",
        "SUBMIT, /v1/tasks,          form, 50000, br  , 415",
        "SUBMIT, /v1/tasks,          json, 500,   br  , 415",
        "SUBMIT, /v1/tasks/batch,    json, 500,   br  , 415",
        "SUBMIT, /v1/tasks,          text, 500,       , 415",
        "SPENT,  /v1/tasks,          form, 50000,     , 429",
        "SUBMIT, /v1/tasks,          form, 50000,     , 100",
        "SUBMIT, /v1/tasks,          json, 500,       , 100",
        "SUBMIT, /v1/tasks/batch,    json, 500,       , 100",
        "SPENT,  /v1/tasks,          json, 500,       , 100",
    })
    void readsNoBodyBeforeItMayCome(String client, String path, String type, long length, String coding, int status)
            throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            String head = head(path, mediaType(type), "Content-Length: " + length, credentials(client))
                    + "Expect: 100-continue\r\n"
                    + (coding == null ? "" : "Content-Encoding: " + coding + "\r\n");
            socket.getOutputStream().write((head + "\r\n").getBytes(ISO_8859_1));
            assertThat(statusLine(socket.getInputStream())).startsWith("HTTP/1.1 " + status);
        }
    }

    /** Only the beginning of each body comes, so an answer shows that the rest is not needed. */
    @ParameterizedTest
    @CsvSource({
        "Content-Length: 160000, 400",
        "Transfer-Encoding: chunked, 400",
    })
    void refusesAFormAtItsFirstPartThatMayNotBe(String framing, int status) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            String begun = "--%s\r\nContent-Disposition: form-data; name=\"tenant\"\r\n\r\n".formatted(BOUNDARY);
            String body = framing.startsWith("T") ? "%x\r\n%s\r\n".formatted(begun.length(), begun) : begun;
            String head = head("/v1/tasks", FORM, framing, credentials("SUBMIT"));
            socket.getOutputStream().write((head + "\r\n" + body).getBytes(ISO_8859_1));
            assertThat(statusLine(socket.getInputStream())).startsWith("HTTP/1.1 " + status);
        }
    }

    @Test
    void takesARepeatedUploadFromAClientWithoutQuota() {
        TestingIngest client = ingest.as(
                Optional.of(ingest.newKey(new ApiKeys.Terms("repeats", "test", Set.of(Scope.SUBMIT), 1, null))));
        Answer first = client.uploadWith("order-1", file("image", PNG), part("style", "ink"));
        assertThat(first.status()).isEqualTo(202);
        Answer again = client.uploadWith("order-1", file("image", PNG), part("style", "ink"));
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.json().get("task_id")).isEqualTo(first.json().get("task_id"));
        Answer other = client.uploadWith("order-2", file("image", PNG), part("style", "oil"));
        assertThat(other.status()).isEqualTo(429);
        assertThat(other.header("retry-after")).isNotEqualTo("none");
    }

    /** There is room for one upload: if a share were not given back, none of the later ones would be taken. */
    @Test
    void keepsNothingOfUploadsThatBreakOff() throws IOException {
        long before = files();
        byte[] photo = Arrays.copyOf(PNG, 90_000);
        for (int i = 0; i < 5; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
                String head = head("/v1/tasks", FORM, "Content-Length: 160000", credentials("SUBMIT"));
                socket.getOutputStream().write((head + "\r\n").getBytes(ISO_8859_1));
                socket.getOutputStream().write(Arrays.copyOf(file("image", photo), 60_000));
            }
        }
        await().until(() ->
                ingest.upload(file("image", PNG), part("style", "ink")).status() == 202);
        assertThat(files()).isEqualTo(before + 1);
    }

    /** The first client sends a byte now and then until the others have been answered, so it has its share all the time. */
    @Test
    void refusesUploadsForWhichThereIsNoRoomForNow() throws Exception {
        byte[] form = form(file("image", Arrays.copyOf(PNG, 99_000)), part("style", "ink"));
        CountDownLatch answered = new CountDownLatch(1);
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            String head = head("/v1/tasks", FORM, "Content-Length: " + form.length, credentials("SUBMIT"));
            slow.getOutputStream().write((head + "Expect: 100-continue\r\n\r\n").getBytes(ISO_8859_1));
            assertThat(statusLine(slow.getInputStream())).startsWith("HTTP/1.1 100");
            slow.getInputStream().skipNBytes("\n\r\n".length());
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> trickle(form, slow, answered));

            // One of unknown length may become as large as any
            Answer refused = ingest.upload(file("image", PNG), part("style", "ink"));

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().get("type").asString()).isEqualTo("urn:pawline:problem:too-many-uploads");
            int seconds = Integer.parseInt(refused.header("retry-after"));
            assertThat(seconds).isBetween(1, 60);
            assertThat(refused.json().get("retry_after").asInt()).isEqualTo(seconds);
            // Another tenant's small one has room beside the first
            TestingIngest other = ingest.as(Optional.of(ingest.newKey("other", Scope.SUBMIT)));
            Answer taken = other.uploadWithLength(file("image", PNG), part("style", "ink"));
            assertThat(taken.status()).as("%s", taken.json()).isEqualTo(202);
            answered.countDown();
            sent.join();
            assertThat(statusLine(slow.getInputStream())).startsWith("HTTP/1.1 202");
        }
    }

    /** Sends a byte now and then, and the rest at once when the time has come. */
    private static void trickle(byte[] form, Socket socket, CountDownLatch rest) {
        try {
            int sent = 0;
            while (sent < form.length && !rest.await(200, TimeUnit.MILLISECONDS)) {
                socket.getOutputStream().write(form, sent++, 1);
            }
            socket.getOutputStream().write(form, sent, form.length - sent);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void startsOnlyWithRoomForOnePhoto() {
        assertThatThrownBy(() -> new TestingIngest(postgres, images, "--pawline.ingest.upload-memory=1MB"))
                .rootCause()
                .hasMessageContaining("pawline.ingest.upload-memory must be >= 21037056 bytes");
    }

    @Test
    void removesWhatACrashLeftInTheImageStore() {
        assertThat(leftByACrash).doesNotExist();
    }

    @Test
    void keepsIdleConnectionsButNoPausesAmidARequest() throws IOException {
        ServerConnector port = connector(ingest);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            socket.getOutputStream().write("GET /v1/openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
            assertThat(statusLine(socket.getInputStream())).startsWith("HTTP/1.1 200");
            await().untilAsserted(() -> assertThat(port.getConnectedEndPoints())
                    .isNotEmpty()
                    .allSatisfy(end -> assertThat(end.getIdleTimeout()).isEqualTo(75_000)));
        }
        assertThat(port.getConnectionFactory(HttpConnectionFactory.class)
                        .getHttpConfiguration()
                        .getIdleTimeout())
                .isEqualTo(10_000);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /v1/tasks/,              /v1/tasks",
        "GET,  /v1/tasks/?limit=5,      /v1/tasks?limit=5",
        "POST, /v1/tasks/,              /v1/tasks",
        "POST, /v1/tasks/batch/,        /v1/tasks/batch",
        "GET,  /v1/images/a/b/,         /v1/images/a/b",
        "GET,  /v1/openapi.yaml/,       /v1/openapi.yaml",
        "GET,  /actuator/health/,       /actuator/health",
        "GET,  /v1/tasks/%E7%8C%AB/,    /v1/tasks/%E7%8C%AB",
    })
    void leadsFromATrailingSlashToTheAddress(String method, String path, String there) {
        String answer = ingest.raw("%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Length: 0\r\n\r\n"
                .formatted(method, path, credentials("SUBMIT"))
                .getBytes(ISO_8859_1));
        assertThat(answer).startsWith("HTTP/1.1 308").contains("\r\nLocation: " + there + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({"//evil.example/", "/v1//tasks/", "/", "/v1/images/", "///", "/\\evil.example/", "/.//evil.example/"})
    void leadsNowhereElse(String path) {
        String answer = ingest.raw("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n"
                .formatted(path, credentials("SUBMIT"))
                .getBytes(ISO_8859_1));
        assertThat(answer).startsWith("HTTP/1.1 4").doesNotContainIgnoringCase("\r\nLocation:");
    }

    @Test
    void servesARangeOfAPicture() {
        ImageKey key = ImageKey.result(TaskId.next(), 1);
        byte[] picture = Arrays.copyOf(PNG, 200_000);
        ingest.bean(ImageStore.class).put(key, picture, "image/png");
        String path = address(key);
        for (int[] range : new int[][] {{0, 1}, {0, 199_999}, {10, 70_000}, {65_536, 65_536}, {150_000, 199_999}}) {
            Answer part = ingest.getWith(path, "Range", "bytes=%d-%d".formatted(range[0], range[1]));
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(picture, range[0], range[1] + 1));
            assertThat(part.header("content-range")).isEqualTo("bytes %d-%d/200000".formatted(range[0], range[1]));
            assertThat(part.header("content-type")).isEqualTo("image/png");
            assertThat(part.header("cache-control")).contains("immutable");
        }
        Answer beyond = ingest.getWith(path, "Range", "bytes=200000-");
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.header("content-range")).isEqualTo("bytes */200000");
        assertThat(beyond.json().get("type").asString()).isEqualTo("urn:pawline:problem:range-not-satisfiable");
        Answer several = ingest.getWith(path, "Range", "bytes=0-1,5-6");
        assertThat(several.status()).isEqualTo(200);
        assertThat(several.body()).isEqualTo(picture);
        assertThat(several.header("accept-ranges")).isEqualTo("bytes");
    }

    @Test
    void sendsAPictureOnceToAClientThatKeepsIt() {
        ImageKey key = ImageKey.result(TaskId.next(), 1);
        ingest.bean(ImageStore.class).put(key, PNG, "image/png");
        String path = address(key);
        String tag = ingest.get(path).header("etag");
        assertThat(tag).matches("\"[!-~&&[^\"]]+\"");
        for (String has : new String[] {tag, "W/" + tag, "\"other\", " + tag}) {
            Answer unchanged = ingest.getWith(path, "If-None-Match", has);
            assertThat(unchanged.status()).as(has).isEqualTo(304);
            assertThat(unchanged.body()).isEmpty();
            assertThat(unchanged.header("etag")).isEqualTo(tag);
            assertThat(unchanged.header("cache-control")).contains("immutable");
        }
        assertThat(ingest.getWith(path, "If-None-Match", "\"other\"").body()).isEqualTo(PNG);
    }

    @Test
    void sendsARangeOnlyToAClientWithTheSamePicture() {
        ImageKey key = ImageKey.result(TaskId.next(), 1);
        ingest.bean(ImageStore.class).put(key, PNG, "image/png");
        String path = address(key);
        String tag = ingest.get(path).header("etag");
        assertThat(rangeIf(path, tag)).startsWith("HTTP/1.1 206");
        assertThat(rangeIf(path, "\"other\"")).startsWith("HTTP/1.1 200");
        assertThat(rangeIf(path, "Sun, 29 Nov 2026 12:00:00 GMT")).startsWith("HTTP/1.1 200");
    }

    private static String rangeIf(String path, String has) {
        return ingest.raw("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: bytes=0-3\r\nIf-Range: %s\r\n\r\n"
                .formatted(path, has)
                .getBytes(ISO_8859_1));
    }

    @Test
    void describesAPictureWithoutSendingIt() {
        ImageKey key = ImageKey.result(TaskId.next(), 1);
        ingest.bean(ImageStore.class).put(key, PNG, "image/png");
        String answer = ingest.raw("HEAD %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                .formatted(address(key))
                .getBytes(ISO_8859_1));
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .endsWith("\r\n\r\n")
                .contains("\r\nContent-Length: " + PNG.length + "\r\n", "\r\nContent-Type: image/png\r\n")
                .containsIgnoringCase("\r\nETag: \"");
    }

    /** The path and the query of the signed address of a picture. */
    private static String address(ImageKey key) {
        URI url = ingest.bean(ImageStore.class).urlOf(key);
        return url.getRawPath() + "?" + url.getRawQuery();
    }

    private static ServerConnector connector(TestingIngest of) {
        for (Connector connector : of.jetty().getConnectors()) {
            if (connector instanceof ServerConnector port) {
                return port;
            }
        }
        throw new AssertionError("no port");
    }

    private static String head(String path, String type, String framing, String credentials) {
        return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n%s\r\n%s"
                .formatted(path, type, framing, credentials);
    }

    private static String mediaType(String type) {
        return switch (type) {
            case "form" -> FORM;
            case "json" -> "application/json";
            default -> "text/plain";
        };
    }

    /** The header of a key that may do this; SPENT has used up its quota. */
    private static String credentials(String client) {
        return switch (client) {
            case "none" -> "";
            case "bogus" -> "Authorization: Bearer pwk_0123456789ab_0123456789abcdef\r\n";
            case "SPENT" -> {
                String key = ingest.newKey(new ApiKeys.Terms("spent", "test", Set.of(Scope.SUBMIT), 1, null));
                TestingIngest spent = ingest.as(Optional.of(key));
                assertThat(spent.post("{\"image_url\":\"https://photos.example/1\",\"style\":\"ink\"}")
                                .status())
                        .isEqualTo(202);
                yield "Authorization: Bearer " + key + "\r\n";
            }
            default -> "Authorization: Bearer " + ingest.newKey("door", Scope.valueOf(client)) + "\r\n";
        };
    }

    private static String statusLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\r'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private static long files() throws IOException {
        try (Stream<Path> all = Files.walk(images)) {
            return all.filter(Files::isRegularFile).count();
        }
    }
}
