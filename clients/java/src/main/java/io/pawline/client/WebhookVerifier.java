package io.pawline.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.client.model.CallbackBody;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;

/**
 * Verifies callbacks, as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> describes. One signature that
 * one of the secrets made is enough, so a secret can be changed while callbacks come. Immutable and thread-safe.
 */
public final class WebhookVerifier {

    /** A callback whose timestamp is further away, in the past or in the future, is refused. */
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String SECRET_PREFIX = "whsec_";
    private static final String SIGNATURE_PREFIX = "v1,";

    private final List<SecretKeySpec> keys;
    private final Clock clock;

    /**
     * Verifies with these secrets.
     *
     * @param secrets as {@code GET /v1/webhook-secret} shows them, {@code whsec_} and Base64
     * @throws IllegalArgumentException if there is no secret, or one is malformed
     */
    public WebhookVerifier(String... secrets) {
        this(Clock.systemUTC(), List.of(secrets));
    }

    WebhookVerifier(Clock clock, List<String> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("a secret is needed");
        }
        this.clock = clock;
        this.keys = secrets.stream().map(WebhookVerifier::key).toList();
    }

    /**
     * Returns the callback in a request if it is genuine.
     *
     * @param headers of the request, in any case
     * @param body exactly as it arrived
     * @throws WebhookRefusedException if the request is not genuine, is too old, or holds no callback
     */
    public ReceivedCallback verify(Map<String, List<String>> headers, byte[] body) {
        String id = check(headers, body);
        try {
            CallbackBody callback = ClientJson.MAPPER.readValue(body, CallbackBody.class);
            if (callback == null
                    || callback.getParams() == null
                    || callback.getParams().getData() == null) {
                throw new WebhookRefusedException("the body is no callback", null);
            }
            return new ReceivedCallback(
                    id, callback.getParams().getCode(), callback.getParams().getData());
        } catch (JacksonException malformed) {
            throw new WebhookRefusedException("the body is no callback", malformed);
        }
    }

    /** Checks time and signature of a webhook with any body, and returns its id. */
    String check(Map<String, List<String>> headers, byte[] body) {
        String id = header(headers, "webhook-id");
        String timestamp = header(headers, "webhook-timestamp");
        String signatures = header(headers, "webhook-signature");
        checkTime(timestamp);
        byte[] head = (id + "." + timestamp + ".").getBytes(UTF_8);
        boolean genuine = false;
        for (SecretKeySpec key : keys) {
            byte[] expected = signature(key, head, body);
            for (String signature : signatures.split(" ", -1)) {
                genuine |= signature.startsWith(SIGNATURE_PREFIX)
                        && MessageDigest.isEqual(
                                expected,
                                signature.substring(SIGNATURE_PREFIX.length()).getBytes(UTF_8));
            }
        }
        if (!genuine) {
            throw new WebhookRefusedException("no signature matches", null);
        }
        return id;
    }

    private void checkTime(String timestamp) {
        Instant sent;
        try {
            sent = Instant.ofEpochSecond(Long.parseLong(timestamp));
        } catch (RuntimeException malformed) {
            throw new WebhookRefusedException("webhook-timestamp is no time", malformed);
        }
        Instant now = clock.instant();
        if (sent.isBefore(now.minus(TOLERANCE))) {
            throw new WebhookRefusedException("webhook-timestamp is too old", null);
        }
        if (sent.isAfter(now.plus(TOLERANCE))) {
            throw new WebhookRefusedException("webhook-timestamp is in the future", null);
        }
    }

    private static byte[] signature(SecretKeySpec key, byte[] head, byte[] body) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            mac.update(head);
            return Base64.getEncoder().encode(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }

    private static String header(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> name.equalsIgnoreCase(header.getKey()))
                .flatMap(header -> header.getValue().stream())
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElseThrow(() -> new WebhookRefusedException("the header " + name + " is missing", null));
    }

    private static SecretKeySpec key(String secret) {
        String encoded = secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : secret;
        try {
            return new SecretKeySpec(Base64.getDecoder().decode(encoded), "HmacSHA256");
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("a webhook secret is whsec_ and Base64", malformed);
        }
    }
}
