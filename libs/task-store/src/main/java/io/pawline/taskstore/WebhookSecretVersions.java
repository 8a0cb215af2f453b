package io.pawline.taskstore;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names the versions of a tenant's webhook secret that sign.
 *
 * @param current version that signs for good, 1 or more
 * @param previousUntil moment until which the version before signs too; null: it does not
 * @param sharedSigns whether the secret that all tenants share signs too
 */
public record WebhookSecretVersions(int current, @Nullable Instant previousUntil, boolean sharedSigns) {

    /** The versions of a tenant that has changed nothing yet. */
    public static final WebhookSecretVersions FIRST = new WebhookSecretVersions(1, null, true);

    public WebhookSecretVersions {
        if (current < 1) {
            throw new IllegalArgumentException("the version of a webhook secret must be > 0, was " + current);
        }
    }

    /** The version before the current one, if it signs at this moment. */
    public Optional<Integer> previous(Instant now) {
        return previousUntil != null && previousUntil.isAfter(now) ? Optional.of(current - 1) : Optional.empty();
    }

    /** The versions that sign at this moment, the newest first. */
    public List<Integer> live(Instant now) {
        return previous(now).map(previous -> List.of(current, previous)).orElse(List.of(current));
    }
}
