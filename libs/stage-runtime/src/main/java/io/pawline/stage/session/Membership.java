package io.pawline.stage.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the group certainly has this process as a member. If that is in doubt, another process may have its
 * partitions and make its calls, so no paid call begins. {@link #certain} and {@link #mayBegin} are for any thread; all
 * else is for the poll thread.
 */
final class Membership {

    /*
     * The broker gives up a member of whom it hears nothing for the session time-out. The member learns that from the
     * answer to its next heartbeat, and not before. So a process that was frozen or cut off is a zombie until then. A
     * lease is the usual answer (Gray and Cheriton, Leases, SOSP 1989): what was granted for a time is not used beyond
     * that time, by the holder's own clock. The age of the lease is looked at when a call begins. So a thread that
     * wakes after a freeze finds it over, whatever else has not run yet.
     *
     * The lease runs from the moment at which the last answered heartbeat was sent. Kafka's client does not tell that
     * moment, only how many answers it has had. But it sends a heartbeat only after the answer to the one before. So
     * an answer proves that the process was a member at some time after the answer before it. An answer that lay in a
     * socket during a freeze proves nothing of the time after the freeze, and is not taken to.
     *
     * The newest answer may say that the process is no member, for errors are counted, too. No heartbeat follows such
     * an answer until the poll thread has given the partitions up. So the newest answer proves nothing, and the one
     * before it proves a membership after the one before that. The lease begins two to three heartbeats ago.
     *
     * By the classic protocol, a member that has asked to join the next generation sends no heartbeats. The broker
     * keeps it until all others have joined, which may take as long as they drain. So a process whose membership is
     * certain when it asks keeps it until the answer. If it is cut off meanwhile, the answer may have been lost. The
     * acknowledgements of the ledger show that: a paid call waits for one in any case. If none comes for half of a
     * session, the membership is in doubt.
     */

    private static final Logger log = LoggerFactory.getLogger(StageSession.class);

    private static final String METRICS = "consumer-coordinator-metrics";
    private static final String HEARTBEATS = "heartbeat-total";
    private static final String JOINS = "join-total";
    private static final Set<String> ANSWERS = Set.of(HEARTBEATS, JOINS, "sync-total");

    private final LongSupplier nanoTime;
    private final long session;
    private Map<MetricName, ? extends Metric> metrics = Map.of();
    private List<Metric> answers = List.of();
    private List<Metric> joins = List.of();

    private long seen;
    private long lastLook;

    /** Is before the client had the newest answer. */
    private long beforeNewest;

    /** Is before the client had the answer before that one, which was sent later than this. */
    private long beforeSecond;

    private long beforeThird;
    private long joined;
    private long joinsWhenAsked;
    private boolean doubted;

    /** The process was certainly a member at this moment. */
    private volatile long since;

    /** Says that the broker keeps the member until it answers that the next generation begins. */
    private volatile boolean joining;

    /** The broker has had a request that was sent at this moment; guarded by this object. */
    private long heard;

    /**
     * @param nanoTime like {@link System#nanoTime}
     * @param session time for which the broker keeps a member of whom it hears nothing
     */
    Membership(LongSupplier nanoTime, Duration session) {
        this.nanoTime = nanoTime;
        this.session = session.toNanos();
        long now = nanoTime.getAsLong();
        this.lastLook = now;
        this.beforeNewest = now;
        this.beforeSecond = now;
        this.beforeThird = now;
        this.since = now;
    }

    /** Sets the metrics of the consumer, which count the answers. They may come to be there later. */
    void reads(Map<MetricName, ? extends Metric> live) {
        metrics = live;
    }

    private void find() {
        if (answers.isEmpty() && !named(Set.of(HEARTBEATS)).isEmpty()) {
            answers = named(ANSWERS);
            joins = named(Set.of(JOINS));
        }
    }

    private List<Metric> named(Set<String> names) {
        return metrics.entrySet().stream()
                .filter(metric -> metric.getKey().group().equals(METRICS)
                        && names.contains(metric.getKey().name()))
                .<Metric>map(Map.Entry::getValue)
                .toList();
    }

    private static long sum(List<Metric> counters) {
        long sum = 0;
        for (Metric counter : counters) {
            sum += ((Number) counter.metricValue()).longValue();
        }
        return sum;
    }

    /** Looks for new answers. The more often, the more exact is the time of each. */
    void look() {
        long now = nanoTime.getAsLong();
        find();
        long count = sum(answers);
        if (count > seen) {
            for (long more = Math.min(count - seen, 3); more > 0; more--) {
                beforeThird = beforeSecond;
                beforeSecond = beforeNewest;
                beforeNewest = lastLook;
            }
            certainAt(proven());
        }
        seen = count;
        lastLook = now;
        if (joining && sum(joins) != joinsWhenAsked) {
            joining = false;
        }
        boolean doubt = !mayBegin();
        if (doubt && !doubted) {
            log.warn("no paid call begins until the group has answered a heartbeat");
        }
        doubted = doubt;
    }

    /** Returns a moment after which the process was a member, by the answers so far. */
    private long proven() {
        return beforeThird;
    }

    private void certainAt(long moment) {
        if (moment - since > 0) {
            since = moment;
        }
    }

    /** Takes note that a member by the classic protocol asks to join the next generation. */
    void asksToJoin() {
        long now = nanoTime.getAsLong();
        synchronized (this) {
            heard = now;
        }
        joinsWhenAsked = sum(joins);
        joining = now - since < session;
    }

    /**
     * Takes note that partitions come or go. If a generation has begun, its answer was no error.
     *
     * @throws IllegalStateException if the client counts no heartbeats, so that no call could ever begin
     */
    void rebalanced() {
        look();
        if (answers.isEmpty()) {
            throw new IllegalStateException("the consumer does not count its heartbeats");
        }
        long now = sum(joins);
        if (now != joined) {
            joined = now;
            certainAt(beforeSecond);
        }
    }

    /** Says whether anything may begin by what is known. It does not replace {@link #certain}, right before the call. */
    boolean mayBegin() {
        return joining || nanoTime.getAsLong() - since < session;
    }

    /**
     * Says whether the process is certainly a member now. Asked right before each paid call.
     *
     * @param asked when the ledger was asked for the acknowledgement that the call has, by the same clock
     */
    boolean certain(long asked) {
        boolean kept = joining && isHeard(asked);
        return kept || nanoTime.getAsLong() - since < session;
    }

    private synchronized boolean isHeard(long asked) {
        if (nanoTime.getAsLong() - heard > session / 2) {
            joining = false;
            return false;
        }
        heard = asked - heard > 0 ? asked : heard;
        return true;
    }
}
