package io.pawline.simulator;

import java.util.Objects;
import java.util.Optional;

/**
 * Holds the options that a simulator starts with.
 *
 * @param port to listen on; 0: any free port
 * @param webhookSecret the secret ({@code whsec_…}) that callbacks must be signed with; empty: signatures are not
 *     checked
 */
public record SimulatorOptions(
        int port,
        String arkApiKey,
        String accessKey,
        String secretKey,
        Optional<String> webhookSecret,
        Profile profile) {

    public SimulatorOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be between 0 and 65535, was " + port);
        }
        Objects.requireNonNull(arkApiKey, "arkApiKey");
        Objects.requireNonNull(accessKey, "accessKey");
        Objects.requireNonNull(secretKey, "secretKey");
        Objects.requireNonNull(webhookSecret, "webhookSecret");
        Objects.requireNonNull(profile, "profile");
    }

    /** Options with the simulator's well-known keys, which open nothing else, and without a webhook secret. */
    public static SimulatorOptions of(Profile profile, int port) {
        return new SimulatorOptions(
                port, "simulator-ark-key", "AKLTSIMULATOR", "simulator-secret-key", Optional.empty(), profile);
    }

    public SimulatorOptions withWebhookSecret(String secret) {
        return new SimulatorOptions(port, arkApiKey, accessKey, secretKey, Optional.of(secret), profile);
    }
}
