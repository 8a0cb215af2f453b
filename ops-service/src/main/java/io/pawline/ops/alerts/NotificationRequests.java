package io.pawline.ops.alerts;

import io.pawline.ops.alerts.NotificationProperties.Receiver;
import io.pawline.outbound.webhook.WebhookSigner;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes notifications in the form that a receiver wants, signed by its secret, and reads whether it has taken one.
 * Thread-safe.
 *
 * @see <a href="https://www.standardwebhooks.com">Standard Webhooks</a>
 */
final class NotificationRequests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final MediaType TYPE = MediaType.get("application/json; charset=utf-8");

    private NotificationRequests() {}

    static Request of(Receiver receiver, Notification notification, Instant now) {
        HttpUrl url = HttpUrl.get(Objects.requireNonNull(receiver.url()).strip());
        Request.Builder request = new Request.Builder().header("User-Agent", "Pawline");
        return switch (receiver.format()) {
            case WEBHOOK -> webhook(request.url(url), receiver, notification, now);
            case SLACK -> post(request.url(url), Map.of("text", lines(receiver, notification)));
            case FEISHU -> post(request.url(url), feishu(receiver, notification, now));
            case DINGTALK -> post(request.url(signedForDingTalk(url, receiver, now)), dingTalk(receiver, notification));
        };
    }

    /**
     * Reads an answer. The bots of Feishu and DingTalk answer 200 to what they refuse, and say so in the body.
     *
     * @return why the receiver has not taken the notification; empty if it has
     */
    static Optional<String> refusal(Receiver receiver, int status, byte[] body) {
        if (status < 200 || status >= 300) {
            return Optional.of("the receiver answered " + status);
        }
        return switch (receiver.format()) {
            case WEBHOOK, SLACK -> Optional.empty();
            case FEISHU -> codeIn(body, "code");
            case DINGTALK -> codeIn(body, "errcode");
        };
    }

    private static Optional<String> codeIn(byte[] body, String field) {
        try {
            JsonNode answer = JSON.readTree(body);
            int code = answer.path(field).asInt(answer.path("StatusCode").asInt(-1));
            return code == 0
                    ? Optional.empty()
                    : Optional.of("the receiver answered 200 with %s %d".formatted(field, code));
        } catch (JacksonException none) {
            return Optional.of("the receiver answered 200 without JSON");
        }
    }

    private static Request webhook(Request.Builder request, Receiver receiver, Notification notification, Instant now) {
        byte[] body = JSON.writeValueAsBytes(event(receiver, notification));
        String id = "alert-" + notification.id();
        WebhookSigner signer = WebhookSigner.of("the secret of a receiver", List.of(secret(receiver)));
        return request.header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(now.getEpochSecond()))
                .header("webhook-signature", signer.sign(id, now, body))
                .post(RequestBody.create(body, MediaType.get("application/json")))
                .build();
    }

    private static Map<String, Object> event(Receiver receiver, Notification notification) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("alert", notification.alert().code());
        data.put("rule", notification.alert().rule());
        data.put("severity", notification.alert().severity().code());
        data.put("title", notification.alert().title(receiver.language()));
        data.put("means", notification.alert().means(receiver.language()));
        data.put("value", notification.value());
        data.put("threshold", notification.threshold());
        data.put("unit", notification.unit());
        data.put("detail", notification.detail().in(receiver.language()));
        data.put("fired_at", notification.firedAt().toString());
        data.put("ended_at", text(notification.endedAt()));
        data.put("console", notification.console().orElse(null));
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", notification.ended() ? "alert.ended" : "alert.fired");
        event.put(
                "timestamp",
                (notification.ended()
                        ? text(notification.endedAt())
                        : notification.firedAt().toString()));
        event.put("data", data);
        return event;
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }

    private static Map<String, Object> feishu(Receiver receiver, Notification notification, Instant now) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (receiver.hasSecret()) {
            String timestamp = Long.toString(now.getEpochSecond());
            body.put("timestamp", timestamp);
            // Feishu's way: the text is the key, and nothing is signed by it
            body.put("sign", hmac(timestamp + "\n" + secret(receiver), ""));
        }
        body.put("msg_type", "text");
        body.put("content", Map.of("text", lines(receiver, notification)));
        return body;
    }

    private static Map<String, Object> dingTalk(Receiver receiver, Notification notification) {
        return Map.of("msgtype", "text", "text", Map.of("content", lines(receiver, notification)));
    }

    private static HttpUrl signedForDingTalk(HttpUrl url, Receiver receiver, Instant now) {
        if (!receiver.hasSecret()) {
            return url;
        }
        String timestamp = Long.toString(now.toEpochMilli());
        return url.newBuilder()
                .addQueryParameter("timestamp", timestamp)
                .addQueryParameter("sign", hmac(secret(receiver), timestamp + "\n" + secret(receiver)))
                .build();
    }

    private static Request post(Request.Builder request, Map<String, Object> body) {
        return request.post(RequestBody.create(JSON.writeValueAsBytes(body), TYPE))
                .build();
    }

    private static String lines(Receiver receiver, Notification notification) {
        return notification.headline(receiver.language()) + "\n" + notification.text(receiver.language());
    }

    private static String secret(Receiver receiver) {
        return Objects.requireNonNull(receiver.secret()).strip();
    }

    private static String hmac(String key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("This JVM cannot compute HMAC-SHA256", impossible);
        }
    }
}
