package io.pawline.taskstore;

import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes a key of the API, without its secret.
 *
 * @param id by which people and logs distinguish keys; it is part of the key
 * @param tenant the owner of the tasks that its holder submits and sees
 * @param name the name that people use for its holder
 * @param tasksPerMinute tasks that may be accepted from its holder in a minute, 1 or more; null: as configured
 * @param expiresAt the key is invalid from then on; null: it does not expire
 * @param revokedAt the key is invalid since then; null: it is not revoked
 * @param lastUsedAt to the minute; null: never used
 */
public record ApiKey(
        String id,
        String tenant,
        String name,
        Set<Scope> scopes,
        @Nullable Integer tasksPerMinute,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {

    private static final Pattern TENANT = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final int MAX_NAME_LENGTH = 100;

    public ApiKey {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(createdAt, "createdAt");
        scopes = Set.copyOf(scopes);
        if (!TENANT.matcher(tenant).matches()) {
            throw new IllegalArgumentException(
                    "a tenant is 1 to 63 of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit");
        }
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a key's name is one line of 1 to %d characters".formatted(MAX_NAME_LENGTH));
        }
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a key needs a scope");
        }
        if (tasksPerMinute != null && tasksPerMinute < 1) {
            throw new IllegalArgumentException("tasks per minute must be > 0, was " + tasksPerMinute);
        }
    }

    /** Whether the key is valid at this moment. */
    public boolean isLive(Instant now) {
        return revokedAt == null && (expiresAt == null || expiresAt.isAfter(now));
    }
}
