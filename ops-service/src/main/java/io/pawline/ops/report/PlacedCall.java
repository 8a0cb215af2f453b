package io.pawline.ops.report;

import org.jspecify.annotations.Nullable;

/**
 * A call among those that its task made in its stage, in the order of their time. Only calls of the period count.
 *
 * @param taskStage number of the generation of a task in a stage; it grows by one with each
 * @param place 1 for the first call
 * @param before the call before; null: it is the first
 */
record PlacedCall(
        LedgerCall call,
        long taskStage,
        int place,
        @Nullable LedgerCall before) {

    boolean first() {
        return before == null;
    }
}
