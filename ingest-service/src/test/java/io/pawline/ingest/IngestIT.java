package io.pawline.ingest;

import static io.pawline.ingest.TestingIngest.file;
import static io.pawline.ingest.TestingIngest.part;
import static io.pawline.ingest.TestingPngs.PNG;
import static io.pawline.ingest.TestingPngs.pngClaiming;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.pawline.images.ImageAddress;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.StoredImage;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskImages;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.testkit.MutatedPhotos;
import io.pawline.testkit.PhotoSamples;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class IngestIT {

    private static final String VALID = "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"watercolour\"}";

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
                "--pawline.ingest.default-callback-url=https://shop.example/default",
                "--pawline.ingest.collapse-window=0s",
                "--pawline.photo.max-size=100KB");
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @Test
    void acceptsATaskAndSaysWhereToFollowIt() {
        Answer answer = ingest.post("""
                {"image_url": "https://photos.example/cat.jpg?size=large", "style": "  ink 水墨 🐈 ",
                 "callback_url": "https://shop.example/callback"}""");
        assertThat(answer.status()).isEqualTo(202);
        String id = answer.json().get("task_id").asString();
        String url = "http://127.0.0.1:" + ingest.port() + "/v1/tasks/" + id;
        assertThat(answer.json().get("status_url").asString()).isEqualTo(url);
        assertThat(answer.header("location")).isEqualTo(url);
        Task task = task(id);
        assertThat(task.submission().style()).isEqualTo("ink 水墨 🐈");
        assertThat(task.submission().photo())
                .isEqualTo(new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg?size=large")));
        assertThat(task.submission().callbackUrl()).contains(URI.create("https://shop.example/callback"));
        assertThat(Duration.between(
                        task.submission().submittedAt(), task.submission().deadline()))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void takesTheDefaultCallbackAndTheDeadlineGiven() {
        Instant deadline = Instant.now().plus(Duration.ofMinutes(20)).truncatedTo(ChronoUnit.SECONDS);
        Answer answer =
                ingest.post("{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\",\"deadline\":\"%s\"}"
                        .formatted(deadline.toString().replace("Z", "+00:00")));
        Task task = task(answer.json().get("task_id").asString());
        assertThat(task.submission().deadline()).isEqualTo(deadline);
        assertThat(task.submission().callbackUrl()).contains(URI.create("https://shop.example/default"));
    }

    @Test
    void givesBackWhatTheFrontEndAdds() {
        String metadata = "{\"b\":[1,2.50,1E+400,null,\"\\u0000 \\\"\"],\"a\":{\"deep\":12345678901234567890}}";
        Answer answer = ingest.post(
                with("\"priority\":\"bulk\",\"client_ref\":\"order 水\",\"ttl\":\"5m\",\"metadata\":" + metadata));
        String id = answer.json().get("task_id").asString();
        Task task = task(id);
        assertThat(task.submission().priority()).isEqualTo(Priority.BULK);
        assertThat(task.submission().clientRef()).contains("order 水");
        assertThat(task.submission().metadata()).contains(metadata);
        assertThat(Duration.between(
                        task.submission().submittedAt(), task.submission().deadline()))
                .isEqualTo(Duration.ofMinutes(5));
        JsonNode shown = status(id);
        assertThat(shown.get("priority").asString()).isEqualTo("bulk");
        assertThat(shown.get("client_ref").asString()).isEqualTo("order 水");
        assertThat(new String(ingest.get("/v1/tasks/" + id).body(), UTF_8)).contains("\"metadata\":" + metadata);
    }

    @Test
    void takesTheSameFieldsInAForm() {
        Answer answer = ingest.upload(
                file("image", PNG),
                part("style", "oil"),
                part("priority", "interactive"),
                part("client_ref", "order-1"),
                part("ttl", "90s"),
                part("metadata", "{\"a\": 1}"));
        Task task = task(answer.json().get("task_id").asString());
        assertThat(task.submission().clientRef()).contains("order-1");
        assertThat(task.submission().metadata()).contains("{\"a\":1}");
        assertProblem(
                ingest.upload(file("image", PNG), part("style", "oil"), part("metadata", "{")),
                400,
                "invalid-request",
                "metadata is no well-formed JSON");
    }

    @Test
    void keepsAnUploadedPhoto() {
        Answer answer = ingest.upload(file("image", PNG), part("style", "oil"));
        assertThat(answer.status()).isEqualTo(202);
        String id = answer.json().get("task_id").asString();
        assertThat(task(id).submission().photo()).isEqualTo(new PhotoSource.Stored(id + "/photo"));
        assertThat(ingest.bean(ImageStore.class).get(ImageKey.photo(TaskId.parse(id))))
                .hasValueSatisfying(TestingPngs::assertIsPlainJpeg);
        assertProblem(ingest.get("/v1/images/" + id + "/photo"), 404, "image-not-found", "");
    }

    /** What a phone writes into a photo is not kept, and which way is up is. */
    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp", "tiff"})
    void keepsAPhotoUprightAndWithoutItsMetadata(String format) throws IOException {
        BufferedImage scene = PhotoSamples.scene(
                120, 80, format.equals("gif") ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_INT_RGB);
        byte[] photo = format.equals("jpeg")
                ? PhotoSamples.withMetadata(PhotoSamples.jpeg(PhotoSamples.stored(scene, 6), 0.9f, false), 6)
                : PhotoSamples.packed(scene, format);

        Answer answer = ingest.upload(file("image", photo), part("style", "oil"));

        assertThat(answer.status()).isEqualTo(202);
        TaskId id = TaskId.parse(answer.json().get("task_id").asString());
        byte[] stored = ingest.bean(ImageStore.class).get(ImageKey.photo(id)).orElseThrow();
        TestingPngs.assertIsPlainJpeg(stored);
        BufferedImage seen = ImageIO.read(new ByteArrayInputStream(stored));
        assertThat(seen.getWidth()).isEqualTo(120);
        assertThat(seen.getHeight()).isEqualTo(80);
        assertThat(seen.getRGB(20, 20) >> 16 & 255).as("the upper left is red").isGreaterThan(200);

        assertProblem(
                ingest.upload(file("image", Arrays.copyOf(photo, photo.length * 2 / 3)), part("style", "oil")),
                422,
                "photo-not-an-image",
                "");
    }

    /** A photo that was changed on its way becomes a task or is refused, and no decoder's failure is the server's. */
    @ParameterizedTest
    @EnumSource(names = {"JPEG", "PNG", "GIF", "BMP", "TIFF"})
    void takesOrRefusesAChangedPhoto(MutatedPhotos.Kind kind) throws Exception {
        List<byte[]> photos = kind.seeds();
        for (int seed = 0; seed < 40; seed++) {
            byte[] photo = MutatedPhotos.mutated(photos, seed);
            assertThat(ingest.upload(file("image", photo), part("style", "changed " + kind + seed))
                            .status())
                    .as("seed %d", seed)
                    .isIn(202, 413, 422);
        }
    }

    @Test
    void servesAPictureUntilItsAddressExpires() {
        ImageKey key = ImageKey.result(TaskId.next(), 1);
        ingest.bean(ImageStore.class).put(key, PNG, "image/png");
        Answer picture = ingest.get(ingest.pathOf(key));
        assertThat(picture.status()).isEqualTo(200);
        assertThat(picture.body()).isEqualTo(PNG);
        assertThat(picture.header("content-type")).isEqualTo("image/png");
        assertThat(picture.header("cache-control")).contains("immutable");
        int maxAge = Integer.parseInt(picture.header("cache-control").replaceAll(".*max-age=([0-9]+).*", "$1"));
        assertThat(maxAge).isBetween(24 * 3600 - 60, 25 * 3600);
        assertThat(picture.header("x-content-type-options")).isEqualTo("nosniff");
    }

    @Test
    void showsAnOpenTaskWithItsNewestStage() {
        String id = ingest.post(VALID).json().get("task_id").asString();
        assertThat(status(id).get("state").asString()).isEqualTo("processing");
        assertThat(status(id).get("stage").asString()).isEqualTo("detect");
        TaskId taskId = TaskId.parse(id);
        ingest.bean(ProgressDao.class)
                .add(List.of(
                        new StageReached(taskId, 1, Stage.MATTING, Instant.now()),
                        new StageReached(taskId, 1, Stage.GENERATE, Instant.now())));
        assertThat(status(id).get("stage").asString()).isEqualTo("matting");
        assertThat(status(id.toUpperCase(Locale.ROOT)).get("task_id").asString())
                .isEqualTo(id);
    }

    @Test
    void cancelsATaskWhileTheStagesCannotBeNotified() {
        String id = ingest.post(VALID).json().get("task_id").asString();
        Answer cancelled = ingest.call("POST", "/v1/tasks/" + id + "/cancel");
        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.json().get("state").asString()).isEqualTo("cancelled");
        assertThat(cancelled.json().get("reason").asString()).isEqualTo("cancelled");
        assertThat(status(id).get("state").asString()).isEqualTo("cancelled");
        assertThat(ingest.call("POST", "/v1/tasks/" + id + "/cancel").body()).isEqualTo(cancelled.body());
    }

    @Test
    void cancelsNoTaskThatHasEnded() {
        String id = ingest.post(VALID).json().get("task_id").asString();
        close(id, new FinalState.Failure(Instant.now(), TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null));
        assertProblem(ingest.call("POST", "/v1/tasks/" + id + "/cancel"), 409, "task-finished", "ended as failed");
        assertThat(status(id).get("state").asString()).isEqualTo("failed");
    }

    @Test
    void showsASuccessWithItsPictures() {
        String id = ingest.post(VALID).json().get("task_id").asString();
        Instant now = Instant.parse("2026-11-23T10:15:30.123Z");
        close(
                id,
                new FinalState.Success(
                        now,
                        new TaskImages(
                                new StoredImage(id + "/1/result.png", 1024, 768),
                                List.of(
                                        new StoredImage(id + "/1/thumbnail-512.png", 512, 384),
                                        new StoredImage(id + "/1/thumbnail-128.png", 128, 96)))));
        ingest.bean(TaskDao.class).markDelivered(TaskId.parse(id), 1, now.plusSeconds(1));
        JsonNode task = status(id);
        assertThat(task.get("state").asString()).isEqualTo("success");
        assertThat(task.get("ended_at").asString()).isEqualTo("2026-11-23T10:15:30.123Z");
        assertThat(task.get("delivery").asString()).isEqualTo("delivered");
        assertThat(task.get("delivered_at").asString()).isEqualTo("2026-11-23T10:15:31.123Z");
        ImageStore images = ingest.bean(ImageStore.class);
        ImageAddress result = images.addressOf(new ImageKey(id + "/1/result.png"));
        assertThat(task.get("result").toString()).isEqualTo("""
                {"image_url":"%1$s","thumbnail_url":"%2$s","width":1024,"height":768,\
                "thumbnails":[{"url":"%2$s","width":512,"height":384},\
                {"url":"%3$s","width":128,"height":96}],"expires_at":"%4$s"}""".formatted(
                        result.url(),
                        images.urlOf(new ImageKey(id + "/1/thumbnail-512.png")),
                        images.urlOf(new ImageKey(id + "/1/thumbnail-128.png")),
                        result.expiresAt()));
        assertThat(task.has("stage")).isFalse();
        assertThat(task.has("reason")).isFalse();
    }

    @Test
    void showsAFailureWithItsReason() {
        String id = ingest.post(VALID).json().get("task_id").asString();
        close(id, new FinalState.Failure(Instant.now(), TaskState.FAILED, Reason.NO_PET, Stage.DETECT, "It is a car."));
        JsonNode task = status(id);
        assertThat(task.get("state").asString()).isEqualTo("failed");
        assertThat(task.get("stage").asString()).isEqualTo("detect");
        assertThat(task.get("reason").asString()).isEqualTo("no_pet");
        assertThat(task.get("message").asString())
                .as("the words of a provider are for operators")
                .isEqualTo("The vision model saw no pet in the photo.");
        assertThat(task.has("result")).isFalse();
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                arguments("", "JSON"),
                arguments("{", "line 1"),
                arguments("null", "JSON object"),
                arguments("[]", "JSON object"),
                arguments("\"text\"", "JSON object"),
                arguments(VALID + VALID, "JSON"),
                arguments("{\"style\":\"ink\",\"style\":\"oil\"}", "JSON"),
                arguments("{\"stile\":\"ink\"}", "\"stile\""),
                arguments("{\"image\":\"aGVsbG8=\",\"style\":\"ink\"}", "\"image\""),
                arguments("{\"style\":5}", "style must be a string"),
                arguments("{\"style\":true}", "style must be a string"),
                arguments("{\"image_url\":{\"a\":1},\"style\":\"ink\"}", "image_url must be a string"),
                arguments("[".repeat(5000), "JSON"),
                arguments("{\"image_url\":\"https://photos.example/cat.jpg\"}", "style is missing"),
                arguments("{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\" \"}", "style is missing"),
                arguments(style("x".repeat(501)), "style has more than 500"),
                arguments(style("a\\nb"), "style has a control character"),
                arguments(style("a\\u0000b"), "style has a control character"),
                arguments(style("a\\ud800b"), "style has a control character"),
                arguments("{\"style\":\"ink\"}", "image_url is missing"),
                arguments(photo("cat.jpg"), "image_url is no absolute http"),
                arguments(photo("ftp://photos.example/cat.jpg"), "image_url is no absolute http"),
                arguments(photo("file:///etc/passwd"), "image_url is no absolute http"),
                arguments(photo("http:///cat.jpg"), "image_url is no absolute http"),
                arguments(photo("http:photos.example/cat.jpg"), "image_url is no absolute http"),
                arguments(photo("https://photos example/cat.jpg"), "image_url is no absolute http"),
                arguments(photo("https://photos.example/a\\ncat.jpg"), "image_url is no absolute http"),
                arguments(photo("https://photos.example/\\ud800"), "image_url is no absolute http"),
                arguments(photo("https://photos.example/" + "x".repeat(2048)), "image_url has more than 2048"),
                arguments(
                        photo("https://photos.example/" + "猫".repeat(300)),
                        "2048 characters when it is percent-encoded"),
                arguments(callback("nowhere"), "callback_url is no absolute http"),
                arguments(deadline("tomorrow"), "deadline is no RFC 3339 time"),
                arguments(deadline("2030-01-01T00:00:00"), "deadline is no RFC 3339 time"),
                arguments(deadline("2020-01-01T00:00:00Z"), "deadline has passed"),
                arguments(deadline("+999999999-12-31T23:59:59Z"), "deadline is too far ahead"),
                arguments(with("\"ttl\":\"soon\""), "ttl is no span of time"),
                arguments(with("\"ttl\":\"-5s\""), "ttl is no span of time"),
                arguments(with("\"ttl\":60"), "ttl must be a string"),
                arguments(with("\"ttl\":\"0s\""), "ttl has passed"),
                arguments(with("\"ttl\":\"25h\""), "ttl is too far ahead"),
                arguments(with("\"ttl\":\"999999999h\""), "ttl is too far ahead"),
                arguments(
                        with("\"ttl\":\"5m\",\"deadline\":\"2030-01-01T00:00:00Z\""),
                        "ttl and deadline are both given"),
                arguments(with("\"priority\":\"urgent\""), "priority is neither interactive nor bulk"),
                arguments(with("\"client_ref\":\"\""), "client_ref has no characters"),
                arguments(with("\"client_ref\":\"" + "x".repeat(201) + "\""), "client_ref has no characters, or more"),
                arguments(with("\"client_ref\":\"a\\nb\""), "client_ref has a control character"),
                arguments(with("\"metadata\":\"text\""), "metadata must be a JSON object"),
                arguments(with("\"metadata\":[1]"), "metadata must be a JSON object"),
                arguments(with("\"metadata\":{\"a\":1,\"a\":2}"), "JSON"),
                arguments(with("\"metadata\":{\"a\":NaN}"), "JSON"),
                arguments(with("\"metadata\":{\"a\":\"\\ud800\"}"), "metadata has half a surrogate pair"),
                arguments(
                        with("\"metadata\":{\"a\":\"" + "x".repeat(4100) + "\"}"), "metadata has more than 4096 bytes"),
                arguments(
                        with("\"metadata\":{\"a\":" + "[".repeat(8) + "]".repeat(8) + "}"),
                        "metadata is nested more than 8"),
                arguments(with("\"tenant\":\"other\""), "\"tenant\""));
    }

    private static String style(String style) {
        return "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"" + style + "\"}";
    }

    private static String photo(String url) {
        return "{\"image_url\":\"" + url + "\",\"style\":\"ink\"}";
    }

    private static String callback(String url) {
        return VALID.replace("}", ",\"callback_url\":\"" + url + "\"}");
    }

    private static String with(String field) {
        return VALID.replace("}", "," + field + "}");
    }

    private static String deadline(String deadline) {
        return VALID.replace("}", ",\"deadline\":\"" + deadline + "\"}");
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void refusesABadBodyAndKeepsNothing(String body, String detail) {
        long before = rows();
        assertProblem(ingest.post(body), 400, "invalid-request", detail);
        assertThat(rows()).isEqualTo(before);
    }

    static Stream<String> insideAddresses() {
        return Stream.of(
                "http://127.0.0.1/cat.jpg",
                "http://10.0.0.7/cat.jpg",
                "http://169.254.169.254/latest/meta-data",
                "http://[::1]/cat.jpg",
                "http://[::ffff:192.168.0.1]/cat.jpg",
                "http://2130706433/",
                "https://user:secret@photos.example/cat.jpg");
    }

    @ParameterizedTest
    @MethodSource("insideAddresses")
    void refusesAnAddressThatIsNotPublic(String url) {
        assertProblem(ingest.post(photo(url)), 422, "address-refused", "image_url is refused");
        assertProblem(ingest.post(callback(url)), 422, "address-refused", "callback_url is refused");
    }

    static Stream<Arguments> badForms() {
        return Stream.of(
                arguments(400, "invalid-request", "style is missing", List.of(file("image", PNG))),
                arguments(400, "invalid-request", "image_url is missing", List.of(part("style", "ink"))),
                arguments(
                        400,
                        "invalid-request",
                        "image_url and image are both given",
                        List.of(file("image", PNG), part("style", "ink"), part("image_url", "https://a.example/"))),
                arguments(
                        400, "invalid-request", "no part \"photo\"", List.of(file("photo", PNG), part("style", "ink"))),
                arguments(
                        400,
                        "invalid-request",
                        "no part \"tenant\"",
                        List.of(file("image", PNG), part("style", "ink"), part("tenant", "other"))),
                arguments(
                        400,
                        "invalid-request",
                        "style is given more than once",
                        List.of(file("image", PNG), part("style", "ink"), part("style", "oil"))),
                arguments(
                        400,
                        "invalid-request",
                        "image is given more than once",
                        List.of(file("image", PNG), file("image", PNG), part("style", "ink"))),
                arguments(
                        422,
                        "photo-not-an-image",
                        "image is no JPEG, PNG, WebP",
                        List.of(file("image", "<html>".getBytes(UTF_8)), part("style", "ink"))),
                arguments(
                        422,
                        "photo-not-an-image",
                        "image is no JPEG, PNG, WebP",
                        List.of(file("image", new byte[0]), part("style", "ink"))),
                arguments(
                        413,
                        "photo-too-large",
                        "image has 30000 x 30000 pixels",
                        List.of(file("image", pngClaiming(30_000, 30_000)), part("style", "ink"))),
                arguments(
                        413, "request-too-large", "", List.of(file("image", new byte[150_000]), part("style", "ink"))),
                arguments(
                        413,
                        "request-too-large",
                        "",
                        List.of(file("image", new byte[8_000_000]), part("style", "ink"))));
    }

    @ParameterizedTest
    @MethodSource("badForms")
    void refusesABadFormAndKeepsNothing(int status, String type, String detail, List<byte[]> parts) throws IOException {
        long before = rows();
        long files = files();
        assertProblem(ingest.upload(parts.toArray(byte[][]::new)), status, type, detail);
        assertThat(rows()).isEqualTo(before);
        assertThat(files()).isEqualTo(files);
    }

    @Test
    void refusesABrokenForm() {
        assertProblem(ingest.post("multipart/form-data", PNG), 400, "invalid-request", "multipart");
        assertProblem(
                ingest.post("multipart/form-data; boundary=x", "--x\r\nContent-Dis".getBytes(UTF_8)),
                400,
                "invalid-request",
                "multipart");
        assertProblem(
                ingest.upload(
                        Stream.generate(() -> part("style", "ink")).limit(40).toArray(byte[][]::new)),
                400,
                "invalid-request",
                "style is given more than once");
    }

    @Test
    void refusesAnOversizedBody() {
        assertProblem(ingest.post(style("x".repeat(100_000))), 413, "request-too-large", "65536 bytes");
        assertProblem(ingest.post(style("x".repeat(5_000_000))), 413, "request-too-large", "65536 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/tasks/none,                                 400, invalid-request",
        "GET,    /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f, 404, task-not-found",
        "GET,    /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5exx, 400, invalid-request",
        "PUT,    /v1/tasks,                                      405, method-not-allowed",
        "GET,    /v1/tasks?state=done,                           400, invalid-request",
        "GET,    /v1/tasks?reason=none,                          400, invalid-request",
        "GET,    /v1/tasks?from=yesterday,                       400, invalid-request",
        "GET,    /v1/tasks?to=%2B999999999-12-31T23:59:59Z,      400, invalid-request",
        "GET,    /v1/tasks?limit=0,                              400, invalid-request",
        "GET,    /v1/tasks?limit=101,                            400, invalid-request",
        "GET,    /v1/tasks?cursor=abc,                           400, invalid-request",
        "GET,    /v1/tasks?cursor=MTp4,                          400, invalid-request",
        "GET,    /v1/tasks?client_ref=%00,                       400, invalid-request",
        "GET,    /v1/tasks?tenant=other,                         400, invalid-request",
        "GET,    /v1/tasks?limit=1&limit=2,                      400, invalid-request",
        "POST,   /v1/tasks/batch,                                415, unsupported-media-type",
        "POST,   /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f/cancel, 404, task-not-found",
        "POST,   /v1/tasks/none/cancel,                          400, invalid-request",
        "GET,    /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f/cancel, 405, method-not-allowed",
        "DELETE, /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f, 404, task-not-found",
        "PATCH,  /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f, 405, method-not-allowed",
        "POST,   /v1/tasks,                                      415, unsupported-media-type",
        "GET,    /v1/elsewhere,                                  404, not-found",
        "GET,    /,                                              404, not-found",
        "GET,    /error,                                         404, not-found",
        "GET,    /v1/images/none/photo,                          404, image-not-found",
        "GET,    /v1/images/,                                    404, image-not-found",
        "GET,    /v1/images/.incoming/x,                         404, image-not-found",
        "GET,    /v1/images/UPPER,                               404, image-not-found",
        "GET,    /v1/images/%2e%2e/%2e%2e/etc/passwd,            404, image-not-found",
        "GET,    /v1/images/a%2Fb,                               400, invalid-request",
        "GET,    /v1/tasks/%00,                                  400, invalid-request",
    })
    void answersWithAProblemWhateverIsAskedFor(String method, String path, int status, String type) {
        assertProblem(ingest.call(method, path), status, type, "");
    }

    @Test
    void refusesOtherMediaTypes() {
        assertProblem(ingest.post("text/plain", VALID.getBytes(UTF_8)), 415, "unsupported-media-type", "");
        assertProblem(
                ingest.post("application/x-www-form-urlencoded", "style=ink".getBytes(UTF_8)),
                415,
                "unsupported-media-type",
                "");
        assertProblem(ingest.post("not a media type", VALID.getBytes(UTF_8)), 415, "unsupported-media-type", "");
    }

    @Test
    void answersAMalformedRequestLineWithAProblem() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            out.write("GET /v1/tasks/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
            String answer = new String(in.readAllBytes(), UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json", "invalid-request");
        }
    }

    /** Requests that the container refuses by itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "GET / HTTP/9.9",
                "GET /%2F HTTP/1.1",
                "GET /WEB-INF/web.xml HTTP/1.1",
                "GET / HTTP/1.1\r\nHost: a b",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: y",
                "GET / HTTP/1.1\r\nNo colon",
                "TRACE / HTTP/1.1",
                "POST /v1/tasks HTTP/1.1\r\nContent-Length: many",
                "POST /v1/tasks HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
                "LONG_ADDRESS",
                "LONG_HEADER",
            })
    void tellsNothingOfTheContainer(String request) throws IOException {
        String sent = request.replace("LONG_ADDRESS", "GET /" + "x".repeat(30_000) + " HTTP/1.1")
                .replace("LONG_HEADER", "GET / HTTP/1.1\r\nX: " + "x".repeat(30_000));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            out.write((sent + "\r\nHost: x\r\nConnection: close\r\n\r\n").getBytes(UTF_8));
            String answer = new String(in.readAllBytes(), UTF_8);
            assertThat(answer)
                    .containsPattern("^HTTP/1.1 [45]")
                    .contains("application/problem+json", "urn:pawline:problem:")
                    .doesNotContainIgnoringCase("<html", "jetty", "\r\nServer:", "exception");
        }
    }

    @Test
    void neverFailsOnRandomBodies() {
        Random random = new Random(7);
        long before = rows();
        for (int i = 0; i < 500; i++) {
            byte[] body = VALID.getBytes(UTF_8);
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            Answer answer = ingest.post("application/json", body);
            if (answer.status() == 202) {
                before++;
            } else {
                assertThat(answer.status()).isBetween(400, 499);
                assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
            }
        }
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void isReadyWithoutKafka() {
        assertThat(ingest.get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(ingest.get("/actuator/health").json().get("status").asString())
                .isEqualTo("UP");
    }

    @Test
    void keepsAcceptingWithoutKafka() {
        for (int i = 0; i < 20; i++) {
            assertThat(ingest.post(VALID).status()).isEqualTo(202);
        }
        long waiting = ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from task where relayed_at is null")
                        .mapTo(Long.class)
                        .one());
        assertThat(waiting).isEqualTo(rows());
    }

    @Test
    void saysAtOnceThatTheDatabaseIsLost() {
        TestingPostgres own = TestingPostgres.own();
        try (TestingIngest orphan = new TestingIngest(own, images)) {
            own.close();
            Answer answer = orphan.post(VALID);
            assertProblem(answer, 503, "database-unavailable", "send it again later");
            assertThat(answer.header("retry-after")).isEqualTo("5");
            assertProblem(orphan.get("/v1/tasks/" + TaskId.next()), 503, "database-unavailable", "");
            assertThat(orphan.get("/actuator/health").status()).isEqualTo(503);
            assertThat(orphan.get("/actuator/health/readiness").status()).isEqualTo(200);
        }
    }

    @Test
    void answersEveryRequestWhileTheDatabaseIsLost() {
        TestingPostgres own = TestingPostgres.own();
        try (TestingIngest orphan = new TestingIngest(own, images)) {
            own.close();
            // Many times more requests than connections, for longer than one of them waits
            List<CompletableFuture<Answer>> answers = IntStream.range(0, 300)
                    .mapToObj(i -> {
                        CompletableFuture<Answer> answer = new CompletableFuture<>();
                        Thread.ofVirtual()
                                .start(() -> answer.completeAsync(
                                        () -> i % 2 == 0 ? orphan.post(VALID) : orphan.get("/v1/tasks"),
                                        Runnable::run));
                        return answer;
                    })
                    .toList();
            assertThat(answers)
                    .allSatisfy(answer -> assertProblem(
                            answer.orTimeout(60, TimeUnit.SECONDS).join(), 503, "database-unavailable", ""));
        }
    }

    @Test
    void servesNoOtherBytesAsAnImage() {
        ingest.bean(ImageStore.class).put(new ImageKey("t/page"), "<html>".getBytes(UTF_8), "text/html");
        assertThat(ingest.get(ingest.pathOf(new ImageKey("t/page"))).header("content-type"))
                .isEqualTo("application/octet-stream");
    }

    private static void assertProblem(Answer answer, int status, String type, String detail) {
        assertThat(answer.status()).as(new String(answer.body(), UTF_8)).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.get("type").asString()).isEqualTo("urn:pawline:problem:" + type);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("title").asString()).isNotBlank();
        assertThat(problem.get("detail").asString()).contains(detail).doesNotContain("Exception", "io.pawline");
    }

    private static Task task(String id) {
        return ingest.bean(TaskDao.class).find(TaskId.parse(id)).orElseThrow();
    }

    private static JsonNode status(String id) {
        Answer answer = ingest.get("/v1/tasks/" + id);
        assertThat(answer.status()).isEqualTo(200);
        return answer.json();
    }

    private static void close(String id, FinalState finalState) {
        ingest.bean(TaskDao.class).close(TaskId.parse(id), 1, finalState);
    }

    private static long rows() {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from task")
                        .mapTo(Long.class)
                        .one());
    }

    private static long files() throws IOException {
        try (Stream<Path> all = Files.walk(images)) {
            return all.filter(Files::isRegularFile).count();
        }
    }
}
