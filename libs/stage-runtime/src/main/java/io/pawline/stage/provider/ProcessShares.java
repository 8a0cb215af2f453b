package io.pawline.stage.provider;

/** Divides a limit between processes: none has less than another while it wants more. */
final class ProcessShares {

    private ProcessShares() {}

    /**
     * Divides so many slots. What nobody wants is divided evenly as well, for work may come.
     *
     * @param wanted slots that each process could use now
     * @param most slots that each process could ever use
     * @param turn process that comes first where slots are too few for all
     */
    static int[] of(int slots, int[] wanted, int[] most, int turn) {
        int[] shares = new int[wanted.length];
        int left = fill(slots, shares, wanted, turn);
        fill(left, shares, most, turn);
        return shares;
    }

    /** Fills the shares up to their bounds, the smallest first, and returns what is left. */
    private static int fill(int slots, int[] shares, int[] bounds, int turn) {
        int left = slots;
        while (true) {
            int unfilled = 0;
            for (int i = 0; i < shares.length; i++) {
                unfilled += shares[i] < bounds[i] ? 1 : 0;
            }
            if (unfilled == 0 || left == 0) {
                return left;
            }
            int each = Math.max(1, left / unfilled);
            for (int i = 0; i < shares.length && left > 0; i++) {
                int at = Math.floorMod(i + turn, shares.length);
                int more = Math.min(Math.min(each, left), bounds[at] - shares[at]);
                if (more > 0) {
                    shares[at] += more;
                    left -= more;
                }
            }
        }
    }
}
