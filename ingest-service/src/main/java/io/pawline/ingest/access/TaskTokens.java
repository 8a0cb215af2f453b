package io.pawline.ingest.access;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Scope;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and verifies tokens that let a browser read one task for a short time. A token is
 * {@code pwt_<seconds>~<tenant>~<signature>}: the moment when it expires, and an HMAC-SHA256 of both and of the task. It
 * stands nowhere, so verifying one costs no query. All processes with the same secrets know each other's. Thread-safe.
 */
public final class TaskTokens {

    private static final Pattern FORM =
            Pattern.compile("pwt_([0-9]{1,11})~([a-z0-9][a-z0-9._-]{0,62})~([A-Za-z0-9_-]{43})");

    /** The id of a client who came with a token; no API key has it. */
    private static final String CLIENT = "token";

    private static final String ALGORITHM = "HmacSHA256";

    private final List<String> secrets;
    private final Clock clock;

    /** @param secrets the newest first; the first one signs, and all of them verify; none: there are no tokens */
    public TaskTokens(List<String> secrets, Clock clock) {
        this.secrets = List.copyOf(secrets);
        this.clock = clock;
    }

    /** A token for one task of a tenant, which expires at this moment, to the second; empty if there are no tokens. */
    public Optional<String> token(TaskId task, String tenant, Instant expiresAt) {
        return secrets.stream().findFirst().map(secret -> {
            String claims = claims(expiresAt.getEpochSecond(), tenant);
            return claims + "~" + signature(secret, claims, task);
        });
    }

    /** The client that a token makes of its holder, who may read this task; empty if it is none for it, or too old. */
    Optional<ApiClient> holder(String token, TaskId task) {
        Matcher parts = FORM.matcher(token);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long expires = Long.parseLong(parts.group(1));
        String claims = claims(expires, parts.group(2));
        boolean genuine = secrets.stream().anyMatch(secret -> same(signature(secret, claims, task), parts.group(3)));
        return genuine && clock.instant().getEpochSecond() < expires
                ? Optional.of(new ApiClient(parts.group(2), CLIENT, Set.of(Scope.READ), 0))
                : Optional.empty();
    }

    private static String claims(long expires, String tenant) {
        return "pwt_%d~%s".formatted(expires, tenant);
    }

    private static String signature(String secret, String claims, TaskId task) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
            byte[] signed = mac.doFinal((claims + "~" + task).getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    private static boolean same(String signature, String given) {
        return MessageDigest.isEqual(
                signature.getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.US_ASCII));
    }
}
