package io.pawline.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server's certificate for 127.0.0.1 that no public authority has signed, for servers of tests. It is its own
 * authority.
 *
 * @param keyStore key and certificate, as PKCS#12 with {@link #PASSWORD}
 * @param certificate the certificate, as PEM
 * @param privateKey the key, as PEM (PKCS#8, not encrypted), which only its owner can read
 */
public record PrivateAuthority(Path keyStore, Path certificate, Path privateKey) {

    public static final String PASSWORD = "changeit";

    private static final String ALIAS = "server";

    /**
     * Makes one with the JDK's keytool.
     *
     * @param folder of its files, which must be there
     * @throws IOException if keytool refuses, or the files cannot be written
     */
    public static PrivateAuthority in(Path folder) throws IOException, InterruptedException {
        PrivateAuthority made = new PrivateAuthority(
                folder.resolve("server.p12"), folder.resolve("ca.pem"), folder.resolve("server.key"));
        made.keytool(
                "-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-dname", "CN=server", "-ext", "SAN=ip:127.0.0.1");
        made.keytool("-exportcert", "-rfc", "-alias", ALIAS, "-file", made.certificate.toString());
        made.writePrivateKey();
        return made;
    }

    /** Returns the server's own side. */
    public SSLContext server() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(), PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException unreadable) {
            throw new IllegalStateException("the key store cannot be read: " + keyStore, unreadable);
        }
    }

    private KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream bytes = Files.newInputStream(keyStore)) {
            store.load(bytes, PASSWORD.toCharArray());
        }
        return store;
    }

    private void writePrivateKey() throws IOException {
        try {
            Key key = store().getKey(ALIAS, PASSWORD.toCharArray());
            String pem = "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(key.getEncoded())
                    + "\n-----END PRIVATE KEY-----\n";
            Files.createFile(
                    privateKey, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(privateKey, pem);
        } catch (GeneralSecurityException unreadable) {
            throw new IOException("the key store cannot be read: " + keyStore, unreadable);
        }
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", keyStore.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool refuses: " + output);
        }
    }
}
