package io.pawline.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the certificates end that this process holds: the authorities that it trusts, and the certificate by which
 * it says who it is. Files are read anew each time. Thread-safe.
 */
public final class Certificates {

    /** What a certificate is for, as the tag {@code of} of the metric names it. */
    public enum Use {
        /** The authority of the brokers. */
        KAFKA_CA,
        /** The client's own at the brokers. */
        KAFKA_CLIENT,
        /** The authority of the schema registry. */
        REGISTRY_CA,
        /** The authority of the task database. */
        DATABASE_CA;

        /** Returns the name in metrics, such as {@code kafka_ca}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Says when the certificate of a use ends. */
    public record Ending(Use use, Instant at) {}

    private static final Pattern ROOT_CERTIFICATE = Pattern.compile("[?&]sslrootcert=([^&]+)");

    private final Map<String, ?> kafka;
    private final Optional<Path> databaseAuthority;

    /**
     * @param kafka settings of a Kafka client, those of the registry's client included
     * @param databaseUrl JDBC address of the task database; null: this process does not use it
     */
    public Certificates(Map<String, ?> kafka, @Nullable String databaseUrl) {
        this.kafka = kafka;
        Matcher file = ROOT_CERTIFICATE.matcher(databaseUrl == null ? "" : databaseUrl);
        this.databaseAuthority =
                file.find() ? Optional.of(Path.of(URLDecoder.decode(file.group(1), UTF_8))) : Optional.empty();
    }

    /** Returns the certificate that ends first; empty if this process holds none, or none can be read. */
    public Optional<Ending> first() {
        return Stream.of(Use.values())
                .flatMap(use -> end(use).map(at -> new Ending(use, at)).stream())
                .min(Comparator.comparing(Ending::at));
    }

    /**
     * Returns when the certificate of a use ends; empty if there is none, or it cannot be read. Of several authorities,
     * the one that ends last counts: while they are replaced, the old one is beside the new one.
     */
    public Optional<Instant> end(Use use) {
        try {
            return switch (use) {
                case KAFKA_CA -> last(store("ssl.truststore", "certificates"));
                case KAFKA_CLIENT ->
                    ends(store("ssl.keystore", "certificate.chain")).min(Comparator.naturalOrder());
                case REGISTRY_CA -> last(store("schema.registry.ssl.truststore", "certificates"));
                case DATABASE_CA ->
                    databaseAuthority.isPresent()
                            ? last(read(Files.readAllBytes(databaseAuthority.get())))
                            : Optional.empty();
            };
        } catch (IOException | GeneralSecurityException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> last(Collection<? extends Certificate> certificates) {
        return ends(certificates).max(Comparator.naturalOrder());
    }

    private static Stream<Instant> ends(Collection<? extends Certificate> certificates) {
        return certificates.stream()
                .filter(X509Certificate.class::isInstance)
                .map(certificate ->
                        ((X509Certificate) certificate).getNotAfter().toInstant());
    }

    private Collection<? extends Certificate> store(String prefix, String text)
            throws IOException, GeneralSecurityException {
        Object pem = kafka.get(prefix + "." + text);
        if (pem != null) {
            return read(pem.toString().getBytes(UTF_8));
        }
        Object location = kafka.get(prefix + ".location");
        if (location == null) {
            return List.of();
        }
        File file = new File(location.toString());
        if ("PEM".equals(kafka.get(prefix + ".type"))) {
            return read(Files.readAllBytes(file.toPath()));
        }
        Object password = kafka.get(prefix + ".password");
        KeyStore store = KeyStore.getInstance(
                file, password == null ? null : password.toString().toCharArray());
        List<Certificate> certificates = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            certificates.add(store.getCertificate(alias));
        }
        return certificates;
    }

    private static Collection<? extends Certificate> read(byte[] pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    }
}
