package io.pawline.ops.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.standardwebhooks.Webhook;
import io.pawline.ops.alerts.Alert.Severity;
import io.pawline.ops.alerts.NotificationProperties.Format;
import io.pawline.ops.alerts.NotificationProperties.Receiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import okhttp3.Request;
import okio.Buffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NotificationRequestsTest {

    private static final Instant FIRED = Instant.parse("2026-11-23T12:00:00Z");
    private static final String URL = "https://hooks.example/services/T0/B0/secret-path";

    @Test
    void aWebhookIsSignedByStandardWebhooks() throws Exception {
        String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        Instant now = Instant.now();
        Request request = NotificationRequests.of(receiver(Format.WEBHOOK, secret, "en"), fired(), now);

        HttpHeaders headers = HttpHeaders.of(request.headers().toMultimap(), (_, _) -> true);
        new Webhook(secret).verify(body(request), headers);
        assertThat(request.header("webhook-id")).isEqualTo("alert-7");
        JsonNode event = JsonMapper.shared().readTree(body(request));
        assertThat(event.path("type").asString()).isEqualTo("alert.fired");
        assertThat(event.at("/data/alert").asString()).isEqualTo("breaker_open");
        assertThat(event.at("/data/rule").asString()).isEqualTo("PawlineBreakerOpen");
        assertThat(event.at("/data/value").asDouble()).isEqualTo(6.5);
        assertThat(event.at("/data/console").asString()).isEqualTo("https://ops.example");
        assertThat(event.at("/data/ended_at").isNull()).isTrue();
    }

    @Test
    void slackGetsATextWithWhatToDo() {
        Request request = NotificationRequests.of(receiver(Format.SLACK, null, "en"), fired(), FIRED);

        assertThat(request.url()).hasToString(URL);
        assertThat(JsonMapper.shared().readTree(body(request)).path("text").asString())
                .isEqualTo("""
                        [Pawline] A provider fails: fires
                        Tasks wait. No task is given up early because of it.
                        no calls to seedream (generate) but probes (6.50 min, limit 5), since 2026-11-23T12:00:00Z.
                        Severity: critical. What to do: docs/operator/runbooks/breaker-open.md
                        Console: https://ops.example""");
    }

    /** As Feishu's document computes it: HMAC-SHA256 of nothing, with the time and the secret as its key. */
    @Test
    void feishuGetsChineseAndItsSignature() {
        Request request = NotificationRequests.of(receiver(Format.FEISHU, "demo", "zh"), ended(), FIRED);

        JsonNode message = JsonMapper.shared().readTree(body(request));
        assertThat(message.path("msg_type").asString()).isEqualTo("text");
        assertThat(message.path("timestamp").asString()).isEqualTo("1795435200");
        assertThat(message.path("sign").asString()).isEqualTo("SYsPxmNGAOBT3BRwILuKJ+e3Sc28lHspFiUIuv+HpPM=");
        assertThat(message.at("/content/text").asString()).isEqualTo("""
                [Pawline] 服务商故障：恢复
                2026-11-23T12:00:00Z 开始，2026-11-23T12:10:00Z 结束。
                级别：严重。处理方法：docs/operator/runbooks/breaker-open.md
                控制台：https://ops.example""");
    }

    /** As DingTalk's document computes it: HMAC-SHA256 of the time in milliseconds and the secret, with the secret. */
    @Test
    void dingTalkGetsItsSignatureInTheAddress() {
        Request request = NotificationRequests.of(receiver(Format.DINGTALK, "demo", "zh"), fired(), FIRED);

        assertThat(request.url().queryParameter("timestamp")).isEqualTo("1795435200000");
        assertThat(request.url().queryParameter("sign")).isEqualTo("NlUj99QHcztPaM31m8b4QFD2vbnt9wObNnNOs+wZWJM=");
        assertThat(request.url().encodedQuery()).contains("%3D").doesNotContain("+");
        JsonNode message = JsonMapper.shared().readTree(body(request));
        assertThat(message.path("msgtype").asString()).isEqualTo("text");
        assertThat(message.at("/text/content").asString()).startsWith("[Pawline] 服务商故障：告警\n任务在等待");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            WEBHOOK  | 204 | ''                          | -
            SLACK    | 200 | ok                          | -
            SLACK    | 404 | no_service                  | the receiver answered 404
            FEISHU   | 200 | {"code":0,"msg":"success"}  | -
            FEISHU   | 200 | {"StatusCode":0}            | -
            FEISHU   | 200 | {"code":19021,"msg":"sign"} | the receiver answered 200 with code 19021
            DINGTALK | 200 | {"errcode":0}               | -
            DINGTALK | 200 | {"errcode":310000}          | the receiver answered 200 with errcode 310000
            DINGTALK | 200 | <html>                      | the receiver answered 200 without JSON
            DINGTALK | 200 | {}                          | the receiver answered 200 with errcode -1
            """)
    void aReceiverHasTakenItIfItSaysSo(Format format, int status, String body, @Nullable String trouble) {
        assertThat(NotificationRequests.refusal(
                        receiver(format, null, "en"), status, body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Optional.ofNullable(trouble));
    }

    @Test
    void whatIsWrongIsSaidWithoutTheAddressAndTheSecret() {
        for (Receiver wrong : List.of(
                receiver(Format.WEBHOOK, null, "en"),
                receiver(Format.WEBHOOK, "secret-of-the-team", "en"),
                receiver(Format.SLACK, "secret-of-the-team", "en"),
                receiver(Format.FEISHU, null, "de"),
                new Receiver("secret-path", Format.SLACK, null, Severity.WARNING, "en"))) {
            assertThat(catchThrowable(
                            () -> new NotificationProperties(Map.of("team", wrong), null, Duration.ofHours(6))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("pawline.ops.notifications.receivers.team.")
                    .message()
                    .doesNotContain("secret-path", "secret-of-the-team");
        }
        assertThat(receiver(Format.WEBHOOK, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "en")
                        .toString())
                .doesNotContain("whsec", "hooks.example");
    }

    private static Receiver receiver(Format format, @Nullable String secret, String language) {
        return new Receiver(URL, format, secret, Severity.WARNING, language);
    }

    private static Notification fired() {
        return notification(false);
    }

    private static Notification ended() {
        return notification(true);
    }

    private static Notification notification(boolean ended) {
        return new Notification(
                7,
                Alert.BREAKER_OPEN,
                ended,
                FIRED,
                ended ? FIRED.plusSeconds(600) : null,
                6.5,
                5.0,
                "min",
                AlertText.of("breaker_open.detail", "seedream", "generate"),
                Optional.of("https://ops.example"));
    }

    private static String body(Request request) {
        try (Buffer buffer = new Buffer()) {
            Objects.requireNonNull(request.body()).writeTo(buffer);
            return buffer.readUtf8();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
