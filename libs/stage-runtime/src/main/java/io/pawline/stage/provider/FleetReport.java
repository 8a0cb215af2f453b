package io.pawline.stage.provider;

import io.pawline.stage.CallWork;
import java.util.List;

/**
 * Says what a process has and wants of the fleet's limit. It is a request for a lease, too.
 *
 * @param number counts the reports of this life of the process, from 1
 * @param applied key of the lease that it has; it will never use an earlier one again
 * @param busy calls in flight and calls given up that have probably not ended
 * @param ghosts the latter of them
 * @param wanted calls that it would have in flight if it could
 * @param most calls that it can have in flight at all
 * @param resumed it begins low, since it made no call for a while
 * @param leaving it has given its lease back, and asks for no other
 * @param calls that ended since the report before
 * @param tenants with the most tasks in the process, for those who look
 */
public record FleetReport(
        FleetMember from,
        long number,
        GrantKey applied,
        int busy,
        int ghosts,
        int wanted,
        int most,
        boolean resumed,
        boolean leaving,
        List<Call> calls,
        List<TenantUse> tenants)
        implements FleetMessage {

    public FleetReport {
        calls = List.copyOf(calls);
        tenants = List.copyOf(tenants);
    }

    /** Returns the same with these tenants. */
    FleetReport of(List<TenantUse> busiest) {
        return new FleetReport(from, number, applied, busy, ghosts, wanted, most, resumed, leaving, calls, busiest);
    }

    /**
     * Is a call that ended.
     *
     * @param latency nanoseconds from its start to its end
     * @param ago nanoseconds from its end to the report
     * @param inFlight calls of the process in flight just after it was sent
     * @param result how it ended, as far as that says something about capacity
     * @param startedUnder key of the lease that the process had when the call began
     * @param work what it was about
     */
    public record Call(long latency, long ago, int inFlight, Result result, GrantKey startedUnder, CallWork work) {}

    /** Says how a call ended, as far as that says something about the provider's capacity. */
    public enum Result {
        SUCCEEDED,
        REFUSED,
        /** The account has made too many calls, or used too many tokens, in a minute. */
        OVER_RATE,
        TIMED_OUT,
        /** It says nothing about places, but was one of the minute's calls. */
        FAILED
    }
}
