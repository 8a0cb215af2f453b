package io.pawline.ingest.webhook;

import io.opentelemetry.api.trace.Span;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.outbound.AddressGuard;
import io.pawline.outbound.webhook.CallbackBody;
import io.pawline.outbound.webhook.WebhookClient;
import io.pawline.outbound.webhook.WebhookSecrets;
import io.pawline.outbound.webhook.WebhookSigner;
import io.pawline.schemas.TaskId;
import io.pawline.service.TraceParent;
import io.pawline.taskstore.WebhookSecretDao;
import io.pawline.taskstore.WebhookSecretVersions;
import io.pawline.web.ProblemException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;

/**
 * Sends an example of a callback to a receiver, once, as callback-service sends a final state: through the same guard,
 * with the same signatures and headers. Thread-safe.
 */
final class TestDelivery {

    private final WebhookSecrets secrets;
    private final WebhookSecretDao versions;
    private final WebhookClient webhooks;
    private final TestDeliveryLimit limit;
    private final Clock clock;

    TestDelivery(
            WebhookSecrets secrets,
            WebhookSecretDao versions,
            WebhookClient webhooks,
            TestDeliveryLimit limit,
            Clock clock) {
        this.secrets = secrets;
        this.versions = versions;
        this.webhooks = webhooks;
        this.limit = limit;
        this.clock = clock;
    }

    /**
     * Sends one and returns what the receiver made of it.
     *
     * @throws ProblemException if nothing would sign it
     * @throws TooManyTestDeliveriesException if the tenant has had its share
     * @throws io.pawline.taskstore.DatabaseUnavailableException if the database is lost
     */
    TestDeliveryView send(String tenant, URI callback) throws InterruptedException {
        WebhookSigner signer = signer(tenant);
        limit.take(tenant);
        String task = TaskId.next().toString();
        String webhookId = "msg_test_" + task;
        byte[] body = CallbackBody.example(task, clock.instant()).json();
        long begin = System.nanoTime();
        WebhookClient.Posted posted = ScopedValue.where(AddressGuard.TENANT, tenant)
                .<WebhookClient.Posted, InterruptedException>call(
                        () -> webhooks.post(callback, signer, webhookId, body, TraceParent.of(Span.current())));
        Duration duration = Duration.ofNanos(System.nanoTime() - begin);
        return TestDeliveryView.of(webhookId, posted, duration, signer.signatures());
    }

    private WebhookSigner signer(String tenant) {
        if (!secrets.derivesSecrets() && !secrets.hasSettingsFor(tenant) && !secrets.maySignShared(tenant)) {
            throw new ProblemException(
                    IngestProblem.NO_MASTER_SECRET,
                    "nothing would sign it: the operator has set no pawline.callback.master-secrets");
        }
        WebhookSecretVersions live = versions.of(tenant);
        return secrets.signer(tenant, live.live(clock.instant()), live.sharedSigns());
    }
}
