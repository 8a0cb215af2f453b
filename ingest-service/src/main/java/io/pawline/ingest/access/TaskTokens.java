package io.pawline.ingest.access;

import io.pawline.images.UrlSignature;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Scope;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private final List<UrlSignature> signatures;
    private final Clock clock;

    /** @param secrets the newest first; the first one signs, and all of them verify; none: there are no tokens */
    public TaskTokens(List<String> secrets, Clock clock) {
        this.signatures = secrets.stream()
                .map(secret -> new UrlSignature(secret.getBytes(StandardCharsets.US_ASCII)))
                .toList();
        this.clock = clock;
    }

    /** A token for one task of a tenant, which expires at this moment, to the second; empty if there are no tokens. */
    public Optional<String> token(TaskId task, String tenant, Instant expiresAt) {
        String claims = claims(expiresAt.getEpochSecond(), tenant);
        return signatures.stream().findFirst().map(signature -> claims + "~" + signature.of(signed(claims, task)));
    }

    /** The client that a token makes of its holder, who may read this task; empty if it is none for it, or too old. */
    Optional<ApiClient> holder(String token, TaskId task) {
        Matcher parts = FORM.matcher(token);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long expires = Long.parseLong(parts.group(1));
        String signed = signed(claims(expires, parts.group(2)), task);
        boolean genuine = signatures.stream().anyMatch(signature -> signature.isOf(signed, parts.group(3)));
        return genuine && clock.instant().getEpochSecond() < expires
                ? Optional.of(new ApiClient(parts.group(2), CLIENT, Set.of(Scope.READ), 0))
                : Optional.empty();
    }

    private static String claims(long expires, String tenant) {
        return "pwt_%d~%s".formatted(expires, tenant);
    }

    private static String signed(String claims, TaskId task) {
        return claims + "~" + task;
    }
}
