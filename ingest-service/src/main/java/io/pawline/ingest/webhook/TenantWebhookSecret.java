package io.pawline.ingest.webhook;

import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.webhook.WebhookSecretView.Previous;
import io.pawline.ingest.webhook.WebhookSecretView.Version;
import io.pawline.outbound.webhook.WebhookSecrets;
import io.pawline.taskstore.WebhookSecretDao;
import io.pawline.taskstore.WebhookSecretVersions;
import io.pawline.web.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Shows and changes the webhook secret of a tenant. At most two versions of it are live. Thread-safe.
 *
 * <p>Every method throws {@link ProblemException} if there is no master secret to derive secrets from, and
 * {@link io.pawline.taskstore.DatabaseUnavailableException} if the database is lost.
 */
final class TenantWebhookSecret {

    private final WebhookSecrets secrets;
    private final WebhookSecretDao versions;
    private final Clock clock;

    TenantWebhookSecret(WebhookSecrets secrets, WebhookSecretDao versions, Clock clock) {
        this.secrets = secrets;
        this.versions = versions;
        this.clock = clock;
    }

    WebhookSecretView show(String tenant) {
        requireMasterSecret();
        return view(tenant, versions.of(tenant), clock.instant());
    }

    /**
     * Makes the next version the current one.
     *
     * @param overlap how long the version until now still signs; zero: not any more
     * @throws ProblemException also if two versions are live already
     */
    WebhookSecretView rotate(String tenant, Duration overlap) {
        requireMasterSecret();
        Instant now = clock.instant();
        return versions.rotate(tenant, overlap, now)
                .map(rotated -> view(tenant, rotated, now))
                .orElseThrow(() -> new ProblemException(
                        IngestProblem.WEBHOOK_SECRET_ROTATING,
                        "the secret before the current one still signs: wait until its signs_until, or end it with"
                                + " DELETE /v1/webhook-secret/previous"));
    }

    /** Ends the version before the current one at once. Nothing happens if it does not sign any more. */
    WebhookSecretView endPrevious(String tenant) {
        requireMasterSecret();
        Instant now = clock.instant();
        return view(tenant, versions.endPrevious(tenant, now), now);
    }

    /** Switches the secret that all tenants share on or off for this tenant. */
    WebhookSecretView signShared(String tenant, boolean signs) {
        requireMasterSecret();
        Instant now = clock.instant();
        return view(tenant, versions.signShared(tenant, signs, now), now);
    }

    private void requireMasterSecret() {
        if (!secrets.derivesSecrets()) {
            throw new ProblemException(
                    IngestProblem.NO_MASTER_SECRET,
                    "the operator has set no pawline.callback.master-secrets, so no tenant has a secret of its own");
        }
    }

    private WebhookSecretView view(String tenant, WebhookSecretVersions live, Instant now) {
        @Nullable
        Previous previous = live.previous(now)
                .map(version ->
                        new Previous(version, secret(tenant, version), Objects.requireNonNull(live.previousUntil())))
                .orElse(null);
        return new WebhookSecretView(
                tenant,
                new Version(live.current(), secret(tenant, live.current())),
                previous,
                live.sharedSigns() && secrets.maySignShared(tenant),
                secrets.hasSettingsFor(tenant));
    }

    private String secret(String tenant, int version) {
        return secrets.derived(tenant, version).orElseThrow();
    }
}
