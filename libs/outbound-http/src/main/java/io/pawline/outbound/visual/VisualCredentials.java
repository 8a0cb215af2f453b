package io.pawline.outbound.visual;

import java.util.Objects;
import java.util.Optional;

/**
 * Holds an access key of Volcengine with its secret.
 *
 * @param secretKey secret key exactly as Volcengine shows it; it is not decoded
 * @param sessionToken session token of a temporary key
 */
public record VisualCredentials(String accessKey, String secretKey, Optional<String> sessionToken) {
    public VisualCredentials {
        Objects.requireNonNull(accessKey, "accessKey");
        Objects.requireNonNull(secretKey, "secretKey");
        Objects.requireNonNull(sessionToken, "sessionToken");
    }

    /** A text without any part of the credentials. */
    @Override
    public String toString() {
        return "VisualCredentials[…]";
    }
}
