package io.pawline.ingest.webhook;

import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.http.TimeSpan;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves {@code /v1/webhook-secret}: the secret that signs the callbacks of the key's tenant. */
@RestController
final class WebhookSecretController {

    private static final Logger log = LoggerFactory.getLogger(WebhookSecretController.class);

    private static final Duration MAX_OVERLAP = Duration.ofDays(30);

    private final TenantWebhookSecret secret;

    WebhookSecretController(TenantWebhookSecret secret) {
        this.secret = secret;
    }

    @GetMapping("/v1/webhook-secret")
    ResponseEntity<WebhookSecretView> show(@RequiresScope(Scope.WEBHOOK) ApiClient client) {
        return unstored(secret.show(client.tenant()));
    }

    @PostMapping("/v1/webhook-secret/rotate")
    ResponseEntity<WebhookSecretView> rotate(
            @RequiresScope(Scope.WEBHOOK) ApiClient client,
            @RequestParam(name = "overlap", defaultValue = "24h") String overlap) {
        return changed(client, secret.rotate(client.tenant(), overlap(overlap)));
    }

    @DeleteMapping("/v1/webhook-secret/previous")
    ResponseEntity<WebhookSecretView> endPrevious(@RequiresScope(Scope.WEBHOOK) ApiClient client) {
        return changed(client, secret.endPrevious(client.tenant()));
    }

    @PutMapping("/v1/webhook-secret/shared")
    ResponseEntity<WebhookSecretView> switchSharedOn(@RequiresScope(Scope.WEBHOOK) ApiClient client) {
        return changed(client, secret.signShared(client.tenant(), true));
    }

    @DeleteMapping("/v1/webhook-secret/shared")
    ResponseEntity<WebhookSecretView> switchSharedOff(@RequiresScope(Scope.WEBHOOK) ApiClient client) {
        return changed(client, secret.signShared(client.tenant(), false));
    }

    private static Duration overlap(String text) {
        Duration overlap = TimeSpan.parse(text)
                .orElseThrow(() -> new ProblemException(CommonProblem.INVALID_REQUEST, "overlap " + TimeSpan.FAULT));
        if (overlap.compareTo(MAX_OVERLAP) > 0) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST, "overlap is longer than " + MAX_OVERLAP.toHours() + "h");
        }
        return overlap;
    }

    /** Leaves in the log who changed what; the text of the view shows no secret. */
    private static ResponseEntity<WebhookSecretView> changed(ApiClient client, WebhookSecretView view) {
        log.info("Key {} has changed what signs the callbacks of its tenant: {}", client.client(), view);
        return unstored(view);
    }

    /** An answer that no cache on the way keeps. */
    private static ResponseEntity<WebhookSecretView> unstored(WebhookSecretView view) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(view);
    }
}
