package io.pawline.ingest;

import static io.pawline.ingest.TestingIngest.file;
import static io.pawline.ingest.TestingIngest.part;
import static io.pawline.ingest.TestingPngs.PNG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.images.ImageKey;
import io.pawline.images.ManagedImageStore;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.DirectUploads;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.UploadId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests photos that a client sends by themselves, before a task names them. The image store is a folder. */
class DirectUploadIT {

    private static final String TYPE = "image/png";

    private static final AtomicInteger PHOTOS = new AtomicInteger();

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(
                postgres,
                images,
                "--pawline.ingest.direct-upload.pending-per-tenant=16MB",
                // The least: one photo and its form
                "--pawline.ingest.upload-memory=" + (20 * 1024 * 1024 + 64 * 1024) + "B",
                "--pawline.ingest.access.allowed-origins=https://shop.example");
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @Test
    void aTaskTakesThePhotoThatWasSent() {
        JsonNode upload = open(ingest, PNG);
        URI address = address(upload);
        assertThat(upload.get("method").asString()).isEqualTo("PUT");
        assertThat(upload.get("headers").get("Content-Type").asString()).isEqualTo(TYPE);
        assertThat(upload.get("limits").get("max_bytes").asLong()).isEqualTo(20 * 1024 * 1024);
        assertThat(Duration.between(
                        Instant.now(), Instant.parse(upload.get("expires_at").asString())))
                .isBetween(Duration.ofMinutes(14), Duration.ofMinutes(15));

        assertThat(ingest.sendPhoto(address, TYPE, PNG).status()).isEqualTo(204);
        Answer accepted = ingest.post(task(upload, "ink"));

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(store().get(ImageKey.photo(taskOf(accepted)))).hasValueSatisfying(TestingPngs::assertIsPlainJpeg);
        assertThat(store().get(incoming(upload))).isEmpty();
    }

    @Test
    void aPhotoCanBeSentAgainUntilATaskHasIt() {
        JsonNode upload = open(ingest, PNG);
        byte[] broken = new byte[PNG.length];
        assertThat(ingest.sendPhoto(address(upload), TYPE, broken).status()).isEqualTo(204);
        assertThat(problem(ingest.post(task(upload, "oil")))).isEqualTo("photo-not-an-image");

        assertThat(ingest.sendPhoto(address(upload), TYPE, PNG).status()).isEqualTo(204);
        assertThat(ingest.post(task(upload, "oil")).status()).isEqualTo(202);

        assertThat(problem(ingest.sendPhoto(address(upload), TYPE, PNG))).isEqualTo("upload-closed");
        assertThat(store().get(incoming(upload))).isEmpty();
    }

