package io.pawline.ops.alerts;

import io.pawline.ops.alerts.Alert.Severity;
import io.pawline.outbound.webhook.WebhookSigner;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Says who is notified of alerts, by settings of {@code pawline.ops.notifications.*}. Addresses and secrets are never
 * logged.
 *
 * @param receivers who is notified, by a name of your own: {@code pawline.ops.notifications.receivers.team.url=…}; each
 *     has {@code url}, {@code format} (webhook, slack, feishu, dingtalk), {@code secret}, {@code severity} (warning,
 *     critical) and {@code language} (en, zh)
 * @param console address of the console, such as {@code https://ops.example.com}, for links in notifications; empty: no
 *     links
 * @param giveUpAfter how long it is tried to send a notification, more than 0
 */
@ConfigurationProperties("pawline.ops.notifications")
public record NotificationProperties(
        @Nullable Map<String, Receiver> receivers,
        @Nullable URI console,
        @DefaultValue("6h") Duration giveUpAfter) {

    public NotificationProperties {
        receivers = receivers == null ? Map.of() : Map.copyOf(receivers);
        receivers.forEach((name, receiver) -> receiver.requireSense("pawline.ops.notifications.receivers." + name));
        if (!giveUpAfter.isPositive()) {
            throw new IllegalArgumentException(
                    "pawline.ops.notifications.give-up-after must be > 0, was " + giveUpAfter);
        }
    }

    /** Returns each receiver's name and the severity from which on it is notified. */
    public Map<String, Severity> severities() {
        Map<String, Severity> severities = new TreeMap<>();
        known().forEach((name, receiver) -> severities.put(name, receiver.severity()));
        return severities;
    }

    Map<String, Receiver> known() {
        return receivers == null ? Map.of() : receivers;
    }

    /** The form of a notification. */
    public enum Format {
        /** JSON with a signature by Standard Webhooks. */
        WEBHOOK,
        /** The form of Slack's incoming webhooks, which Mattermost and others take, too. */
        SLACK,
        /** A custom bot of Feishu or Lark. */
        FEISHU,
        /** A custom bot of DingTalk. */
        DINGTALK
    }

    /**
     * Somebody who is notified.
     *
     * @param url address of the webhook; for most services it is a secret, so give it as one
     * @param format {@code webhook}, {@code slack}, {@code feishu} or {@code dingtalk}
     * @param secret signs the notifications: of {@code webhook} it is {@code whsec_} and base64 and must be given, of
     *     {@code feishu} and {@code dingtalk} the one that the bot shows
     * @param severity from which on it is notified, {@code warning} or {@code critical}
     * @param language {@code en} or {@code zh}
     */
    public record Receiver(
            @Nullable String url,
            @DefaultValue("webhook") Format format,
            @Nullable String secret,
            @DefaultValue("warning") Severity severity,
            @DefaultValue("en") String language) {

        private void requireSense(String setting) {
            require(url != null && !url.isBlank() && isHttp(url), setting + ".url must be an http or https address");
            require(language.equals("en") || language.equals("zh"), setting + ".language must be en or zh");
            require(format != Format.WEBHOOK || hasSecret(), setting + ".secret is missing: whsec_ and then base64");
            if (format == Format.WEBHOOK) {
                WebhookSigner _ = WebhookSigner.of(
                        setting + ".secret", List.of(String.valueOf(secret).strip()));
            }
            require(
                    format != Format.SLACK || !hasSecret(),
                    setting + ".secret must be empty: Slack has none, its address is the secret");
        }

        boolean hasSecret() {
            return secret != null && !secret.isBlank();
        }

        /** Without the address and the secret. */
        @Override
        public String toString() {
            return "Receiver[format=%s, severity=%s, language=%s]".formatted(format, severity, language);
        }

        private static boolean isHttp(String address) {
            try {
                URI uri = new URI(address.strip());
                return uri.getHost() != null
                        && ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
            } catch (URISyntaxException none) {
                return false;
            }
        }

        private static void require(boolean good, String wrong) {
            if (!good) {
                throw new IllegalArgumentException(wrong);
            }
        }
    }
}
