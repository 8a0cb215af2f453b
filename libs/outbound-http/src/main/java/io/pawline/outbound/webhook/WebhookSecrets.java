package io.pawline.outbound.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says which secrets sign the callbacks of a tenant. These are its secrets from the settings, or else the secrets that
 * all tenants share, and the secrets that are derived for it. Thread-safe.
 */
public final class WebhookSecrets {

    private static final String SHARED = "pawline.callback.secrets";
    private static final String OF_TENANTS = "pawline.callback.tenant-secrets.";
    private static final String MASTERS = "pawline.callback.master-secrets";

    private final List<MasterSecret> masters;
    private final List<String> shared;
    private final Map<String, List<String>> ofTenants;

    /** @throws IllegalArgumentException if a secret is not valid; the message names its place and never its value */
    WebhookSecrets(List<String> masters, List<String> shared, Map<String, List<String>> ofTenants) {
        List<MasterSecret> parsed = new ArrayList<>();
        for (String master : masters) {
            parsed.add(MasterSecret.parse(master, "%s[%d]".formatted(MASTERS, parsed.size())));
        }
        this.masters = List.copyOf(parsed);
        this.shared = List.copyOf(shared);
        this.ofTenants = Map.copyOf(ofTenants);
        if (!shared.isEmpty()) {
            new WebhookSigner(SHARED, shared);
        }
        ofTenants.forEach((tenant, secrets) -> new WebhookSigner(OF_TENANTS + tenant, secrets));
    }

    /** Whether every tenant has a secret of its own, because there is a master secret. */
    public boolean derivesSecrets() {
        return !masters.isEmpty();
    }

    /** Whether the settings have secrets for this tenant alone. */
    public boolean hasSettingsFor(String tenant) {
        return ofTenants.containsKey(tenant);
    }

    /** Whether the secrets that all tenants share sign for this tenant, unless they are switched off for it. */
    public boolean maySignShared(String tenant) {
        return !shared.isEmpty() && !hasSettingsFor(tenant);
    }

    /** The secret of this version that is derived for a tenant; empty without a master secret. */
    public Optional<String> derived(String tenant, int version) {
        return masters.stream().findFirst().map(newest -> newest.secretOf(tenant, version));
    }

    /**
     * Secrets for another purpose than callbacks, one of each master secret, the newest first; empty without one. Nobody
     * is ever shown them.
     *
     * @param purpose a name that no tenant can have
     */
    public List<String> derivedFor(String purpose) {
        if (purpose.matches("[a-z0-9._-]+")) {
            throw new IllegalArgumentException("a tenant may have the name " + purpose);
        }
        return masters.stream().map(master -> master.secretOf(purpose, 1)).toList();
    }

    /**
     * The signer for a tenant. The secrets of the settings come first, because a receiver may look only at the first
     * signature.
     *
     * @param versions versions of the derived secret that are live, the newest first
     * @param sharedSigns whether the secrets that all tenants share sign, too. They always do without a master secret,
     *     because a callback would not be signed otherwise
     * @throws IllegalStateException if nothing would sign
     */
    public WebhookSigner signer(String tenant, List<Integer> versions, boolean sharedSigns) {
        List<String> secrets = new ArrayList<>();
        if (hasSettingsFor(tenant)) {
            secrets.addAll(ofTenants.getOrDefault(tenant, List.of()));
        } else if (sharedSigns || masters.isEmpty()) {
            secrets.addAll(shared);
        }
        for (MasterSecret master : masters) {
            versions.forEach(version -> secrets.add(master.secretOf(tenant, version)));
        }
        if (secrets.isEmpty()) {
            throw new IllegalStateException(missing());
        }
        return new WebhookSigner("the secrets of tenant " + tenant, secrets);
    }

    /**
     * Checks that the callbacks of every tenant would be signed.
     *
     * @throws IllegalArgumentException if there is neither a master secret nor a shared one; the message names the
     *     settings
     */
    public void requireSecretsForAllTenants() {
        if (masters.isEmpty() && shared.isEmpty()) {
            throw new IllegalArgumentException(missing());
        }
    }

    private static String missing() {
        return ("neither %s nor %s is set, so callbacks cannot be signed: give one master secret, at least 32 random"
                        + " bytes in base64, as openssl rand -base64 32 makes them")
                .formatted(MASTERS, SHARED);
    }

    @Override
    public String toString() {
        return "masterSecrets=%d, secrets=%d, tenantSecrets=%s"
                .formatted(masters.size(), shared.size(), ofTenants.keySet());
    }
}