    @Test
    void aRepetitionGetsItsTaskThoughThePhotoIsGone() throws IOException {
        String key = UUID.randomUUID().toString();
        byte[] photo = another();
        JsonNode upload = sent(ingest, photo);
        Answer first = ingest.post(task(upload, "ink"), key);

        Answer repeated = ingest.post(task(upload, "ink"), key);
        assertThat(repeated.status()).isEqualTo(202);
        assertThat(taskOf(repeated)).isEqualTo(taskOf(first));
        assertThat(repeated.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(problem(ingest.post(task(upload, "oil"), key))).isEqualTo("idempotency-key-reused");
        assertThat(problem(ingest.post(task(upload, "ink"), key + "-2"))).isEqualTo("upload-unusable");
    }

    @Test
    void sameBytesUnderTheSameKeyAreTheSameRequest() throws IOException {
        String key = UUID.randomUUID().toString();
        byte[] photo = another();
        TaskId first = taskOf(ingest.post(task(sent(ingest, photo), "ink"), key));

        assertThat(taskOf(ingest.post(task(sent(ingest, photo), "ink"), key))).isEqualTo(first);
        assertThat(taskOf(ingest.uploadWith(key, file("image", photo), part("style", "ink"))))
                .isEqualTo(first);
        assertThat(problem(ingest.post(task(sent(ingest, another()), "ink"), key)))
                .isEqualTo("idempotency-key-reused");
    }

    @Test
    void theSameRequestIsFoldedAsAFormIs() throws IOException {
        byte[] photo = another();
        JsonNode upload = sent(ingest, photo);
        TaskId first = taskOf(ingest.post(task(upload, "ink")));

        for (Answer again : List.of(
                ingest.post(task(upload, "ink")),
                ingest.post(task(sent(ingest, photo), "ink")),
                ingest.upload(file("image", photo), part("style", "ink")))) {
            assertThat(taskOf(again)).isEqualTo(first);
            assertThat(again.json().get("collapsed").asBoolean()).isTrue();
        }
        assertThat(problem(
                        ingest.post("{\"upload_id\":\"%s\",\"style\":\"ink\",\"again\":true}".formatted(id(upload)))))
                .isEqualTo("upload-unusable");
        assertThat(taskOf(ingest.post(
                        "{\"upload_id\":\"%s\",\"style\":\"ink\",\"again\":true}".formatted(id(sent(ingest, photo))))))
                .isNotEqualTo(first);
    }

    @Test
    void onlyItsTenantMayUseAnUpload() {
        JsonNode upload = sent(ingest, PNG);
        TestingIngest other = ingest.as(Optional.of(ingest.newKey("other", Scope.SUBMIT)));

        assertThat(problem(other.post(task(upload, "ink")))).isEqualTo("upload-unusable");
        assertThat(store().get(incoming(upload))).isPresent();
        assertThat(ingest.as(Optional.of(ingest.newKey("other", Scope.READ)))
                        .openUpload(body(PNG))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void anUploadWithoutItsPhotoIsRefusedInWords() throws Exception {
        assertThat(detail("{\"upload_id\":\"%s\",\"style\":\"ink\"}".formatted(UUID.randomUUID())))
                .contains("no upload of the key's tenant");
        assertThat(detail("{\"upload_id\":\"../photo\",\"style\":\"ink\"}")).contains("no upload of the key's tenant");
        assertThat(detail(task(open(ingest, PNG), "ink"))).contains("no photo yet");

        JsonNode expired = sent(ingest, PNG);
        ingest.bean(TaskDatabase.class)
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update upload set expires_at = now() - interval '1 second' where id::text = ?", id(expired)));
        assertThat(detail(task(expired, "ink"))).contains("has expired");

        JsonNode shortened = sent(ingest, PNG);
        store().put(incoming(shortened), Arrays.copyOf(PNG, 9), TYPE);
        assertThat(detail(task(shortened, "ink"))).contains("has 9 bytes instead of");

        byte[] other = PNG.clone();
        other[other.length - 1]++;
        JsonNode hashed = ingest.openUpload("{\"media_type\":\"%s\",\"length\":%d,\"sha256\":\"%s\"}"
                        .formatted(
                                TYPE,
                                other.length,
                                HexFormat.of()
                                        .withUpperCase()
                                        .formatHex(MessageDigest.getInstance("SHA-256")
                                                .digest(PNG))))
                .json();
        ingest.sendPhoto(address(hashed), TYPE, other);
        assertThat(detail(task(hashed, "ink"))).contains("other bytes than its sha256");
        ingest.sendPhoto(address(hashed), TYPE, PNG);
        assertThat(ingest.post(task(hashed, "sha")).status()).isEqualTo(202);
    }

    @Test
    void anAddressIsForOneKindAndLengthOfPhoto() {
        JsonNode upload = open(ingest, PNG);
        URI address = address(upload);
        String url = address.toString();

        assertThat(problem(ingest.sendPhoto(address, "image/jpeg", PNG))).isEqualTo("unsupported-media-type");
        assertThat(problem(ingest.sendPhoto(address, TYPE, new byte[PNG.length + 1])))
                .isEqualTo("request-too-large");
        assertThat(problem(ingest.sendPhoto(address, TYPE, new byte[PNG.length - 1])))
                .isEqualTo("invalid-request");
        for (String forged : List.of(
                url.replaceFirst("signature=.*", "signature=A"),
                url.replaceFirst("&signature=.*", ""),
                url.replaceFirst("\\?.*", ""),
                url.replace("length=" + PNG.length, "length=" + (PNG.length + 1)),
                url.replace("image%2Fpng", "image%2Fjpeg"),
                url.replace(id(upload), id(open(ingest, PNG))),
                url.replaceFirst("expires=", "expires=1"))) {
            assertThat(problem(ingest.sendPhoto(URI.create(forged), TYPE, PNG)))
                    .as(forged)
                    .isEqualTo("upload-not-found");
        }
        URI old = store().uploadAddress(incoming(upload), TYPE, PNG.length, Duration.ofSeconds(-1))
                .url();
        assertThat(problem(ingest.sendPhoto(old, TYPE, PNG))).isEqualTo("upload-closed");
        String chunked = ingest.raw("""
                PUT %s HTTP/1.1\r
                Host: x\r
                Content-Type: image/png\r
                Connection: close\r
                Transfer-Encoding: chunked\r
                \r
                1\r
                x\r
                0\r
                \r
                """.formatted(path(address)).getBytes(ISO_8859_1));
        assertThat(chunked).contains("send Content-Length: " + PNG.length);
        assertThat(store().get(incoming(upload))).isEmpty();
    }

    @Test
    void nothingIsLeftOfAPhotoThatBreaksOffAndOneComesAtATime() throws IOException {
        JsonNode upload = open(ingest, PNG);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            OutputStream out = socket.getOutputStream();
            out.write("PUT %s HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n"
                    .formatted(path(address(upload)), PNG.length)
                    .getBytes(ISO_8859_1));
            out.write(PNG, 0, 20);
            out.flush();
            await().untilAsserted(() -> assertThat(aside()).hasSize(1));

            assertThat(problem(ingest.sendPhoto(address(upload), TYPE, PNG))).isEqualTo("upload-under-way");
        }
        await().untilAsserted(() -> assertThat(aside()).isEmpty());
        assertThat(store().get(incoming(upload))).isEmpty();
        await().untilAsserted(() -> assertThat(
                        ingest.sendPhoto(address(upload), TYPE, PNG).status())
                .isEqualTo(204));
    }

    @Test
    void ofTasksThatComeTogetherOneGetsThePhoto() throws Exception {
        JsonNode upload = sent(ingest, another());
        List<Answer> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> asking = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() -> ingest.post(task(upload, "ink " + i))))
                    .toList();
            for (Future<Answer> each : asking) {
                answers.add(each.get());
            }
        }

