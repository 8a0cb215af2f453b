package io.pawline.mattingmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.pawline.mattingmodel.work.Places;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.visual.VisualAnswer;
import io.pawline.outbound.visual.VisualClient;
import io.pawline.outbound.visual.VisualCredentials;
import io.pawline.outbound.visual.VisualSettings;
import io.pawline.schemas.Reason;
import io.pawline.testkit.MutatedPhotos;
import io.pawline.testkit.PhotoSamples;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service as it runs, with a small model that takes what is bright for the subject. */
class MattingModelServiceTest {

    private static final int MUTATIONS = 60;
    private static final int MOST_BYTES = 300_000;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static ConfigurableApplicationContext service;
    private static HttpServer pictures;
    private static byte[] served = new byte[0];

    @BeforeAll
    static void start() throws IOException {
        service = MattingModelApplication.application()
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--pawline.matting-model.path=" + TestingModels.brightnessIn(folder),
                        "--pawline.matting-model.workers=1",
                        "--pawline.matting-model.max-waiting=2",
                        "--pawline.matting-model.max-size=" + MOST_BYTES + "B",
                        "--pawline.outbound.allow=127.0.0.1");
        pictures = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pictures.createContext("/picture", exchange -> {
            exchange.sendResponseHeaders(200, served.length);
            exchange.getResponseBody().write(served);
            exchange.close();
        });
        pictures.createContext("/broken", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        pictures.start();
    }

    @AfterAll
    static void stop() {
        pictures.stop(0);
        service.close();
    }

    @Test
    void aPictureComesBackInItsSizeWithoutItsBackground() throws Exception {
        HttpResponse<byte[]> answer = cutOut(PhotoSamples.packed(disc(90, 60), "png"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
        assertIsDisc(answer.body());
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"HEIC", "AVIF", "WEBP"})
    void anyBytesAreACutOutOrAProblemOfTheClients(MutatedPhotos.Kind kind) throws Exception {
        List<byte[]> seeds = kind.seeds();
        int cutOuts = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            HttpResponse<byte[]> answer = cutOut(MutatedPhotos.mutated(seeds, seed));
            if (answer.statusCode() == 200) {
                cutOuts++;
                assertThat(ImageIO.read(new ByteArrayInputStream(answer.body())))
                        .as("seed %d", seed)
                        .isNotNull();
            } else {
                assertThat(answer.statusCode()).as("seed %d", seed).isIn(413, 422);
                assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            }
        }
        assertThat(cutOuts).as("pictures that survive").isPositive();
        assertNothingIsHeld();
    }

    @Test
    void bytesThatAreNoPictureAreAProblem() throws Exception {
        for (byte[] bytes : List.of(new byte[0], "<html>".getBytes(StandardCharsets.UTF_8), new byte[1000])) {
            HttpResponse<byte[]> answer = cutOut(bytes);
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(problem(answer)).isEqualTo("urn:pawline:problem:picture-not-an-image");
        }
    }

    @Test
    void aPictureThatIsTooLargeIsRefusedWithOrWithoutALength() throws Exception {
        byte[] large = new byte[MOST_BYTES + 1];
        HttpResponse<byte[]> withLength = cutOut(large);
        HttpResponse<byte[]> withoutLength = HTTP.send(
                request("/v1/cut-out")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                        .build(),
                BodyHandlers.ofByteArray());

        for (HttpResponse<byte[]> answer : List.of(withLength, withoutLength)) {
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(problem(answer)).isEqualTo("urn:pawline:problem:picture-too-large");
        }
        assertThat(withLength.headers().firstValue("Connection")).hasValue("close");
        assertNothingIsHeld();
    }

