package io.pawline.matting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.Billed;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.TaskContext;
import io.pawline.images.ImageKey;
import io.pawline.images.PaidImages;
import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.visual.PawlineMattingClient;
import io.pawline.outbound.visual.VisualClient;
import io.pawline.outbound.visual.VisualCredentials;
import io.pawline.outbound.visual.VisualSettings;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import io.pawline.testkit.TestingAttempts;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MattingHandlerTest {

    private static final PictureLabel LABEL = new PictureLabel(LabelProperties.DEFAULTS);

    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private static final String CUT_OUT = "{\"code\":10000,\"data\":{\"binary_data_base64\":[\"" + PNG + "\"]}}";

    private static final long BUDGET = 16 * 1024 * 1024;

    private final TaskId taskId = TaskId.next();
    private final TaskContext context = new TaskContext(
            taskId.toString(), "tenant", "as an oil painting", NOW, NOW.plusSeconds(600), null, 2, "interactive");
    private TestingAttempts calls = new TestingAttempts();
    private final TestingCutOutStore images = new TestingCutOutStore();
    private final List<Duration> pauses = new ArrayList<>();
    private final MemoryBudget memory = new MemoryBudget(BUDGET);
    private MockWebServer provider;

    @BeforeEach
    void startProvider() throws Exception {
        provider = new MockWebServer();
        provider.start();
    }

    @AfterEach
    void stopProvider() {
        assertThat(memory.freeBytes()).as("memory that was given back").isEqualTo(BUDGET);
        provider.close();
    }

    @Test
    void keepsTheCutOutAndPassesItsKeyOn() throws Exception {
        answer(200, CUT_OUT);

        ImageKey key = keyIn(handle(new ImageRef(null, "https://images.example/picture.jpg")));

        assertThat(key.value()).startsWith(taskId + "/2/cutout-");
        assertThat(images.get(key)).hasValue(LABEL.into(Base64.getDecoder().decode(PNG), context.getTenant(), taskId));
        assertThat(new String(images.get(key).orElseThrow(), StandardCharsets.ISO_8859_1))
                .contains("AIGC\0{\"Label\":\"1\"");
        assertThat(sentBody()).contains("\"image_urls\":[\"https://images.example/picture.jpg\"]");
        assertThat(calls.reports()).containsExactly(CallReport.succeeded(200, Optional.empty()));
    }

    /** A process that was given up and still runs must not change a result. */
    @Test
    void neverPutsACutOutInThePlaceOfAnother() throws Exception {
        answer(200, CUT_OUT);
        answer(200, CUT_OUT);

        ImageKey first = keyIn(handle(new ImageRef(null, "https://images.example/picture.jpg")));
        ImageKey second = keyIn(handle(new ImageRef(null, "https://images.example/picture.jpg")));

        assertThat(second).isNotEqualTo(first);
    }

    /** The key of the cut-out that is passed on. */
    private ImageKey keyIn(Outcome outcome) {
        Outcome.Next next = ((Outcome.Done) outcome).next().orElseThrow();
        ImageCutOut event = (ImageCutOut) next.event();
        assertThat(next.stage()).isEqualTo(Stage.FINALIZE);
        assertThat(event.getContext()).isEqualTo(context);
        return new ImageKey(event.getImage().getKey().orElseThrow());
    }

    @Test
    void namesThePictureOfTheStoreByItsAddress() throws Exception {
        answer(200, CUT_OUT);

        handle(new ImageRef("some/picture", null));

        assertThat(sentBody()).contains("\"image_urls\":[\"https://images.example/some/picture\"]");
    }

    @Test
    void passesTheAddressOnWhenTheProviderKeepsTheCutOut() throws Exception {
        answer(
                200,
                "{\"code\":10000,\"data\":{\"binary_data_base64\":[],\"image_urls\":[\"https://cdn.example/c.png\"]}}");

        assertThat(handle(new ImageRef(null, "https://images.example/picture.jpg")))
                .isEqualTo(Outcome.done(
                        Stage.FINALIZE, new ImageCutOut(context, new ImageRef(null, "https://cdn.example/c.png"))));
        assertThat(images.puts()).isZero();
    }

    @Test
    void retriesWhenTheProviderIsOverloaded() throws Exception {
        provider.enqueue(new MockResponse.Builder()
                .code(429)
                .setHeader("Retry-After", "3")
                .body("{\"code\":50430,\"message\":\"busy\"}")
                .build());

        assertThat(handle(new ImageRef(null, "https://images.example/picture.jpg")))
                .isEqualTo(new Outcome.Retry(
                        Reason.OVERLOADED, "the visual API answered 429: 50430 busy", NOW.plusSeconds(3)));
        assertThat(calls.reports())
                .singleElement()
                .satisfies(report -> assertThat(report.failure()).hasValue(Reason.OVERLOADED))
                .satisfies(report -> assertThat(report.notBefore()).hasValue(NOW.plusSeconds(3)));
    }

    @Test
    void rejectsAPictureThatTheProviderRefuses() throws Exception {
        answer(400, "{\"code\":50411,\"message\":\"Pre Img Risk Not Pass\"}");

        assertThat(handle(new ImageRef(null, "https://images.example/picture.jpg")))
                .isEqualTo(new Outcome.Rejected(
                        Reason.MODERATED_PHOTO, "the visual API answered 400: 50411 Pre Img Risk Not Pass"));
    }

    @Test
    void paysOnlyOnceWhenTheStoreIsAwayForAMoment() throws Exception {
        answer(200, CUT_OUT);
        images.failNext(3);

        ImageKey key = keyIn(handle(new ImageRef(null, "https://images.example/picture.jpg")));

        assertThat(images.get(key)).isPresent();
        assertThat(pauses).isEqualTo(PaidImages.PAUSES);
        assertThat(calls.reports())
                .as("the store's failures are none of the provider's")
                .containsExactly(CallReport.succeeded(200, Optional.empty()));
    }

    @Test
    void triesAgainLaterWhenTheStoreStaysAway() throws Exception {
        answer(200, CUT_OUT);
        images.failNext(100);

        assertThat(handle(new ImageRef(null, "https://images.example/picture.jpg")))
                .isInstanceOfSatisfying(
                        Outcome.Retry.class, retry -> assertThat(retry.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE));
        assertThat(images.puts()).isEqualTo(4);
    }

    @Test
    void makesNoCallWhenThePictureHasNoAddress() throws Exception {
        images.loseAddresses();

        assertThat(handle(new ImageRef("some/picture", null)))
                .isInstanceOfSatisfying(
                        Outcome.Retry.class, retry -> assertThat(retry.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE));
        assertThat(calls.reports()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2048, 1536", "100, 64"})
    void paysForNothingWhereTheModelMadeATransparentBackground(int width, int height) throws Exception {
        byte[] png = png(width, height, 0.4);
        provider.enqueue(
                new MockResponse.Builder().body(new Buffer().write(png)).build());

        ImageKey key = keyIn(handle(generated(), true));

        assertThat(calls.reports()).as("paid calls").isEmpty();
        assertThat(provider.takeRequest().getTarget()).isEqualTo("/generated/1.png");
        assertThat(images.get(key)).hasValue(LABEL.into(png, context.getTenant(), taskId));
    }

    @ParameterizedTest
    @CsvSource({"1.0", "0.97", "0.0"})
    void paysWhereTheBackgroundIsNotTransparent(double visible) throws Exception {
        provider.enqueue(new MockResponse.Builder()
                .body(new Buffer().write(png(640, 640, visible)))
                .build());
        answer(200, CUT_OUT);

        ImageKey key = keyIn(handle(generated(), true));

        assertThat(calls.reports()).containsExactly(CallReport.succeeded(200, Optional.empty()));
        assertThat(images.get(key)).hasValue(LABEL.into(Base64.getDecoder().decode(PNG), context.getTenant(), taskId));
    }

    @ParameterizedTest
    @MethodSource
    void paysWhereThePictureIsNoWholePng(byte[] file) throws Exception {
        provider.enqueue(
                new MockResponse.Builder().body(new Buffer().write(file)).build());
        answer(200, CUT_OUT);

        keyIn(handle(generated(), true));

        assertThat(calls.reports()).hasSize(1);
    }

    static List<byte[]> paysWhereThePictureIsNoWholePng() {
        byte[] whole = png(640, 640, 0.4);
        byte[] damaged = whole.clone();
        Arrays.fill(damaged, 60, damaged.length, (byte) 0xA5);
        return List.of(jpeg(), Arrays.copyOf(whole, whole.length / 2), damaged, "no picture".getBytes(UTF_8));
    }

    @Test
    void looksAgainLaterWhenThePictureIsOutOfReach() throws Exception {
        answer(503, "");

        assertThat(handle(generated(), true))
                .isInstanceOfSatisfying(
                        Outcome.Retry.class, retry -> assertThat(retry.reason()).isEqualTo(Reason.RESULT_UNREACHABLE));
        assertThat(calls.reports()).isEmpty();
    }

    @Test
    void sendsThePictureItselfToAServiceThatSpeaksPawlineMatting() throws Exception {
        calls = new TestingAttempts(1);
        byte[] picture = jpeg();
        byte[] cutOut = png(640, 640, 0.4);
        provider.enqueue(
                new MockResponse.Builder().body(new Buffer().write(picture)).build());
        provider.enqueue(
                new MockResponse.Builder().body(new Buffer().write(cutOut)).build());

        ImageKey key = keyIn(handle(generated()));

        assertThat(images.get(key)).hasValue(LABEL.into(cutOut, context.getTenant(), taskId));
        assertThat(provider.takeRequest().getTarget()).isEqualTo("/generated/1.png");
        RecordedRequest asked = provider.takeRequest();
        assertThat(asked.getMethod() + " " + asked.getTarget()).isEqualTo("POST /v1/cut-out");
        assertThat(Optional.ofNullable(asked.getBody()).orElseThrow().toByteArray())
                .isEqualTo(picture);
        assertThat(calls.reports()).containsExactly(CallReport.succeeded(200, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "429, OVERLOADED",
        "503, OVERLOADED",
        "413, CONFIGURATION",
        "422, INVALID_REQUEST",
        "500, PROVIDER_ERROR"
    })
    void understandsWhyAServiceOfPawlineMattingMadeNone(int status, Reason reason) throws Exception {
        calls = new TestingAttempts(1);
        provider.enqueue(
                new MockResponse.Builder().body(new Buffer().write(jpeg())).build());
        provider.enqueue(new MockResponse.Builder()
                .code(status)
                .setHeader("Retry-After", "3")
                .build());

        handle(generated());

        assertThat(calls.reports()).singleElement().satisfies(report -> {
            assertThat(report.failure()).contains(reason);
            assertThat(report.notBefore()).contains(NOW.plusSeconds(3));
            assertThat(report.billed()).isEqualTo(Billed.NO);
        });
    }

    @Test
    void sendsNothingToTheServiceIfThePictureIsOutOfReach() throws Exception {
        calls = new TestingAttempts(1);
        answer(503, "");

        assertThat(handle(generated()))
                .isInstanceOfSatisfying(
                        Outcome.Retry.class, retry -> assertThat(retry.reason()).isEqualTo(Reason.RESULT_UNREACHABLE));
        assertThat(calls.reports())
                .singleElement()
                .satisfies(report -> assertThat(report.billed()).isEqualTo(Billed.NO));
        assertThat(provider.getRequestCount()).isEqualTo(1);
    }

    private ImageRef generated() {
        return new ImageRef(null, "http://127.0.0.1:" + provider.getPort() + "/generated/1.png");
    }

    /** A picture whose upper part is visible. */
    private static byte[] png(int width, int height, double visible) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.ORANGE);
        graphics.fillRect(0, 0, width, (int) Math.round(visible * height));
        graphics.dispose();
        return file(picture, "png");
    }

    private static byte[] jpeg() {
        return file(new BufferedImage(640, 640, BufferedImage.TYPE_INT_RGB), "jpg");
    }

    private static byte[] file(BufferedImage picture, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            assertThat(ImageIO.write(picture, format, bytes)).isTrue();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private void answer(int status, String body) {
        provider.enqueue(new MockResponse.Builder().code(status).body(body).build());
    }

    private String sentBody() throws InterruptedException {
        return Optional.ofNullable(provider.takeRequest().getBody())
                .orElseThrow()
                .utf8();
    }

    private Outcome handle(ImageRef picture) throws InterruptedException {
        return handle(picture, false);
    }

    private Outcome handle(ImageRef picture, boolean transparent) throws InterruptedException {
        VisualSettings settings = new VisualSettings(
                HttpUrl.get("http://localhost:" + provider.getPort()),
                "cn-north-1",
                "cv",
                new VisualCredentials("access", "secret", Optional.empty()),
                new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(10)),
                DataLimit.ofMegabytes(1),
                new VisualSettings.Model("saliency_seg", 3, 2, List.of(-1, -1, -1)));
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        VisualClient visual = new VisualClient(OutboundHttp.create(OutboundProperties.allowing()), settings, clock);
        ImageFetcher fetcher = ImageFetcher.create(OutboundProperties.allowing("127.0.0.1"), OpenTelemetry.noop());
        PawlineMattingClient model = new PawlineMattingClient(
                OutboundHttp.create(OutboundProperties.allowing()),
                settings.baseUrl(),
                settings.timeouts(),
                settings.answerLimit(),
                clock);
        return new MattingHandler(
                        List.of(new VisualProvider(visual), new PawlineMattingProvider(model, fetcher)),
                        new TransparentPictures(fetcher),
                        images,
                        new PaidImages(images, pauses::add),
                        LABEL,
                        memory)
                .handle(
                        new ImageGenerated(context, picture, transparent),
                        calls.attempt(taskId, 1, context.getDeadline()));
    }
}
