package io.pawline.stage.provider;

import java.util.List;

/**
 * Gives leases to processes, and says what the fleet's controller knows. The first message of a term gives none: with
 * it, the controller begins its term.
 *
 * @param limit calls that the fleet may have in flight
 * @param rate calls that the fleet may begin in a second; 0: as many as the limit lets
 * @param state from which a next controller can go on
 * @param leases one for each process that has asked since it got the one before
 */
public record FleetGrants(
        FleetMember controller, GrantKey key, int limit, double rate, LimitState state, List<Grant> leases)
        implements FleetMessage {

    public FleetGrants {
        leases = List.copyOf(leases);
    }

    /**
     * Is a lease for one process.
     *
     * @param report number of the report that it answers
     * @param slots calls in flight
     * @param rate calls per second; 0 where the fleet has no rate
     */
    public record Grant(FleetMember to, long report, int slots, double rate) {}
}