    @Test
    void aFullServiceRefusesWithTheTimeToComeBack() throws Exception {
        Places places = service.getBean(Places.class);
        List<Places.Place> others = new ArrayList<>();
        for (int picture = 0; picture < 3; picture++) {
            others.add(places.take());
        }
        HttpResponse<byte[]> full = cutOut(PhotoSamples.packed(disc(90, 60), "png"));
        others.forEach(Places.Place::close);
        HttpResponse<byte[]> later = cutOut(PhotoSamples.packed(disc(90, 60), "png"));

        assertThat(full.statusCode()).isEqualTo(429);
        assertThat(full.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(problem(full)).isEqualTo("urn:pawline:problem:too-many-pictures");
        assertThat(later.statusCode()).isEqualTo(200);
    }

    @Test
    void withoutMemoryAPictureIsRefusedForNow() throws Exception {
        Places places = service.getBean(Places.class);
        long all = (long) (0.6 * Runtime.getRuntime().maxMemory());
        HttpResponse<byte[]> answer;
        try (Places.Place other = places.take()) {
            other.hold(all - 1000);
            answer = cutOut(PhotoSamples.packed(disc(90, 60), "png"));
        }

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(problem(answer)).isEqualTo("urn:pawline:problem:no-memory-now");
        assertNothingIsHeld();
    }

    @Test
    void theClientOfTheVisualApiGetsACutOut() throws Exception {
        served = PhotoSamples.packed(disc(90, 60), "png");
        VisualAnswer answer = visual("/picture");

        assertThat(answer).isInstanceOfSatisfying(VisualAnswer.CutOut.class, cutOut -> assertIsDisc(cutOut.png()));
        assertNothingIsHeld();
    }

    @Test
    void theClientOfTheVisualApiUnderstandsEachFailure() throws Exception {
        served = "<html>".getBytes(StandardCharsets.UTF_8);
        assertThat(reason(visual("/picture"))).isEqualTo(Reason.INVALID_REQUEST);
        assertThat(reason(visual("/broken"))).isEqualTo(Reason.PROVIDER_ERROR);
        Places places = service.getBean(Places.class);
        List<Places.Place> others = List.of(places.take(), places.take(), places.take());
        assertThat(reason(visual("/picture"))).isEqualTo(Reason.OVERLOADED);
        others.forEach(Places.Place::close);
        assertNothingIsHeld();
    }

    @Test
    void whatIsNoRequestOfTheVisualApiIsRefusedInItsWords() throws Exception {
        for (String body : List.of("", "{", "[]", "{\"only_mask\":3}", "{\"only_mask\":3,\"image_urls\":[\"a b\"]}")) {
            HttpResponse<byte[]> answer = post("/?Action=CVProcess&Version=2022-08-31", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(json(answer).path("code").asInt(0)).as(body).isEqualTo(50_215);
        }
        HttpResponse<byte[]> other = post("/?Action=Other&Version=2022-08-31", "{}");
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(json(other).at("/ResponseMetadata/Error/CodeN").asInt(0)).isEqualTo(100_008);
    }

    @Test
    void itsHealthAndItsMetricsAreThereFromTheStart() throws Exception {
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/prometheus").body())
                .contains(
                        "pawline_matting_model_time_seconds_count",
                        "pawline_matting_model_pictures",
                        "pawline_matting_model_memory_bytes");
    }

    @Test
    void theStartWithoutAModelSaysWhatIsMissing() {
        assertThatThrownBy(() -> MattingModelApplication.application()
                        .run("--server.port=0", "--pawline.matting-model.path=" + folder.resolve("none.onnx")))
                .hasStackTraceContaining("pawline.matting-model.path names no file that can be read");
        assertThatThrownBy(() -> MattingModelApplication.application()
                        .run("--server.port=0", "--pawline.matting-model.memory-share=1.5"))
                .hasStackTraceContaining("pawline.matting-model.memory-share must be > 0 and < 1, was 1.5");
    }

    /** A bright disc on a dark ground. */
    private static BufferedImage disc(int width, int height) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(new Color(0x203040));
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(new Color(0xFFE0A0));
        graphics.fillOval(width / 2 - 20, height / 2 - 20, 40, 40);
        graphics.dispose();
        return picture;
    }

    private static void assertIsDisc(byte[] png) {
        BufferedImage cutOut;
        try {
            cutOut = Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(png)), "no PNG");
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
        assertThat(cutOut.getWidth()).isEqualTo(90);
        assertThat(cutOut.getHeight()).isEqualTo(60);
        assertThat(cutOut.getRGB(45, 30)).isEqualTo(0xFFFFE0A0);
        assertThat(cutOut.getRGB(2, 2) >>> 24).isZero();
        assertThat(cutOut.getRGB(80, 30) >>> 24).isZero();
    }

    private static void assertNothingIsHeld() {
        Places places = service.getBean(Places.class);
        assertThat(places.taken()).as("places").isZero();
        assertThat(places.heldBytes()).as("bytes").isZero();
    }

    private static VisualAnswer visual(String picture) throws InterruptedException {
        VisualSettings settings = new VisualSettings(
                HttpUrl.get(base().toString()),
                "cn-north-1",
                "cv",
                new VisualCredentials("access", "secret", Optional.empty()),
                new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20)),
                DataLimit.ofMegabytes(10),
                new VisualSettings.Model("saliency_seg", 3, 2, List.of(-1, -1, -1)));
        VisualClient client =
                new VisualClient(OutboundHttp.create(OutboundProperties.allowing()), settings, Clock.systemUTC());
        URI address = URI.create("http://127.0.0.1:" + pictures.getAddress().getPort() + picture);
        return client.cutOut(address, Instant.now().plusSeconds(30), BodyMemory.UNCOUNTED)
                .answer();
    }

    private static Reason reason(VisualAnswer answer) {
        return ((VisualAnswer.Failed) answer).reason();
    }

    private static HttpResponse<byte[]> cutOut(byte[] picture) throws IOException, InterruptedException {
        return HTTP.send(
                request("/v1/cut-out").POST(BodyPublishers.ofByteArray(picture)).build(), BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> post(String path, String body) throws IOException, InterruptedException {
        return HTTP.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(request(path).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base().resolve(path)).timeout(Duration.ofSeconds(30));
    }

    private static URI base() {
        return URI.create("http://127.0.0.1:"
                + Objects.requireNonNull(service.getEnvironment().getProperty("local.server.port")));
    }

    private static String problem(HttpResponse<byte[]> answer) {
        return json(answer).path("type").asString("");
    }

    private static JsonNode json(HttpResponse<byte[]> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