        assertThat(answers).filteredOn(answer -> answer.status() == 202).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 202)
                .allSatisfy(answer -> assertThat(problem(answer)).isEqualTo("upload-unusable"));
    }

    @Test
    void requestsThatComeTogetherUnderOneKeyGetOneTask() throws Exception {
        JsonNode upload = sent(ingest, another());
        String key = UUID.randomUUID().toString();
        Set<TaskId> tasks = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> asking = IntStream.range(0, 8)
                    .mapToObj(_ -> threads.submit(() -> ingest.post(task(upload, "ink"), key)))
                    .toList();
            for (Future<Answer> each : asking) {
                tasks.add(taskOf(each.get()));
            }
        }

        assertThat(tasks).hasSize(1);
    }

    @Test
    void aPhotoThatComesWhenATaskHasOneIsNotKept() throws IOException {
        JsonNode upload = sent(ingest, PNG);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "PUT %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n"
                            .formatted(path(address(upload)), PNG.length)
                            .getBytes(ISO_8859_1));
            out.write(PNG, 0, 20);
            out.flush();
            await().untilAsserted(() -> assertThat(aside()).hasSize(1));
            taskOf(ingest.post(task(upload, "late " + id(upload))));

            out.write(PNG, 20, PNG.length - 20);
            out.flush();

            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 410");
        }
        assertThat(store().get(incoming(upload))).isEmpty();
    }

    @Test
    void aTenantHasABoundedNumberOfBytesPending() {
        TestingIngest tenant = ingest.as(Optional.of(ingest.newKey("pending", Scope.SUBMIT)));
        TestingIngest other = ingest.as(Optional.of(ingest.newKey("pending-2", Scope.SUBMIT)));
        // Each counts for 256 KB of the 16 MB, however small it is
        JsonNode first = sent(tenant, PNG);
        for (int i = 1; i < 64; i++) {
            assertThat(tenant.openUpload(body(PNG)).status()).isEqualTo(201);
        }

        Answer refused = tenant.openUpload(body(PNG));
        assertThat(problem(refused)).isEqualTo("too-many-pending-uploads");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(14 * 60, 20 * 60);
        assertThat(other.openUpload(body(PNG)).status()).isEqualTo(201);

        assertThat(tenant.post(task(first, "ink")).status()).isEqualTo(202);
        assertThat(tenant.openUpload(body(PNG)).status()).isEqualTo(201);
    }

    @Test
    void theQuotaIsCheckedBeforeAPhotoComesAndBeforeItIsRead() {
        TestingIngest one =
                ingest.as(Optional.of(ingest.newKey(new ApiKeys.Terms("quota", "one", Set.of(Scope.SUBMIT), 1, null))));
        JsonNode first = sent(one, PNG);
        JsonNode second = open(one, PNG);
        assertThat(one.post(task(first, "ink")).status()).isEqualTo(202);

        assertThat(problem(one.openUpload(body(PNG)))).isEqualTo("quota-exceeded");
        // That its photo is missing would be found when it is read
        assertThat(problem(one.post(task(second, "oil")))).isEqualTo("quota-exceeded");
    }

    @Test
    void eachTaskOfABatchMayHaveAnUpload() throws IOException {
        JsonNode good = sent(ingest, another());
        JsonNode empty = open(ingest, PNG);
        Answer batch = ingest.batch(
                "{\"tasks\":[%s,%s,{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"}]}"
                        .formatted(task(good, "ink"), task(empty, "ink")),
                UUID.randomUUID().toString());

        assertThat(batch.json()
                        .get("results")
                        .valueStream()
                        .map(result -> result.get("status").asInt()))
                .containsExactly(202, 422, 202);
        assertThat(batch.json().at("/results/1/problem/detail").asString()).contains("no photo yet");
        assertThat(store().get(incoming(good))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                  | invalid-request | media_type",
                "{\"media_type\":\"text/html\",\"length\":5}                           | invalid-request | media_type",
                "{\"media_type\":\"image/png\\u000d\\u000ax: y\",\"length\":5}         | invalid-request | media_type",
                "{\"media_type\":\"image/png\"}                                       | invalid-request | length",
                "{\"media_type\":\"image/png\",\"length\":0}                           | invalid-request | length",
                "{\"media_type\":\"image/png\",\"length\":1.5}                         | invalid-request | length",
                "{\"media_type\":\"image/png\",\"length\":\"5\"}                       | invalid-request | length",
                "{\"media_type\":\"image/png\",\"length\":1e999999}                    | invalid-request | length",
                "{\"media_type\":\"image/png\",\"length\":20971521}                    | photo-too-large | length",
                "{\"media_type\":\"image/png\",\"length\":99999999999999999999}        | photo-too-large | length",
                "{\"media_type\":\"image/png\",\"length\":5,\"sha256\":\"abc\"}         | invalid-request | sha256",
                "{\"media_type\":\"image/png\",\"length\":5,\"name\":\"cat\"}           | invalid-request | name",
            })
    void whatCannotBeAPhotoIsRefusedBeforeItComes(String body, String problem, String field) {
        Answer refused = ingest.openUpload(body);
        assertThat(problem(refused)).isEqualTo(problem);
        assertThat(refused.json().get("detail").asString()).contains(field);
    }

    @Test
    void anUploadIsNoFieldOfAFormAndStandsForOnePhotoOnly() {
        JsonNode upload = sent(ingest, PNG);
        assertThat(problem(ingest.upload(part("upload_id", id(upload)), part("style", "ink"))))
                .isEqualTo("invalid-request");
        assertThat(problem(ingest.post(
                        "{\"upload_id\":\"%s\",\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"}"
                                .formatted(id(upload)))))
                .isEqualTo("invalid-request");
    }

    @Test
    void aPageInABrowserMaySendThePhoto() {
        JsonNode upload = open(ingest, PNG);
        String asked = ingest.raw("""
                OPTIONS %s HTTP/1.1\r
                Host: x\r
                Origin: https://shop.example\r
                Access-Control-Request-Method: PUT\r
                Access-Control-Request-Headers: content-type\r
                Connection: close\r
                \r
                """.formatted(path(address(upload))).getBytes(ISO_8859_1));
        assertThat(asked)
                .startsWith("HTTP/1.1 204")
                .containsIgnoringCase("Access-Control-Allow-Origin: https://shop.example");
        String head = "PUT %s HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Type: image/png\r\n"
                        .formatted(path(address(upload)))
                + "Content-Length: %d\r\nConnection: close\r\n\r\n".formatted(PNG.length);
        String answer = ingest.raw((head + new String(PNG, ISO_8859_1)).getBytes(ISO_8859_1));
        assertThat(answer)
                .startsWith("HTTP/1.1 204")
                .containsIgnoringCase("Access-Control-Allow-Origin: https://shop.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/tasks   | {\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"not acceptable\"}",
                "/v1/batches | {\"tasks\":[{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"not acceptable\"}]}",
                "/v1/uploads | {\"media_type\":\"image/png\",\"length\":5}",
            })
    void nothingIsDoneForAClientThatDoesNotTakeTheAnswer(String path, String body) {
        long before = rows();
        for (String accept : List.of("image/avif", "text/html, image/*;q=0.8", "text/csv")) {
            assertThat(ingest.postAccepting(path, accept, body).status())
                    .as(accept)
                    .isEqualTo(406);
        }
        assertThat(rows()).isEqualTo(before);
        assertThat(ingest.postAccepting(path, "image/avif, application/*;q=0.1", body)
                        .status())
                .isBetween(201, 207);
    }

    private static long rows() {
        return ingest.bean(TaskDatabase.class)
                .with(handle -> handle.createQuery(
                                "select (select count(*) from task) + (select count(*) from batch) + (select count(*) from upload)")
                        .mapTo(Long.class)
                        .one());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                              | the body must be a JSON object: the fields are media_type, length, sha256",
                "5                                               | the body must be a JSON object: the fields are media_type, length, sha256",
                "{}                                              | media_type is missing",
                "{\"media_type\":null,\"length\":5}               | media_type is missing",
                "{\"media_type\":\"image/png\"}                   | length is missing",
                "{\"media_type\":\"image/png\",\"length\":null}   | length is missing",
                "{\"media_type\":\"image/png\",\"length\":\"5\"}  | length is not the number of bytes",
                "{\"media_type\":\"image/svg+xml\",\"length\":5}  | media_type is of no photo that is taken",
                "{\"media_type\":\"image/*\",\"length\":5}        | media_type is of no photo that is taken",
                "{\"media_type\":\"text/html\",\"length\":5}      | media_type is of no photo that is taken",
                "{\"media_type\":[],\"length\":5}                 | media_type must be a string",
            })
    void saysWhatIsWrongWithARequestForAnUpload(String body, String detail) {
        Answer refused = ingest.openUpload(body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("detail").asString()).contains(detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IMAGE/PNG", "Image/Png", "image/x-PNG"})
    void theCaseOfAMediaTypeDoesNotMatter(String type) {
        JsonNode upload = ingest.openUpload("{\"media_type\":\"%s\",\"length\":%d}".formatted(type, PNG.length))
                .json();
        assertThat(upload.get("headers").get("Content-Type").asString()).isEqualTo(type.toLowerCase(Locale.ROOT));
        assertThat(ingest.sendPhoto(address(upload), type, PNG).status()).isEqualTo(204);
    }

    @Test
    void anUploadIsNoPictureThatAnybodyCanFetch() {
        JsonNode upload = sent(ingest, PNG);
        String query = address(upload).getRawQuery();
        assertThat(ingest.get("/v1/images/incoming/" + id(upload) + "?" + query).status())
                .isEqualTo(404);
        assertThat(ingest.bean(DirectUploads.class)
                        .find(UploadId.parse(id(upload)).orElseThrow()))
                .isPresent();
    }

    private static ManagedImageStore store() {
        return ingest.bean(ManagedImageStore.class);
    }

    /** Files that are just being written. */
    private static List<Path> aside() throws IOException {
        try (Stream<Path> files = Files.list(images.resolve(".incoming"))) {
            return files.toList();
        }
    }

    /** A photo that no other test has. */
    private static byte[] another() throws IOException {
        return TestingPngs.png(16 + PHOTOS.incrementAndGet(), 16);
    }

    private static String body(byte[] photo) {
        return "{\"media_type\":\"%s\",\"length\":%d}".formatted(TYPE, photo.length);
    }

    private static JsonNode open(TestingIngest client, byte[] photo) {
        Answer opened = client.openUpload(body(photo));
        assertThat(opened.status())
                .as("%s", new String(opened.body(), ISO_8859_1))
                .isEqualTo(201);
        return opened.json();
    }

    private static JsonNode sent(TestingIngest client, byte[] photo) {
        JsonNode upload = open(client, photo);
        assertThat(client.sendPhoto(address(upload), TYPE, photo).status()).isEqualTo(204);
        return upload;
    }

    private static String id(JsonNode upload) {
        return upload.get("upload_id").asString();
    }

    private static URI address(JsonNode upload) {
        return URI.create(upload.get("url").asString());
    }

    private static String path(URI address) {
        return address.getRawPath() + "?" + address.getRawQuery();
    }

    private static ImageKey incoming(JsonNode upload) {
        return ImageKey.incoming(UUID.fromString(id(upload)));
    }

    private static String task(JsonNode upload, String style) {
        return "{\"upload_id\":\"%s\",\"style\":\"%s\"}".formatted(id(upload), style);
    }

    private static TaskId taskOf(Answer answer) {
        assertThat(answer.status())
                .as("%s", new String(answer.body(), ISO_8859_1))
                .isEqualTo(202);
        return TaskId.parse(answer.json().get("task_id").asString());
    }

    private static String problem(Answer answer) {
        return answer.json().get("type").asString().replaceFirst("^urn:pawline:problem:", "");
    }

    private static String detail(String task) {
        Answer refused = ingest.post(task);
        assertThat(problem(refused)).isEqualTo("upload-unusable");
        return refused.json().get("detail").asString();
    }
}
