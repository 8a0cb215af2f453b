package io.pawline.stage.provider;

import io.pawline.stage.provider.FleetReport.Call;
import io.pawline.stage.provider.FleetReport.Result;
import java.time.Duration;

/**
 * Says how many calls all processes together may begin in a second, by what is configured and by what the provider
 * refuses. Not thread-safe.
 */
final class AccountRate {

    /*
     * A provider that refuses calls and names the minute says what its account may do in one: what it took in the last
     * minute. The rate falls to a little less than that, at most once in a minute: some providers count in minutes of the
     * clock, and refuse all calls until the minute is over. Then it creeps up again, slowly at first, and faster when
     * hardly anything was refused for minutes. A stray refusal lowers nothing.
     *
     * While several calls in a row are refused, few are made, for some seconds. Each of them would be a task that has to
     * wait for its next attempt.
     *
     * Tokens are known at a call's end only. A call reserves what the latest calls took in the mean. As the tokens of the
     * last minute, those reserved included, come near the limit, fewer calls may begin.
     */

    /** Of what the provider took in the minute before it refused, so much may begin from then on. */
    private static final double KEPT = 0.99;

    /** So many refusals, and this share of the calls, lower the rate. */
    private static final int REFUSALS = 3;

    private static final double TOO_MANY = 0.03;

    /** With more refused calls than this share, the rate does not grow. */
    private static final double FEW = 0.01;

    private static final long LOWERED_FOR = Duration.ofMinutes(1).toNanos();

    /** If so many calls in this time are refused, only a part of the rate is used for a while. */
    private static final long IN_A_ROW = Duration.ofSeconds(2).toNanos();

    private static final long HELD_FOR = Duration.ofSeconds(5).toNanos();
    private static final double HELD = 0.1;

    private static final long STEP = Duration.ofSeconds(15).toNanos();
    private static final int SMALL_STEPS = 8;
    private static final double SMALL_STEP = 0.005;
    private static final double LARGEST_STEP = 0.25;

    /** The rate grows if this part of it was used. */
    private static final double USED = 0.9;

    /** A rate of 0 would mean that there is none. */
    private static final double SLOWEST = 0.01;

    /** So much of the tokens of a minute may be used. */
    private static final double TOKENS_USED = 0.985;

    /** Where so much of the tokens of a minute is left, or less, fewer calls begin. */
    private static final double NEARLY_ALL = 0.02;

    /** The mean of a call's tokens is that of about so many calls. */
    private static final int MEAN_OF = 50;

    private final FleetPolicy policy;
    private final MinuteCount taken = new MinuteCount();
    private final MinuteCount tokens = new MinuteCount();
    private double tokensPerCall;
    private int measured;

    private MinuteCount refused = new MinuteCount();
    private final long[] latestRefused = new long[REFUSALS];
    private int refusals;
    private long heldUntil;
    private double learned;
    private long loweredAt;
    private long grownAt;
    private int steps;
    private GrantKey since = GrantKey.NONE;

    AccountRate(FleetPolicy policy) {
        this.policy = policy;
    }

    /** Returns the calls per second that were learned from refusals; 0: none were. */
    double learned() {
        return learned;
    }

    /** Begins to learn, with what another controller had learned. */
    void takeOver(double rate, long now) {
        learned = rate;
        since = GrantKey.NONE;
        refused = new MinuteCount();
        refusals = 0;
        heldUntil = now;
        loweredAt = now - LOWERED_FOR;
        grownAt = now;
        steps = 0;
    }

    /** Counts a call, in all processes. */
    void count(Call call, long end) {
        if (call.result() == Result.OVER_RATE || call.result() == Result.REFUSED) {
            return;
        }
        long start = end - call.latency();
        taken.add(start, 1);
        long used = call.work().tokens();
        if (used > 0) {
            tokens.add(start, used);
            measured = Math.min(MEAN_OF, measured + 1);
            tokensPerCall += (used - tokensPerCall) / measured;
        }
    }

    /**
     * Learns from a call, in the controller.
     *
     * @param next key of the message that the controller would send now
     * @param busy calls of all processes in flight
     */
    void learn(Call call, GrantKey next, int busy, long now) {
        // A call that began under a rate from before says nothing of the present one
        if (call.result() != Result.OVER_RATE || call.startedUnder().compareTo(since) < 0) {
            return;
        }
        long end = now - call.ago();
        refused.add(end, 1);
        int oldest = refusals % REFUSALS;
        boolean inARow = refusals >= REFUSALS && end - latestRefused[oldest] < IN_A_ROW;
        latestRefused[oldest] = end;
        refusals = refusals + 1 == 2 * REFUSALS ? REFUSALS : refusals + 1;
        if (inARow) {
            heldUntil = now + HELD_FOR;
        }
        if (refused.sum(now) >= REFUSALS && refusedShare(busy, now) > TOO_MANY && now - loweredAt >= LOWERED_FOR) {
            lower(busy, now);
            since = next;
        }
    }

    private double refusedShare(int busy, long now) {
        long out = refused.sum(now);
        return (double) out / Math.max(1, out + taken.sum(now) + busy);
    }

    private void lower(int busy, long now) {
        double lately = KEPT * (taken.sum(now) + busy) / MinuteCount.SECONDS;
        double before = learned > 0 ? learned : policy.rate();
        learned = Math.max(SLOWEST, before > 0 ? Math.min(before, lately) : lately);
        loweredAt = now;
        grownAt = now;
        steps = 0;
        refused = new MinuteCount();
    }

    /**
     * Returns the calls that may begin in a second now; 0: as many as the limit lets.
     *
     * @param busy calls of all processes in flight
     */
    double at(long now, int busy) {
        creepUp(now, busy);
        double lowest = policy.rate() > 0 ? policy.rate() : Double.POSITIVE_INFINITY;
        if (learned > 0) {
            lowest = Math.min(lowest, heldUntil - now > 0 ? HELD * learned : learned);
        }
        lowest = Math.min(lowest, byTokens(now, busy));
        return Double.isInfinite(lowest) ? 0 : Math.max(SLOWEST, lowest);
    }

    private void creepUp(long now, int busy) {
        boolean used = taken.sum(now) + busy >= USED * learned * MinuteCount.SECONDS;
        if (learned <= 0 || !used || now - grownAt < STEP || refusedShare(busy, now) > FEW) {
            return;
        }
        int large = Math.max(0, steps - SMALL_STEPS);
        learned *= 1 + Math.min(LARGEST_STEP, SMALL_STEP * (1 << large));
        steps = Math.min(steps + 1, 2 * SMALL_STEPS);
        grownAt = now;
    }

    private double byTokens(long now, int busy) {
        if (policy.tokensPerMinute() == 0 || tokensPerCall <= 0) {
            return Double.POSITIVE_INFINITY;
        }
        double most = TOKENS_USED * policy.tokensPerMinute();
        double left = most - tokens.sum(now) - busy * tokensPerCall;
        return most / MinuteCount.SECONDS / tokensPerCall * Math.clamp(left / (NEARLY_ALL * most), 0.0, 1.0);
    }
}
