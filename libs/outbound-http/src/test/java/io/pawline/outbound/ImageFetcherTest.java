package io.pawline.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.pawline.outbound.Fetched.Image;
import io.pawline.outbound.Fetched.NotFetched;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

@Timeout(60)
class ImageFetcherTest {

    private static final byte[] PNG = TestingImageBytes.image("png", 20, 10);

    @RegisterExtension
    private final OpenTelemetryExtension telemetry = OpenTelemetryExtension.create();

    private final MockWebServer server = new MockWebServer();
    private final TestingDns dns =
            new TestingDns().answer("photos.example", "127.0.0.1").answer("internal.example", "127.0.0.1");
    private final OutboundProperties properties = new OutboundProperties(
            List.of("photos.example"),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            2,
            DataSize.ofBytes(100_000),
            1_000,
            Duration.ofSeconds(30));
    private final ImageFetcher fetcher = new ImageFetcher(
            OutboundHttp.guarded(properties, new AddressGuard(AllowList.parse(properties.allow()), dns)),
            properties,
            Clock.systemUTC(),
            telemetry.getOpenTelemetry());

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void findsTheKindOfAnImageWhateverItsMediaTypeSays() throws Exception {
        server.enqueue(image(PNG).addHeader("Content-Type", "text/html").build());

        assertThat(fetcher.fetch(url("/cat.gif"))).isInstanceOfSatisfying(Image.class, image -> {
            assertThat(image.kind()).isEqualTo(ImageKind.PNG);
            assertThat(image.bytes()).isEqualTo(PNG);
        });
    }

    @Test
    void isASpanWithTheSizeOrTheFailureAndNoAddress() throws Exception {
        server.enqueue(image(PNG).build());
        server.enqueue(image("no image".getBytes(UTF_8)).build());

        fetcher.fetch(url("/cat?signature=secret"));
        fetcher.fetch(url("/page"));

        assertThat(telemetry.getSpans()).extracting(SpanData::getName).containsExactly("fetch image", "fetch image");
        SpanData came = telemetry.getSpans().getFirst();
        assertThat(came.getAttributes().asMap())
                .containsExactly(entry(AttributeKey.longKey("http.response.body.size"), (long) PNG.length));
        SpanData failed = telemetry.getSpans().getLast();
        assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(failed.getAttributes().asMap())
                .containsExactly(entry(AttributeKey.stringKey("error.type"), "not_an_image"));
    }

    @Test
    void followsRedirects() throws Exception {
        server.enqueue(redirect(302, "/b"));
        server.enqueue(redirect(308, url("/c").toString()));
        server.enqueue(image(PNG).build());

        assertThat(fetcher.fetch(url("/a"))).isInstanceOf(Image.class);
        server.takeRequest();
        server.takeRequest();
        assertThat(server.takeRequest().getTarget()).isEqualTo("/c");
    }

