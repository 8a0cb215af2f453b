package io.pawline.ops.live;

import io.pawline.ops.ledger.Prices;
import io.pawline.schemas.Topics;
import io.pawline.service.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the live count. Kafka has what it has counted; the files of a process are its own copy, made anew when it starts
 * and deleted when it ends. A count that fails, for want of a topic, of Kafka or of the registry, begins again.
 * Thread-safe.
 */
final class LiveStreams implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveStreams.class);
    private static final Duration TO_STOP = Duration.ofSeconds(10);

    /** A process that was killed, or a count that failed, keeps its partitions no longer than this. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    /** The topics of the count keep what its stores forget for so long: a restart reads what they keep. */
    private static final Duration KEPT_LONGER = Duration.ofMinutes(10);

    private final Map<String, Object> connection;
    private final Deserializer<?> events;
    private final Prices prices;
    private final Duration sessionTimeout;
    private final Path folder;
    private final LiveChangelogs changelogs;
    private final AbandonedTransactions abandoned;
    /** Whether partitions have come, maybe from a process that was killed, since its transactions were looked for. */
    private volatile boolean gotPartitions;

    private @Nullable KafkaStreams running;
    private boolean closed;

    /**
     * @param connection Kafka client settings: bootstrap servers, security
     * @param events thread-safe
     */
    LiveStreams(Map<String, Object> connection, Deserializer<?> events, Prices prices) {
        this(connection, events, prices, SESSION_TIMEOUT);
    }

    /** @param sessionTimeout how long a count that failed keeps its partitions; the broker bounds it */
    LiveStreams(Map<String, Object> connection, Deserializer<?> events, Prices prices, Duration sessionTimeout) {
        this.sessionTimeout = sessionTimeout;
        this.connection = Map.copyOf(connection);
        this.events = events;
        this.prices = prices;
        this.folder = TemporaryFolder.create("pawline-live");
        this.changelogs = new LiveChangelogs(this.connection);
        this.abandoned = new AbandonedTransactions(this.connection);
    }

    /** Starts the count if it is not running, and ends what a killed process left that counted before. */
    synchronized void tend() {
        if (closed) {
            return;
        }
        if (running != null && alive(running.state())) {
            if (gotPartitions) {
                gotPartitions = false;
                if (!abandoned.end() || running.state() == KafkaStreams.State.REBALANCING) {
                    gotPartitions = true;
                }
            }
            return;
        }
        stop();
        if (!changelogs.haveAllPartitions()) {
            return;
        }
        KafkaStreams next = new KafkaStreams(LiveTopology.of(events, prices), settings());
        next.setUncaughtExceptionHandler(failed -> {
            log.warn("the live count is begun again: {}", String.valueOf(failed));
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        // It does not run before its stores are read, which a transaction that is open holds up, too
        next.setStateListener((now, _) -> {
            if (now == KafkaStreams.State.REBALANCING) {
                gotPartitions = true;
            }
        });
        running = next;
        next.start();
    }

    /** Says whether it counts, and is not only getting ready to. */
    synchronized boolean counts() {
        return running != null && running.state() == KafkaStreams.State.RUNNING;
    }

    private static boolean alive(KafkaStreams.State state) {
        return switch (state) {
            case CREATED, REBALANCING, RUNNING -> true;
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> false;
        };
    }

    private Properties settings() {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, Topics.LIVE_COUNT);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // Results are up to one second old; each commit is a transaction.
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        settings.put(StreamsConfig.WINDOW_STORE_CHANGE_LOG_ADDITIONAL_RETENTION_MS_CONFIG, KEPT_LONGER.toMillis());
        settings.put("processing.exception.handler.global.enabled", true);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        int session = (int) sessionTimeout.toMillis();
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), session);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), session / 4);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }

    private void stop() {
        if (running != null) {
            running.close(CloseOptions.timeout(TO_STOP)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            running = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        stop();
        try {
            Utils.delete(folder.toFile());
        } catch (IOException left) {
            log.warn("temporary files are left in {}", folder);
        }
    }
}
