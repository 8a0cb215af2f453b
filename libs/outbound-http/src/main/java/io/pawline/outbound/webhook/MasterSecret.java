package io.pawline.outbound.webhook;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Derives the webhook secrets of all tenants from one secret, by HKDF with SHA-256 (<a
 * href="https://www.rfc-editor.org/rfc/rfc5869">RFC 5869</a>). So no secret of a tenant is stored anywhere. Whoever
 * knows the secret of one tenant learns nothing about the secrets of others, or about its other versions. Thread-safe.
 */
final class MasterSecret {

    private static final int LEAST_BYTES = 32;
    private static final int DERIVED_BYTES = 32;

    // It never changes: with another value, the secrets of all tenants would be others
    private static final byte[] SALT = "pawline webhook secret".getBytes(StandardCharsets.US_ASCII);

    private final SecretKey key;

    private MasterSecret(SecretKey key) {
        this.key = key;
    }

    /**
     * Reads a master secret.
     *
     * @param text at least 32 bytes in base64
     * @param setting place of the text in the settings, for the error message
     * @throws IllegalArgumentException if it is none; the message names its place and never its value
     */
    // Without the cause, because that would show the secret
    @SuppressWarnings("UnusedException")
    static MasterSecret parse(String text, String setting) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException notBase64) {
            bytes = new byte[0];
        }
        if (bytes.length < LEAST_BYTES) {
            throw new IllegalArgumentException(setting
                    + " is no master secret: give at least 32 random bytes in base64, as openssl rand -base64 32"
                    + " makes them");
        }
        return new MasterSecret(new SecretKeySpec(bytes, "Generic"));
    }

    /** The secret of this version of a tenant, in the form of Standard Webhooks: {@code whsec_} and base64. */
    String secretOf(String tenant, int version) {
        byte[] name = tenant.getBytes(StandardCharsets.UTF_8);
        // The version has a fixed length, so no two pairs of tenant and version look alike
        byte[] info = ByteBuffer.allocate(Integer.BYTES + name.length)
                .putInt(version)
                .put(name)
                .array();
        try {
            byte[] derived = KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(key)
                            .addSalt(SALT)
                            .thenExpand(info, DERIVED_BYTES));
            return "whsec_" + Base64.getEncoder().encodeToString(derived);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no HKDF-SHA256", e);
        }
    }
}