    @Test
    void followsRedirectsOnlySoFar() throws Exception {
        for (int i = 0; i < 3; i++) {
            server.enqueue(redirect(301, "/again"));
        }

        assertNotFetched(fetcher.fetch(url("/a")), FetchFailure.UNREACHABLE, false);
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/secret",
                "http://localhost.internal.example.127.1:%d/secret",
                "http://2130706433:%d/secret",
                "http://[::ffff:127.0.0.1]:%d/secret",
                "http://[::1]:%d/secret",
                "http://photos.example@internal.example:%d/secret",
                "http://user:pass@photos.example:%d/secret"
            })
    void checksEveryRedirectAnew(String location) throws Exception {
        server.enqueue(redirect(302, location.formatted(server.getPort())));

        assertNotFetched(fetcher.fetch(url("/a")), FetchFailure.ADDRESS_REFUSED, false);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://internal.example:%d/secret", "//internal.example:%d/secret"})
    void followsNoRedirectToAHostThatIsNotPublic(String location) throws Exception {
        server.enqueue(redirect(302, location.formatted(server.getPort())));

        assertNotFetched(fetcher.fetch(url("/a")), FetchFailure.UNREACHABLE, true);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    /** A tenant could otherwise learn what names exist inside. */
    @Test
    void answersForAHostThatIsNotPublicAsForAnUnknownOne() throws Exception {
        Fetched inside = fetcher.fetch(URI.create("http://internal.example:%d/secret".formatted(server.getPort())));
        Fetched unknown = fetcher.fetch(URI.create("http://nowhere.example:%d/secret".formatted(server.getPort())));

        assertThat(inside.toString().replace("internal", "nowhere")).isEqualTo(unknown.toString());
        assertNotFetched(inside, FetchFailure.UNREACHABLE, true);
        assertThat(server.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://photos.example/secret", "gopher://photos.example/secret"})
    void doesNotFollowARedirectToAnotherScheme(String location) throws Exception {
        server.enqueue(redirect(302, location));

        assertNotFetched(fetcher.fetch(url("/a")), FetchFailure.UNREACHABLE, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:%d/secret", "ftp://photos.example/secret"})
    void refusesAddressesThatAreNotPublicHttp(String url) throws Exception {
        assertNotFetched(
                fetcher.fetch(URI.create(url.formatted(server.getPort()))), FetchFailure.ADDRESS_REFUSED, false);
        assertThat(server.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "204, false", "304, false", "400, false", "401, false", "403, false", "404, false", "410, false",
        "408, true", "425, true", "429, true", "500, true", "502, true", "503, true", "504, true"
    })
    void saysWhetherAnotherAttemptMayHelp(int status, boolean retryable) throws Exception {
        server.enqueue(new MockResponse.Builder().code(status).build());

        assertNotFetched(fetcher.fetch(url("/secret")), FetchFailure.UNREACHABLE, retryable);
        assertThat(server.getRequestCount()).as("requests").isEqualTo(1);
    }

    @Test
    void mayTryAgainWhenTheConnectionBreaksOrTheTimeIsUp() throws Exception {
        server.enqueue(image(PNG).onResponseBody(new SocketEffect.CloseSocket()).build());
        server.enqueue(image(PNG).onResponseStart(SocketEffect.Stall.INSTANCE).build());

        assertNotFetched(fetcher.fetch(url("/secret")), FetchFailure.UNREACHABLE, true);
        assertNotFetched(fetcher.fetch(url("/secret"), Instant.EPOCH), FetchFailure.UNREACHABLE, true);
    }

    @Test
    void refusesBytesThatAreNotAnImage() throws Exception {
        server.enqueue(image("<html>".getBytes(UTF_8)).build());
        server.enqueue(image(new byte[0]).build());

        assertNotFetched(fetcher.fetch(url("/secret")), FetchFailure.NOT_AN_IMAGE, false);
        assertNotFetched(fetcher.fetch(url("/secret")), FetchFailure.NOT_AN_IMAGE, false);
    }

    @Test
    void refusesTooManyPixelsWithoutDecodingThem() throws Exception {
        server.enqueue(image(TestingImageBytes.image("png", 100, 10)).build());
        server.enqueue(image(TestingImageBytes.image("png", 101, 10)).build());
        byte[] claiming = PNG.clone();
        claiming[16] = 0x7F; // more than two billion pixels wide
        server.enqueue(image(claiming).build());

        assertThat(fetcher.fetch(url("/secret"))).isInstanceOf(Image.class);
        assertNotFetched(fetcher.fetch(url("/secret")), FetchFailure.TOO_LARGE, false);
        assertNotFetched(fetcher.fetch(url("/secret")), FetchFailure.TOO_LARGE, false);
    }

    @Test
    void stopsReadingWhereTheByteLimitIs() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .chunkedBody(new Buffer().write(new byte[32 << 20]), 8192)
                .build());

        assertNotFetched(fetcher.fetch(url("/secret")), FetchFailure.TOO_LARGE, false);
    }

    @Test
    void waitsForMemoryWithoutTheOtherSideAndFetchesAgain() throws Exception {
        server.enqueue(redirect(302, "/b"));
        server.enqueue(image(PNG).build());
        server.enqueue(redirect(302, "/b"));
        server.enqueue(image(PNG).build());
        List<String> steps = new ArrayList<>();
        BodyMemory memory = new BodyMemory(
                bytes -> steps.add("now " + bytes) && bytes == 0,
                bytes -> steps.add("wait %d after %d requests".formatted(bytes, server.getRequestCount())));

        assertThat(fetcher.fetch(url("/a"), Instant.MAX, memory)).isInstanceOf(Image.class);

        assertThat(steps)
                .containsExactly("now 0", "now " + PNG.length, "wait %d after 2 requests".formatted(PNG.length));
        assertThat(server.getRequestCount()).isEqualTo(4);
    }

    @Test
    void waitsOnceMoreIfTheImageHasGrownMeanwhile() throws Exception {
        byte[] larger = TestingImageBytes.image("png", 90, 10);
        server.enqueue(image(PNG).build());
        server.enqueue(image(larger).build());
        server.enqueue(image(larger).build());
        List<Long> waits = new ArrayList<>();

        assertThat(fetcher.fetch(url("/a"), Instant.MAX, new BodyMemory(_ -> false, waits::add)))
                .isInstanceOf(Image.class);

        assertThat(waits).containsExactly((long) PNG.length, (long) larger.length);
    }

    private static void assertNotFetched(Fetched fetched, FetchFailure failure, boolean retryable) {
        assertThat(fetched).isInstanceOfSatisfying(NotFetched.class, not -> {
            assertThat(not.failure()).isEqualTo(failure);
            assertThat(not.retryable()).isEqualTo(retryable);
            assertThat(not.detail()).isNotBlank().doesNotContain("secret").doesNotContain("://");
        });
    }

    private URI url(String path) {
        return server.url(path).newBuilder().host("photos.example").build().uri();
    }

    private static MockResponse.Builder image(byte[] bytes) {
        return new MockResponse.Builder().code(200).body(new Buffer().write(bytes));
    }

    private static MockResponse redirect(int status, String location) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Location", location)
                .build();
    }
}
