package io.pawline.taskstore;

import io.pawline.schemas.budget.BudgetAsk;

/** Decides what a lease of money comes to. All sums are in millionths. */
public final class BudgetRules {

    private BudgetRules() {}

    /**
     * Holds what is known of a lease.
     *
     * @param version grows with each grant; 0: nothing was granted yet
     * @param granted that the lease may spend in all
     * @param spent of that, as last said
     */
    public record Lease(long version, long granted, long spent) {
        public static final Lease NONE = new Lease(0, 0, 0);
    }

    /**
     * Says what came of an ask.
     *
     * @param exhausted whether another call would cost more than is left of what was not spent. If the rest is only leased
     *     to others, it may come back
     */
    public record Decision(Lease lease, boolean exhausted) {}

    /**
     * Decides on an ask. A process that does not know the newest grant gets neither a further one nor is anything taken
     * from it: its ask is from before that grant.
     *
     * @param others what is granted to all other leases of the account
     * @param othersSpent what of that is known to be spent
     * @param limit of the account
     */
    public static Decision decide(Lease known, BudgetAsk.Need need, long others, long othersSpent, long limit) {
        if (need.version() != known.version()) {
            return new Decision(known, false);
        }
        long kept = Math.clamp(need.ceiling(), 0, known.granted());
        long spent = Math.clamp(need.spent(), known.spent(), Math.max(known.spent(), kept));
        long room = Math.max(0, limit - others - kept);
        long given = need.wanted() <= room ? Math.max(0, need.wanted()) : wholeCalls(room, need.call());
        long version = given > 0 ? known.version() + 1 : known.version();
        boolean exhausted = need.wanted() > given && othersSpent + spent + need.call() > limit;
        return new Decision(new Lease(version, kept + given, spent), exhausted);
    }

    /** Parts of the price of a call would be of no use to anybody as long as each has one. */
    private static long wholeCalls(long room, long call) {
        return call > 0 ? room - room % call : room;
    }

    /**
     * Decides on a lease of a dead process.
     *
     * @param read what its calls cost, by the ledger, of what no lease before accounts for
     */
    public static Lease settled(Lease known, long read) {
        long spent = Math.clamp(read, 0, known.granted());
        return new Lease(known.version(), spent, spent);
    }
}
