package io.pawline.ops.report;

import org.jspecify.annotations.Nullable;

/**
 * A call among those that its task made in its stage, in the order of their time. What it says of a call depends on the
 * earlier ones only. So the sums over any spans of time can be added up.
 *
 * @param place 1 for the first call
 * @param before the call before; null: it is the first
 * @param firstOfProvider whether no earlier one was to its provider
 * @param firstFailureOfProvider whether it failed, and no earlier one to its provider did
 * @param firstOfCause whether it failed, and no earlier one to its provider did for the same reason
 * @param firstFailure whether it failed, and no earlier one did
 * @param callsOfFailing how many calls it adds to those of a task in a stage where one failed: the earlier ones, too, if
 *     it is the first failure
 * @param results paid results of the stage up to this call
 * @param paidTwice whether with this call the task is the first time billed, or perhaps, more than once for a stage
 */
record PlacedCall(
        LedgerCall call,
        int place,
        @Nullable LedgerCall before,
        boolean firstOfProvider,
        boolean firstFailureOfProvider,
        boolean firstOfCause,
        boolean firstFailure,
        int callsOfFailing,
        int results,
        boolean paidTwice) {

    boolean first() {
        return before == null;
    }
}
