package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server's certificate for 127.0.0.1 that no public authority has signed. */
record PrivateAuthority(Path keyStore, Path certificate) {

    static final String PASSWORD = "changeit";

    /** Makes one with the JDK's keytool. */
    static PrivateAuthority in(Path folder) throws Exception {
        PrivateAuthority made = new PrivateAuthority(folder.resolve("server.p12"), folder.resolve("ca.pem"));
        made.keytool(
                "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=server", "-ext", "SAN=ip:127.0.0.1");
        made.keytool("-exportcert", "-rfc", "-alias", "server", "-file", made.certificate.toString());
        return made;
    }

    /** The server's own side. */
    SSLContext server() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream bytes = Files.newInputStream(keyStore)) {
            store.load(bytes, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", keyStore.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
    }
}
