package io.pawline.matting.visual;

import java.util.Objects;
import java.util.Optional;

/**
 * An access key of Volcengine.
 *
 * @param secretKey as it was given out; it is not decoded
 * @param sessionToken for temporary keys only
 */
public record VisualCredentials(String accessKey, String secretKey, Optional<String> sessionToken) {
    public VisualCredentials {
        Objects.requireNonNull(accessKey, "accessKey");
        Objects.requireNonNull(secretKey, "secretKey");
        Objects.requireNonNull(sessionToken, "sessionToken");
    }

    /** Without any of it. */
    @Override
    public String toString() {
        return "VisualCredentials[…]";
    }
}
