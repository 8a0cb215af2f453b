package io.pawline.stage.provider;

/**
 * Says whether a process may make one more hedge. Each call earns a share of a hedge, and nothing is there at the start.
 * So of all calls up to any moment, no more than that share was made twice. Thread-safe.
 */
final class HedgeBudget {

    /*
     * A token account in each process is exact without a word between processes: what holds for each holds for their sum.
     * It starts empty, so that a process that is started again and again has no more than others. It holds few tokens,
     * so that a quiet night pays for no storm of hedges when a provider slows down in the morning.
     *
     * Rejected:
     * - A share of the latest calls: hedges would come in bursts as old ones leave the window.
     * - A share for the fleet: a lease for each hedge costs a message and brings nothing that the sum does not.
     */

    private static final long TOKEN = 1_000_000;

    /** So many hedges can be saved up. */
    private static final int MOST = 10;

    private final long earned;
    private long saved;

    /** @param share of all calls, 0 to 1 */
    HedgeBudget(double share) {
        this.earned = Math.round(share * TOKEN);
    }

    /** Takes note of a call that is no hedge. */
    synchronized void called() {
        add(earned);
    }

    /**
     * Takes a hedge, if there is one.
     *
     * @param last whether it may be the last one, for there is only one
     */
    synchronized boolean take(boolean last) {
        if (saved < (last ? TOKEN : 2 * TOKEN)) {
            return false;
        }
        saved -= TOKEN;
        return true;
    }

    /** Gives back a hedge that was not made. */
    synchronized void notMade() {
        add(TOKEN);
    }

    /** Says how scarce hedges are, from 0 (as many as can be saved up) to 1 (one at most). */
    synchronized double scarcity() {
        return 1 - (double) Math.max(0, saved - TOKEN) / ((MOST - 1) * TOKEN);
    }

    private void add(long more) {
        saved = Math.min(MOST * TOKEN, saved + more);
    }
}
