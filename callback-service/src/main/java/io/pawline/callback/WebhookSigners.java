package io.pawline.callback;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds the signer for a tenant: its own if it has secrets, otherwise the default one. Thread-safe. */
final class WebhookSigners {

    private final WebhookSigner byDefault;
    private final Map<String, WebhookSigner> ofTenants;

    /** @throws IllegalArgumentException if a secret is not valid; the message names its place and never its value */
    WebhookSigners(List<String> secrets, Map<String, List<String>> ofTenants) {
        this.byDefault = new WebhookSigner("pawline.callback.secrets", secrets);
        this.ofTenants = ofTenants.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        own -> new WebhookSigner("pawline.callback.tenant-secrets." + own.getKey(), own.getValue())));
    }

    WebhookSigner of(String tenant) {
        return ofTenants.getOrDefault(tenant, byDefault);
    }
}
