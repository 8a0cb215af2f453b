package io.pawline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pawline.client.ScriptedPawline.Received;
import io.pawline.client.model.Submission;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what is sent again, after which pause, and until when. */
@Timeout(60) // A request that nobody ends would wait for ever
class RepeatedCallTest {

    private static final Submission CAT = new Submission()
            .imageUrl(URI.create("https://photos.example/cat.jpg"))
            .style("ink");
    private static final UUID TASK = UUID.fromString(ScriptedPawline.TASK);

    @Test
    void anAttemptAfterACutConnectionHasTheSameKey() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(ScriptedPawline.cut(), ScriptedPawline.accepted())) {
            assertThat(pawline.client().submit(CAT).getTaskId()).isEqualTo(TASK);
            assertThat(pawline.received).hasSize(2);
            assertThat(pawline.received.stream().map(request -> request.header("Idempotency-Key")))
                    .doesNotContain("none")
                    .containsOnly(pawline.received.getFirst().header("Idempotency-Key"));
            assertThat(pawline.received.get(1).body())
                    .isEqualTo(pawline.received.get(0).body());
        }
    }

    @Test
    void eachSubmissionHasAKeyOfItsOwnUnlessItIsGivenOne() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(ScriptedPawline.accepted())) {
            pawline.client().submit(CAT);
            pawline.client().submit(CAT);
            pawline.client().submit(CAT, "order-1042");
            assertThat(pawline.received.stream().map(request -> request.header("Idempotency-Key")))
                    .doesNotHaveDuplicates()
                    .endsWith("order-1042");
        }
    }

    @Test
    void retryAfterIsHonouredInSecondsAndAsADate() throws Exception {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ManualPacing.START.plusSeconds(60).atOffset(ZoneOffset.UTC));
        try (ScriptedPawline pawline = ScriptedPawline.with(
                ScriptedPawline.problem(429, "quota-exceeded", "Retry-After", "7"),
                ScriptedPawline.problem(503, "database-unavailable", "Retry-After", date),
                ScriptedPawline.accepted())) {
            pawline.client().submit(CAT);
            assertThat(pawline.pacing.pauses.get(0)).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(9));
            Duration left = Duration.ofSeconds(60).minus(pawline.pacing.pauses.get(0));
            assertThat(pawline.pacing.pauses.get(1))
                    .isBetween(left, left.multipliedBy(5).dividedBy(4));
        }
    }

    @Test
    void pausesGrowAndTheTimeForAllIsBounded() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(ScriptedPawline.json(502, "<html>"))) {
            PawlineClient client = pawline.client(Duration.ofSeconds(5), Duration.ofSeconds(40));
            assertThatExceptionOfType(PawlineProblemException.class)
                    .isThrownBy(() -> client.submit(CAT))
                    .matches(problem -> problem.status() == 502)
                    .matches(problem -> problem.type().equals("about:blank"));
            Duration all = pawline.pacing.pauses.stream().reduce(Duration.ZERO, Duration::plus);
            assertThat(all).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(40));
            assertThat(pawline.pacing.pauses).isSorted().hasSizeBetween(5, 10);
        }
    }

    @Test
    void aRetryAfterBeyondTheBoundIsNotWaitedFor() throws Exception {
        try (ScriptedPawline pawline =
                ScriptedPawline.with(ScriptedPawline.problem(429, "backlog-too-long", "Retry-After", "600"))) {
            assertThatExceptionOfType(PawlineProblemException.class)
                    .isThrownBy(() -> pawline.client().submit(CAT))
                    .matches(problem -> problem.is("backlog-too-long"))
                    .matches(problem -> problem.retryAfter().orElseThrow().equals(Duration.ofMinutes(10)));
            assertThat(pawline.received).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "Mon, 23 Nov 2020 10:15:20 GMT",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "999999999",
                "99999999999999999999",
                "soon",
                "-1",
                ""
            })
    void noRetryAfterBringsAttemptsWithoutPauses(String header) throws Exception {
        try (ScriptedPawline pawline =
                ScriptedPawline.with(ScriptedPawline.problem(429, "backlog-too-long", "Retry-After", header))) {
            assertThatExceptionOfType(PawlineProblemException.class)
                    .isThrownBy(() -> pawline.client().submit(CAT))
                    .matches(problem -> problem.is("backlog-too-long"));
            assertThat(pawline.received).hasSizeLessThan(25);
        }
    }

    @Test
    void anAnswerThatNeverEndsTakesNoLongerThanAllAttempts() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedPawline pawline = ScriptedPawline.with(exchange -> {
            exchange.sendResponseHeaders(202, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            awaitQuietly(closed);
            exchange.close();
        })) {
            PawlineClient client = pawline.client(Duration.ofMinutes(10), Duration.ofMillis(300));
            assertThatExceptionOfType(PawlineConnectionException.class).isThrownBy(() -> client.submit(CAT));
            closed.countDown();
        }
    }

    @Test
    void anErrorThatStaysIsThrownAtOnceWithItsRequestId() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(ScriptedPawline.problem(400, "invalid-request"))) {
            assertThatExceptionOfType(PawlineProblemException.class)
                    .isThrownBy(() -> pawline.client().submit(CAT))
                    .withMessageContaining("say it otherwise")
                    .matches(problem -> problem.requestId().orElseThrow().equals("r-1"));
            assertThat(pawline.received).hasSize(1);
        }
    }

    @Test
    void whatIsNotToHappenTwiceIsRepeatedOnlyIfRefused() throws Exception {
        try (ScriptedPawline pawline =
                ScriptedPawline.with(ScriptedPawline.problem(503, "database-unavailable"), ScriptedPawline.cut())) {
            assertThatExceptionOfType(PawlineConnectionException.class)
                    .isThrownBy(() -> pawline.client().callbacks().resend(TASK));
            assertThat(pawline.received).hasSize(2);
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsAskedAgain() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedPawline pawline = ScriptedPawline.with(
                exchange -> {
                    awaitQuietly(closed);
                    exchange.close();
                },
                ScriptedPawline.accepted())) {
            PawlineClient client = pawline.client(Duration.ofMillis(300), Duration.ofMinutes(5));
            assertThat(client.submit(CAT).getTaskId()).isEqualTo(TASK);
            closed.countDown();
        }
    }

    @Test
    void anUploadIsSentToItsAddressWithoutTheKey() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.by(ScriptedPawline::upload)) {
            byte[] photo = "the photo".getBytes(StandardCharsets.UTF_8);
            assertThat(pawline.client().upload(photo, "image/png")).isEqualTo(TASK);
            assertThat(pawline.received.get(0).body()).isEqualTo("{\"media_type\":\"image/png\",\"length\":9}");
            Received sent = pawline.received.get(1);
            assertThat(sent.body()).isEqualTo("the photo");
            assertThat(sent.header("Content-Type")).isEqualTo("image/png");
            assertThat(sent.header("X-More")).isEqualTo("1");
            assertThat(sent.header("Authorization")).isEqualTo("none");
        }
    }

    @Test
    void noErrorTellsTheSignatureOfAnUpload() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.by(
                request -> request.method().equals("PUT") ? ScriptedPawline.cut() : ScriptedPawline.upload(request))) {
            PawlineClient client = pawline.client(Duration.ofSeconds(30), Duration.ofSeconds(2));
            assertThatExceptionOfType(PawlineConnectionException.class)
                    .isThrownBy(() -> client.upload(new byte[] {1}, "image/png"))
                    .withMessageNotContaining("s3cret");
        }
    }

    @Test
    void aPhotoIsSentAsAFormOfKnownLength() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(ScriptedPawline.cut(), ScriptedPawline.accepted())) {
            byte[] photo = "the photo".getBytes(StandardCharsets.UTF_8);
            pawline.client().submit(photo, new Submission().style("水彩").metadata(Map.of("shelf", "B7")));
            Received request = pawline.received.get(1);
            assertThat(request.header("Content-Length"))
                    .isEqualTo(Integer.toString(request.body().getBytes(StandardCharsets.UTF_8).length));
            assertThat(request.body())
                    .contains("name=\"style\"\r\n\r\n水彩\r\n")
                    .contains("name=\"metadata\"\r\n\r\n{\"shelf\":\"B7\"}\r\n")
                    .contains("\r\n\r\nthe photo\r\n--")
                    .doesNotContain("image_url", "null");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
