package io.pawline.cli.connection;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Asks a Kafka cluster the questions of an administrator. Each question is answered, or has failed, within 15 seconds.
 */
public final class Cluster implements AutoCloseable {

    private static final int ANSWER_MILLIS = 15_000;
    private static final int TRY_MILLIS = 10_000;

    private final String servers;
    private final Admin admin;

    /**
     * Connects when the first question is asked.
     *
     * @param connection Kafka client settings: bootstrap servers, security
     * @throws ClusterException if a setting is wrong
     */
    public Cluster(Map<String, ?> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TRY_MILLIS);
        servers = String.valueOf(settings.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
        try {
            admin = Admin.create(settings);
        } catch (KafkaException wrong) {
            throw new ClusterException("the settings for Kafka at " + servers + " cannot be used", wrong);
        }
    }

    /** Returns the bootstrap servers. */
    public String servers() {
        return servers;
    }

    /** Returns the client, whose answers go through {@link #answer}. */
    public Admin admin() {
        return admin;
    }

    /**
     * Waits for the answer.
     *
     * @throws ClusterException if there is none
     */
    public <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            throw failure(failed.getCause() == null ? failed : failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw failure(stopped);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }

    private ClusterException failure(Throwable cause) {
        String why = switch (cause) {
            case TimeoutException _ ->
                "Kafka at %s does not answer; is the address right, and does it ask for TLS or a login (--kafka-config)?"
                        .formatted(servers);
            case AuthenticationException _ -> "Kafka at %s refuses the login".formatted(servers);
            case AuthorizationException _ -> "the user may not do this at Kafka %s".formatted(servers);
            default -> "Kafka at %s refuses".formatted(servers);
        };
        return new ClusterException(why, cause);
    }
}
