package io.pawline.callback;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Who signs which tenant's callbacks: whoever has secrets of its own, or else the default ones. Thread-safe. */
final class WebhookSigners {

    private final WebhookSigner byDefault;
    private final Map<String, WebhookSigner> ofTenants;

    /** @throws IllegalArgumentException if a secret is none; which one, not what it is */
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
