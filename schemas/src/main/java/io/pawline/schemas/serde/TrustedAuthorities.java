package io.pawline.schemas.serde;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * Holds the authorities that an https registry may be certified by, in place of those of the JVM. The settings mean
 * what Kafka's own {@code ssl.truststore.*} mean (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-651+-+Support+PEM+format+for+SSL+certificates+and+private+key">KIP-651</a>
 * for PEM).
 */
final class TrustedAuthorities {

    private static final String PEM = "PEM";

    private final KeyStore store;

    private TrustedAuthorities(KeyStore store) {
        this.store = store;
    }

    /**
     * What the settings name, if they name any.
     *
     * @throws ConfigException if it cannot be read; the message names the key, and no password
     */
    static Optional<TrustedAuthorities> of(SerdeConfig config) {
        @Nullable String file = config.getString(SerdeConfig.TRUST_STORE);
        @Nullable Password certificates = config.getPassword(SerdeConfig.TRUSTED_CERTIFICATES);
        @Nullable Password password = config.getPassword(SerdeConfig.TRUST_STORE_PASSWORD);
        String type = config.getString(SerdeConfig.TRUST_STORE_TYPE);
        boolean pem = type.equalsIgnoreCase(PEM);
        if (certificates != null && (file != null || !pem)) {
            throw SerdeConfig.refusal(
                    SerdeConfig.TRUSTED_CERTIFICATES,
                    "stands in place of a file, with " + SerdeConfig.TRUST_STORE_TYPE + "=" + PEM);
        }
        if (pem && password != null) {
            throw SerdeConfig.refusal(SerdeConfig.TRUST_STORE_PASSWORD, "must not be set for PEM, which has none");
        }
        if (certificates != null) {
            byte[] text = certificates.value().getBytes(StandardCharsets.UTF_8);
            return Optional.of(read(SerdeConfig.TRUSTED_CERTIFICATES, () -> ofPem(new ByteArrayInputStream(text))));
        }
        if (file == null) {
            return Optional.empty();
        }
        return Optional.of(read(SerdeConfig.TRUST_STORE, () -> {
            try (InputStream bytes = Files.newInputStream(Path.of(file))) {
                return pem ? ofPem(bytes) : ofKeyStore(bytes, type, password);
            }
        }));
    }

    /** A context that trusts these authorities, and no others. */
    SSLContext context() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JVM has no TLS", impossible);
        }
    }

    @FunctionalInterface
    private interface Source {
        KeyStore store() throws IOException, GeneralSecurityException;
    }

    private static TrustedAuthorities read(String key, Source source) {
        try {
            KeyStore store = source.store();
            if (store.size() == 0) {
                throw SerdeConfig.refusal(key, "holds no certificate");
            }
            return new TrustedAuthorities(store);
        } catch (IOException | GeneralSecurityException unreadable) {
            ConfigException refused =
                    new ConfigException("Invalid configuration " + key + ": it cannot be read; is it there, and are "
                            + SerdeConfig.TRUST_STORE_TYPE + " and " + SerdeConfig.TRUST_STORE_PASSWORD + " right?");
            refused.initCause(unreadable);
            throw refused;
        }
    }

    private static KeyStore ofKeyStore(InputStream bytes, String type, @Nullable Password password)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(bytes, password == null ? null : password.value().toCharArray());
        return store;
    }

    private static KeyStore ofPem(InputStream bytes) throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> certificates =
                CertificateFactory.getInstance("X.509").generateCertificates(bytes);
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("authority-" + number++, certificate);
        }
        return store;
    }
}
