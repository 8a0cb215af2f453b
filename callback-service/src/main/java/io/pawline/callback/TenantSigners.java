package io.pawline.callback;

import io.pawline.outbound.webhook.WebhookSecrets;
import io.pawline.outbound.webhook.WebhookSigner;
import io.pawline.taskstore.WebhookSecretCache;
import io.pawline.taskstore.WebhookSecretVersions;
import java.time.Clock;

/** Finds the signer for a tenant, with the secrets that are live now. Thread-safe. */
final class TenantSigners {

    private final WebhookSecrets secrets;
    private final WebhookSecretCache versions;
    private final Clock clock;

    TenantSigners(WebhookSecrets secrets, WebhookSecretCache versions, Clock clock) {
        this.secrets = secrets;
        this.versions = versions;
        this.clock = clock;
    }

    /** @throws io.pawline.taskstore.DatabaseUnavailableException if the database is lost */
    WebhookSigner of(String tenant) {
        WebhookSecretVersions live = versions.of(tenant);
        return secrets.signer(tenant, live.live(clock.instant()), live.sharedSigns());
    }
}
