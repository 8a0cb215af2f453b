package io.pawline.kafka;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;

/**
 * Runs a broker as it stands in clusters: it speaks TLS only, its users log in by SCRAM-SHA-512, and nobody may do what
 * no right allows. Thread-safe.
 */
public final class SecuredKafka implements AutoCloseable {

    private static final int ITERATIONS = 4096;

    private final EmbeddedKafka broker;
    private final PrivateAuthority authority;
    private final Admin admin;

    private SecuredKafka(EmbeddedKafka broker, PrivateAuthority authority) {
        this.broker = broker;
        this.authority = authority;
        this.admin = Admin.create(
                connection("PLAIN", jaas("plain.PlainLoginModule", "username=\"admin\" password=\"admin-secret\"")));
    }

    /**
     * Starts a broker without any user but the administrator.
     *
     * @param folder of its data; created if it is missing
     * @param authority whose certificate it shows
     */
    public static SecuredKafka start(Path folder, PrivateAuthority authority) {
        return new SecuredKafka(EmbeddedKafka.start(folder, 0, settings(authority)), authority);
    }

    /** The host and port that clients connect to. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** The administrator, who may do everything. It is closed with the broker. */
    public Admin admin() {
        return admin;
    }

    /** Adds a user with these rights and no others, who logs in with {@link #password}. */
    public void add(String user, Collection<AclBinding> rights) throws InterruptedException, ExecutionException {
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), password(user))))
                .all()
                .get();
        admin.createAcls(rights).all().get();
    }

    /** The password of a user. */
    public static String password(String user) {
        return user + "-secret";
    }

    /** What a client has as {@code sasl.jaas.config} to log in as this user. */
    public static String login(String user, String password) {
        return jaas("scram.ScramLoginModule", "username=\"%s\" password=\"%s\"".formatted(user, password));
    }

    /** The settings of a client that logs in as this user. */
    public Map<String, Object> connection(String user) {
        return connectionWith(user, password(user));
    }

    /** The settings of a client that logs in as this user, with a password that may be wrong. */
    public Map<String, Object> connectionWith(String user, String password) {
        return connection("SCRAM-SHA-512", login(user, password));
    }

    private Map<String, Object> connection(String mechanism, String login) {
        return Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                mechanism,
                "sasl.jaas.config",
                login,
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                authority.certificate().toString());
    }

    private static Map<String, String> settings(PrivateAuthority authority) {
        return Map.ofEntries(
                Map.entry("listener.security.protocol.map", "CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT"),
                Map.entry("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512"),
                Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
                Map.entry(
                        "listener.name.client.plain.sasl.jaas.config",
                        jaas(
                                "plain.PlainLoginModule",
                                "username=\"admin\" password=\"admin-secret\" user_admin=\"admin-secret\"")),
                Map.entry("listener.name.client.scram-sha-512.sasl.jaas.config", jaas("scram.ScramLoginModule", "")),
                Map.entry("ssl.keystore.type", "PKCS12"),
                Map.entry("ssl.keystore.location", authority.keyStore().toString()),
                Map.entry("ssl.keystore.password", PrivateAuthority.PASSWORD),
                Map.entry("ssl.truststore.type", "PEM"),
                Map.entry("ssl.truststore.location", authority.certificate().toString()),
                Map.entry("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                // The controller's own connection has no user
                Map.entry("super.users", "User:admin;User:ANONYMOUS"));
    }

    private static String jaas(String module, String options) {
        return "org.apache.kafka.common.security.%s required %s;".formatted(module, options);
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
    }
}
