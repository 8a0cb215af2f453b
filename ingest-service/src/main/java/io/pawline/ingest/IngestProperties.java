package io.pawline.ingest;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of ingest-service: {@code pawline.ingest.*}. The caps on a photo are those of {@code pawline.outbound}.
 *
 * @param publicBaseUrl the address at which the front end reaches this service, for the addresses in its answers; not
 *     set: the address of the request
 * @param defaultCallbackUrl the receiver of the callback if a task names none; not set: such a task has no callback
 * @param defaultDeadline the time that a task that names no deadline may take, from 1 second to {@code maxDeadline}
 * @param maxDeadline the longest time from now to a deadline
 * @param maxBodySize most bytes of a JSON body, more than 0
 * @param maxBatchSize most bytes of the JSON body of a batch, more than 0
 * @param maxSendTime the time that a client may take to send the headers of a request, and then again to send its body;
 *     more than 0
 * @param keepAlive the time for which an idle connection stays open, more than 0; longer than load balancers and
 *     proxies keep theirs, of which most close after 60 s, so that they meet no connection that is just being closed
 * @param uploadMemory most bytes of uploads and batches held in memory at once, at least one photo with its form; further
 *     ones wait, and are refused with 503 after 5 s; not set: a quarter of the heap
 * @param idempotencyWindow the time for which a request is recognised by its {@code Idempotency-Key}, more than 0
 * @param collapseWindow the age up to which a running task takes in a request without a key that asks for the same; 0:
 *     never
 * @param backlog the limits on the backlog
 * @param access who may send requests
 * @param directUpload the photos that clients send before a task names them
 * @param follow the subscriptions to tasks
 * @param relay the way from the outbox to Kafka
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
        @DefaultValue("75s") Duration keepAlive,
        @Nullable DataSize uploadMemory,
        @DefaultValue("48h") Duration idempotencyWindow,
        @DefaultValue("60s") Duration collapseWindow,
        @DefaultValue Backlog backlog,
        @DefaultValue Access access,
        @DefaultValue DirectUpload directUpload,
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
        if (!keepAlive.isPositive()) {
            throw new IllegalArgumentException(PREFIX + "keep-alive must be > 0, was " + keepAlive);
        }
        if (!idempotencyWindow.isPositive()) {
            throw new IllegalArgumentException(PREFIX + "idempotency-window must be > 0, was " + idempotencyWindow);
        }
        if (collapseWindow.isNegative()) {
            throw new IllegalArgumentException(PREFIX + "collapse-window must be >= 0, was " + collapseWindow);
        }
    }

    /**
     * The limits on the backlog: {@code pawline.ingest.backlog.*}. Tasks beyond them are refused.
     *
     * @param maxWait longest predicted time for which an interactive task is accepted, more than 0; half of it applies
     *     to a bulk task, and no task may take longer than until its deadline
     * @param freeTasks open tasks up to which every task is accepted, 0 or more; about as many as come at once after a
     *     quiet time, when the rate at which they will end is not known yet
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
     * Who may send requests, and how many: {@code pawline.ingest.access.*}.
     *
     * @param open whether everybody who reaches the port may do everything, without an API key and without a quota; for
     *     development only
     * @param tasksPerMinute tasks that may be accepted in a minute from one API key, in each process, unless the key
     *     says otherwise; 1 or more. So many may also come in one moment
     * @param allowedOrigins origins of the pages that may read the answers in a browser, such as
     *     {@code https://shop.example}; {@code *}: those of every page; none: no page may
     */
    public record Access(
            @DefaultValue("false") boolean open,
            @DefaultValue("6000") int tasksPerMinute,
            @DefaultValue List<String> allowedOrigins) {

        private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?");

        public Access {
            allowedOrigins = List.copyOf(allowedOrigins);
            for (String origin : allowedOrigins) {
                if (!ORIGIN.matcher(origin).matches()) {
                    throw new IllegalArgumentException(PREFIX
                            + "access.allowed-origins must be origins in lower case without a path, such as"
                            + " https://shop.example, or *");
                }
            }
            if (tasksPerMinute < 1) {
                throw new IllegalArgumentException(
                        PREFIX + "access.tasks-per-minute must be > 0, was " + tasksPerMinute);
            }
        }
    }

    /**
     * The photos that clients send before a task names them: {@code pawline.ingest.direct-upload.*}.
     *
     * @param validity time for which the address of an upload is valid, from 10 seconds to 12 hours; a task that names the
     *     upload has to come within it as well
     * @param pendingPerTenant most bytes of the uploads of one tenant that no task has named and that have not been
     *     deleted, more than 0; each counts for 256 KB at least
     */
    public record DirectUpload(
            @DefaultValue("15m") Duration validity,
            @DefaultValue("1GB") DataSize pendingPerTenant) {

        private static final Duration SHORTEST = Duration.ofSeconds(10);
        private static final Duration LONGEST = Duration.ofHours(12);

        public DirectUpload {
            if (validity.compareTo(SHORTEST) < 0 || validity.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        PREFIX + "direct-upload.validity must be from 10 seconds to 12 hours, was " + validity);
            }
            if (pendingPerTenant.toBytes() < 1) {
                throw new IllegalArgumentException(
                        PREFIX + "direct-upload.pending-per-tenant must be > 0, was " + pendingPerTenant);
            }
        }
    }

    /**
     * The way from the outbox to Kafka: {@code pawline.ingest.relay.*}.
     *
     * @param batchSize most tasks sent to Kafka in one round, 1 or more
     * @param pollInterval pause between two looks for tasks that another process accepted and did not relay, more than
     *     0
     * @param maxBackoff longest pause between attempts while Kafka or the database is away, at least the poll interval
     * @param ahead the work that the stages have ahead of what they do, as the time that they need for it, from 1 second
     *     to 1 hour. The rest waits in the outbox, where tenants do not stand behind each other
     * @param leastAhead tasks that the stages have in any case, however slow they are, 1 or more
     */
    public record Relay(
            @DefaultValue("500") int batchSize,
            @DefaultValue("1s") Duration pollInterval,
            @DefaultValue("10s") Duration maxBackoff,
            @DefaultValue("60s") Duration ahead,
            @DefaultValue("1000") int leastAhead) {

        private static final Duration SHORTEST_AHEAD = Duration.ofSeconds(1);
        private static final Duration LONGEST_AHEAD = Duration.ofHours(1);

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
            if (ahead.compareTo(SHORTEST_AHEAD) < 0 || ahead.compareTo(LONGEST_AHEAD) > 0) {
                throw new IllegalArgumentException(
                        PREFIX + "relay.ahead must be from 1 second to 1 hour, was " + ahead);
            }
            if (leastAhead < 1) {
                throw new IllegalArgumentException(PREFIX + "relay.least-ahead must be > 0, was " + leastAhead);
            }
        }
    }

    /**
     * The requests that wait for tasks: {@code pawline.ingest.follow.*}.
     *
     * @param lookEvery pause between two looks at the tasks that have subscriptions, more than 0
     * @param heartbeat pause between two comments in a stream of events, more than 0; shorter than the time after which
     *     proxies on the way close a silent connection
     * @param maxWait longest time that a request may ask to wait, 1 second or more
     * @param maxWaits requests that may wait at once, 1 or more; not set: as many as half of the heap can hold at 16 KB
     *     each, 20,000 at most
     */
    public record Follow(
            @DefaultValue("250ms") Duration lookEvery,
            @Nullable Integer maxWaits,
            @DefaultValue("60s") Duration maxWait,
            @DefaultValue("15s") Duration heartbeat) {

        /** Heap for one subscription. Measured were 15 KB, with everything else that the service needs. */
        private static final long BYTES_PER_SUBSCRIPTION = 16 * 1024;

        private static final int MAX_SUBSCRIPTIONS = 20_000;

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

        /** The number of requests that may wait at once in a process with such a heap. */
        public int subscriptionLimit(long heapBytes) {
            return maxWaits != null
                    ? maxWaits
                    : Math.clamp(heapBytes / 2 / BYTES_PER_SUBSCRIPTION, 1, MAX_SUBSCRIPTIONS);
        }
    }

    private static void checkUrl(String name, @Nullable URI url) {
        if (url != null
                && (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme())))) {
            throw new IllegalArgumentException("%s%s must be an http or https URL".formatted(PREFIX, name));
        }
    }
}
