package io.pawline.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An https registry whose certificate no public authority has signed. */
class TrustedAuthoritiesTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path folder;

    private static HttpsServer server;

    @BeforeAll
    static void start() throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                "registry",
                "-keyalg",
                "EC",
                "-dname",
                "CN=registry",
                "-ext",
                "SAN=ip:127.0.0.1");
        keytool("-exportcert", "-rfc", "-alias", "registry", "-file", file("ca.pem"));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity()));
        server.createContext("/subjects", exchange -> {
            byte[] answer = "[\"pawline.detect-value\"]".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    @Test
    void isRefusedByTheJvmsAuthorities() {
        assertThatThrownBy(() -> subjects(Map.of())).isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void isTrustedWithItsCertificateInAFile() {
        assertThat(subjects(Map.of(
                        "schema.registry.ssl.truststore.location",
                        file("ca.pem"),
                        "schema.registry.ssl.truststore.type",
                        "PEM")))
                .containsExactly("pawline.detect-value");
    }

    @Test
    void isTrustedWithItsCertificateInTheSettings() throws IOException {
        assertThat(subjects(Map.of(
                        "schema.registry.ssl.truststore.certificates",
                        Files.readString(folder.resolve("ca.pem")),
                        "schema.registry.ssl.truststore.type",
                        "PEM")))
                .containsExactly("pawline.detect-value");
    }

    @Test
    void isTrustedWithATrustStore() {
        for (String type : List.of("PKCS12", "JKS")) {
            assertThat(subjects(Map.of(
                            "schema.registry.ssl.truststore.location", file("registry.p12"),
                            "schema.registry.ssl.truststore.type", type,
                            "schema.registry.ssl.truststore.password", PASSWORD)))
                    .containsExactly("pawline.detect-value");
        }
    }

    @Test
    void namesTheSettingThatIsWrong() {
        assertRefused("truststore.location", "location", file("ca.pem"), "type", "JKS");
        assertRefused("truststore.location", "location", file("registry.p12"), "password", "wrong");
        assertRefused("truststore.password", "location", file("ca.pem"), "type", "PEM", "password", "any");
        assertRefused("truststore.certificates", "certificates", "any", "type", "PEM", "location", file("ca.pem"));
        assertRefused("truststore.certificates", "certificates", "", "type", "PEM");
    }

    private static void assertRefused(String key, String... settings) {
        Map<String, String> trust = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            trust.put("schema.registry.ssl.truststore." + settings[i], settings[i + 1]);
        }
        assertThatThrownBy(() -> subjects(trust))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.ssl." + key);
    }

    private static Iterable<String> subjects(Map<String, String> trust) {
        Map<String, Object> settings = new HashMap<>(trust);
        settings.put(
                "schema.registry.url",
                "https://127.0.0.1:" + server.getAddress().getPort());
        settings.put("max.retries", 0);
        try (RegistryInspector registry = new RegistryInspector(settings)) {
            return registry.subjects();
        }
    }

    private static SSLContext identity() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream bytes = Files.newInputStream(folder.resolve("registry.p12"))) {
            store.load(bytes, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", file("registry.p12"), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }
}
