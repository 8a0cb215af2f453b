package io.pawline.stage.dispatch;

/**
 * Decides how often those that go last have their turn while others wait, too. The credit grows with each of the others'
 * turns; a whole one is worth one turn. Not thread-safe.
 */
final class TurnCredit {

    private final double share;
    private double credit;

    /** @param share of the turns that those that go last have, between 0 and 1 */
    TurnCredit(double share) {
        this.share = share;
    }

    /** Says whether it is the turn of those that go last. If they may not have it now, it stays theirs. */
    boolean hasTurn(boolean allowed) {
        if (allowed && credit >= 1) {
            credit--;
            return true;
        }
        credit = Math.min(1 + share, credit + share / (1 - share));
        return false;
    }
}
