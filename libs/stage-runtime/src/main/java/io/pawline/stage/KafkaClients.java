package io.pawline.stage;

import io.pawline.service.EventFormat;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes the consumer and the producers of a stage. They have the connection as it was configured, and above it the
 * settings on which the stage's guarantees rest. Nobody can override these.
 *
 * @param connection Kafka client settings: bootstrap servers, security
 * @param instanceId names this process among those of the stage; it is the same again after a restart, so that the
 *     restarted process takes its partitions over at once and its predecessor's open transaction is aborted at once
 */
public record KafkaClients(Map<String, Object> connection, String instanceId) implements StageClients {

    /**
     * Names the setting that says how many milliseconds a broker that runs the groups keeps a silent member. It is needed
     * only if the broker's {@code group.consumer.session.timeout.ms} is less than its default, for no client is told.
     */
    public static final String SESSION_TIMEOUT_OF_BROKER = "pawline.session.timeout.ms";

    /** Bounds how long a killed process holds up those who read what it wrote last. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

    /** Is Kafka's default. */
    private static final Duration POLL_INTERVAL = Duration.ofMinutes(5);

    private static final Duration LEDGER_PATIENCE = Duration.ofHours(1);
    private static final Duration LIMITS_PATIENCE = Duration.ofSeconds(6);
    private static final int LARGEST_REQUEST = 16 * 1024 * 1024;
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    /** The longest. With Kafka's 3 s, a broker that is silent for a second makes calls wait: see {@code Membership}. */
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(2);

    /** Is the broker's default, and the least that it allows by default, where the broker runs the groups. */
    private static final Duration BROKERS_SESSION_TIMEOUT = Duration.ofSeconds(45);

    /** With the default of 100, a commit that has to wait for the one before takes 100 ms. */
    private static final int RETRY_BACKOFF_MILLIS = 5;

    public static final int MAX_POLL_RECORDS = 500;

    /** With the default of 50 MB, what a consumer has fetched would need a good part of a small heap. */
    private static final int FETCH_BYTES = 8 * 1024 * 1024;

    /**
     * A consumer asks a broker for one thing at a time. While it asks for the retries, of which there may be none, it
     * cannot ask for more of the work, whose records it has given away. With the default of 500, that held up a partition
     * for a quarter of a second after each megabyte.
     */
    private static final int FETCH_WAIT_MILLIS = 100;

    /** Records that are read again lie far apart, so most of what is fetched with them is of no use. */
    private static final int REREAD_BYTES = 64 * 1024;

    public KafkaClients {
        connection = Map.copyOf(connection);
        Objects.requireNonNull(instanceId, "instanceId");
    }

    @Override
    public Consumer<byte[], byte[]> consumer(String group, Duration drain, Runnable joins) {
        Map<String, Object> settings = new HashMap<>(connection);
        Duration pollInterval = drain.compareTo(POLL_INTERVAL) < 0 ? POLL_INTERVAL : drain.plus(POLL_INTERVAL);
        settings.putIfAbsent(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, (int) pollInterval.toMillis());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, group + "-" + instanceId);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        if (newGroupProtocol()) {
            // The broker lets a static member that was killed in only after its session time-out, so there are none.
            settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
            // The broker's default counts partitions whatever their topic: one process could get only retries.
            settings.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
        } else {
            settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
            settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION_TIMEOUT.toMillis());
            settings.merge(
                    ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                    (int) HEARTBEAT_INTERVAL.toMillis(),
                    (theirs, ours) -> Math.min(Integer.parseInt(theirs.toString()), (int) ours));
            settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, JoinNotice.class.getName());
            settings.put(JoinNotice.JOINS, joins);
        }
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        settings.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        settings.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Duration sessionTimeout() {
        if (!newGroupProtocol()) {
            return SESSION_TIMEOUT;
        }
        Object brokers = connection.get(SESSION_TIMEOUT_OF_BROKER);
        return brokers == null ? BROKERS_SESSION_TIMEOUT : Duration.ofMillis(Long.parseLong(brokers.toString()));
    }

    @Override
    public Consumer<byte[], byte[]> rereader(String group) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, group + "-" + instanceId + "-reread");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, REREAD_BYTES);
        // A fetch that waits at the end of the topic would hold up the next one, which is for records that are there
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> limitsReader(String group) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, group + "-" + instanceId + "-limits");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES / 8);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) LIMITS_PATIENCE.toMillis());
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Producer<byte[], byte[]> limitsProducer(String group) {
        Map<String, Object> settings = producerSettings(group + "-" + instanceId + "-limits");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) LIMITS_PATIENCE.toMillis() / 2);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) LIMITS_PATIENCE.toMillis() / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) LIMITS_PATIENCE.toMillis());
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Says whether the broker runs the groups (KIP-848): Kafka's own setting {@code group.protocol=consumer}. */
    private boolean newGroupProtocol() {
        return "consumer".equalsIgnoreCase(String.valueOf(connection.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)));
    }

    @Override
    public Producer<byte[], byte[]> producer(String group) {
        Map<String, Object> settings = producerSettings(group + "-" + instanceId);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group + "-" + instanceId);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
        // The topic says what is too large, for the operator can raise its limit.
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Producer<byte[], byte[]> ledgerProducer(String group) {
        Map<String, Object> settings = producerSettings(group + "-" + instanceId + "-ledger");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 2);
        // If a partition has a new leader, a second request may overtake the first. The first is then refused until it
        // times out, and calls wait for it.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) LEDGER_PATIENCE.toMillis());
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public ControlChannel controls(EventFormat format, Clock clock) {
        return new KafkaControls(connection, format, clock);
    }

    private Map<String, Object> producerSettings(String clientId) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis() / 2);
        settings.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
        return settings;
    }
}
