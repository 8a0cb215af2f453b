package io.pawline.outbound.webhook;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Signs callbacks according to <a href="https://www.standardwebhooks.com">Standard Webhooks</a>, with every live
 * secret. Thread-safe.
 */
public final class WebhookSigner {

    private final List<Webhook> keys;

    /**
     * A signer with these secrets.
     *
     * @param setting name of the place of the secrets, for error messages
     * @throws IllegalArgumentException if there is no secret or if one is not base64; the message names its place and
     *     never its value
     */
    public static WebhookSigner of(String setting, List<String> secrets) {
        return new WebhookSigner(setting, secrets);
    }

    WebhookSigner(String setting, List<String> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException(
                    setting + " is empty: give at least one secret, whsec_ and 24 to 64 bytes in base64");
        }
        List<Webhook> parsed = new ArrayList<>();
        for (String secret : secrets) {
            parsed.add(key(secret, "%s[%d]".formatted(setting, parsed.size())));
        }
        keys = List.copyOf(parsed);
    }

    // Without the cause, because that would show the secret
    @SuppressWarnings("UnusedException")
    private static Webhook key(String secret, String where) {
        try {
            return new Webhook(secret);
        } catch (EmptyWebhookSecretException | IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " is not a secret: a secret is whsec_ and then base64");
        }
    }

    /** The number of signatures, one for each secret. */
    public int signatures() {
        return keys.size();
    }

    /** The value of {@code webhook-signature}: one signature for each secret, separated by spaces. */
    public String sign(String id, Instant timestamp, byte[] body) {
        String payload = new String(body, StandardCharsets.UTF_8);
        return keys.stream()
                .map(key -> sign(key, id, timestamp.getEpochSecond(), payload))
                .collect(Collectors.joining(" "));
    }

    private static String sign(Webhook key, String id, long timestamp, String payload) {
        try {
            return key.sign(id, timestamp, payload);
        } catch (WebhookSigningException e) {
            throw new IllegalStateException("This JVM cannot compute HMAC-SHA256", e);
        }
    }
}
