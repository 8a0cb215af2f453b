package io.pawline.ingest;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What ingest-service takes: {@code pawline.ingest.*}. The caps on a photo are those of {@code pawline.outbound}.
 *
 * @param publicBaseUrl where the front end reaches this service, for the addresses in its answers; not set: as the request
 *     has it
 * @param defaultCallbackUrl where to tell of the ending of a task that names no callback; not set: nowhere
 * @param defaultDeadline how long a task that names no deadline may take, from 1 second to {@code maxDeadline}
 * @param maxDeadline how far ahead a deadline may be
 * @param maxBodySize most bytes of a JSON body, more than 0
 * @param maxBatchSize most bytes of the JSON body of a batch, more than 0
 * @param maxSendTime how long a client may take to send the headers of a request, and then again to send its body; more
 *     than 0
 * @param uploadsAtOnce photos held in memory at once, 1 or more; further uploads wait
 * @param idempotencyWindow how long a request is known again by its {@code Idempotency-Key}, more than 0
 * @param collapseWindow how long a request without a key is folded into a running task that asks for the same; 0: never
 * @param backlog when no further task is accepted
 * @param access who may call
 * @param follow how requests wait for tasks
 * @param relay how accepted tasks get to Kafka
 */
@ConfigurationProperties("pawline.ingest")
public record IngestProperties(
        @Nullable URI publicBaseUrl,
        @Nullable URI defaultCallbackUrl,
        @DefaultValue("1h") Duration defaultDeadline,
        @DefaultValue("24h") Duration maxDeadline,
        @DefaultValue("64KB") DataSize maxBodySize,
        @DefaultValue("4MB") DataSize maxBatchSize,
        @DefaultValue("60s") Duration maxSendTime,
        @DefaultValue("8") int uploadsAtOnce,
        @DefaultValue("48h") Duration idempotencyWindow,
        @DefaultValue("60s") Duration collapseWindow,
        @DefaultValue Backlog backlog,
        @DefaultValue Access access,
        @DefaultValue Follow follow,
        @DefaultValue Relay relay) {

    private static final String PREFIX = "pawline.ingest.";

    public IngestProperties {
        checkUrl("public-base-url", publicBaseUrl);
        checkUrl("default-callback-url", defaultCallbackUrl);
        if (defaultDeadline.toSeconds() < 1 || defaultDeadline.compareTo(maxDeadline) > 0) {
            throw new IllegalArgumentException("%sdefault-deadline must be from 1 second to max-deadline (%s), was %s"
                    .formatted(PREFIX, maxDeadline, defaultDeadline));
        }
        if (maxBodySize.toBytes() < 1 || maxBodySize.compareTo(DataSize.ofMegabytes(16)) > 0) {
            throw new IllegalArgumentException(
                    PREFIX + "max-body-size must be from 1 byte to 16 MB, was " + maxBodySize);
        }
        if (maxBatchSize.toBytes() < 1 || maxBatchSize.compareTo(DataSize.ofMegabytes(16)) > 0) {
            throw new IllegalArgumentException(
                    PREFIX + "max-batch-size must be from 1 byte to 16 MB, was " + maxBatchSize);
        }
        if (!maxSendTime.isPositive()) {
            throw new IllegalArgumentException(PREFIX + "max-send-time must be > 0, was " + maxSendTime);
        }
        if (uploadsAtOnce < 1) {
            throw new IllegalArgumentException(PREFIX + "uploads-at-once must be > 0, was " + uploadsAtOnce);
        }
        if (!idempotencyWindow.isPositive()) {
            throw new IllegalArgumentException(PREFIX + "idempotency-window must be > 0, was " + idempotencyWindow);
        }
        if (collapseWindow.isNegative()) {
            throw new IllegalArgumentException(PREFIX + "collapse-window must be >= 0, was " + collapseWindow);
        }
    }

    /**
     * When no further task is accepted: {@code pawline.ingest.backlog.*}.
     *
     * @param maxWait longest time that an interactive task may be expected to take, more than 0; a bulk one may take half
     *     of it, and none longer than until its deadline
     * @param freeTasks open tasks up to which every task is accepted, 0 or more; about as many as come at once after a quiet
     *     time, when it cannot be known yet how fast they will end
     */
    public record Backlog(
            @DefaultValue("30m") Duration maxWait,
            @DefaultValue("1000") long freeTasks) {

        public Backlog {
            if (!maxWait.isPositive()) {
                throw new IllegalArgumentException(PREFIX + "backlog.max-wait must be > 0, was " + maxWait);
            }
            if (freeTasks < 0) {
                throw new IllegalArgumentException(PREFIX + "backlog.free-tasks must be >= 0, was " + freeTasks);
            }
        }
    }

    /**
     * Who may call, and how much: {@code pawline.ingest.access.*}.
     *
     * @param open whether anybody who reaches the port may do everything, without an API key and without a quota: for
     *     development only
     * @param tasksPerMinute tasks that may be accepted in a minute from one API key, in each process, unless the key says
     *     otherwise; 1 or more. So many may also come at once
     */
    public record Access(
            @DefaultValue("false") boolean open,
            @DefaultValue("6000") int tasksPerMinute) {

        public Access {
            if (tasksPerMinute < 1) {
                throw new IllegalArgumentException(
                        PREFIX + "access.tasks-per-minute must be > 0, was " + tasksPerMinute);
            }
        }
    }

    /**
     * The way from the outbox to Kafka: {@code pawline.ingest.relay.*}.
     *
     * @param batchSize most tasks handed to Kafka in one go, 1 or more
     * @param pollInterval how often to look for tasks that another process accepted and did not relay, more than 0
     * @param maxBackoff longest wait between tries while Kafka or the database is away, at least the poll interval
     */
    public record Relay(
            @DefaultValue("500") int batchSize,
            @DefaultValue("1s") Duration pollInterval,
            @DefaultValue("10s") Duration maxBackoff) {

        public Relay {
            if (batchSize < 1) {
                throw new IllegalArgumentException(PREFIX + "relay.batch-size must be > 0, was " + batchSize);
            }
            if (!pollInterval.isPositive()) {
                throw new IllegalArgumentException(PREFIX + "relay.poll-interval must be > 0, was " + pollInterval);
            }
            if (maxBackoff.compareTo(pollInterval) < 0) {
                throw new IllegalArgumentException(
                        PREFIX + "relay.max-backoff must be >= relay.poll-interval, was " + maxBackoff);
            }
        }
    }

    /**
     * Requests that wait for tasks: {@code pawline.ingest.follow.*}.
     *
     * @param lookEvery pause between two looks at the tasks that are waited for, more than 0
     * @param heartbeat pause between two comments to those who listen to events, more than 0: shorter than what proxies on
     *     the way take for a dead connection
     * @param maxWait longest time that a request may ask to wait, 1 second or more
     * @param maxWaits requests that may wait at once, 1 or more; if not set, as many as half of the heap bears at 16 KB each,
     *     20,000 at most
     */
    public record Follow(
            @DefaultValue("250ms") Duration lookEvery,
            @Nullable Integer maxWaits,
            @DefaultValue("60s") Duration maxWait,
            @DefaultValue("15s") Duration heartbeat) {

        /** Measured were 15 KB, all that the service has besides counted in. */
        private static final long BYTES_OF_A_WAIT = 16 * 1024;

        private static final int MOST_WAITS = 20_000;

        public Follow {
            if (!lookEvery.isPositive()) {
                throw new IllegalArgumentException(PREFIX + "follow.look-every must be > 0, was " + lookEvery);
            }
            if (maxWaits != null && maxWaits < 1) {
                throw new IllegalArgumentException(PREFIX + "follow.max-waits must be > 0, was " + maxWaits);
            }
            if (!heartbeat.isPositive()) {
                throw new IllegalArgumentException(PREFIX + "follow.heartbeat must be > 0, was " + heartbeat);
            }
            if (maxWait.toSeconds() < 1) {
                throw new IllegalArgumentException(PREFIX + "follow.max-wait must be >= 1 s, was " + maxWait);
            }
        }

        /** Requests that may wait at once in a process with such a heap. */
        int mostWaits(long heapBytes) {
            return maxWaits != null ? maxWaits : Math.clamp(heapBytes / 2 / BYTES_OF_A_WAIT, 1, MOST_WAITS);
        }
    }

    private static void checkUrl(String name, @Nullable URI url) {
        if (url != null
                && (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme())))) {
            throw new IllegalArgumentException("%s%s must be an http or https URL".formatted(PREFIX, name));
        }
    }
}
