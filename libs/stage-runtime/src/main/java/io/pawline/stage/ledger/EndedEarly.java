package io.pawline.stage.ledger;

import io.pawline.events.Ending;
import io.pawline.schemas.Reason;

/**
 * Says that a task ends before its work is done.
 *
 * @param detail one sentence for a person
 */
public record EndedEarly(Ending finalState, Reason reason, String detail) {

    public static EndedEarly expired(String detail) {
        return new EndedEarly(Ending.EXPIRED, Reason.DEADLINE_PASSED, detail);
    }

    public static EndedEarly cancelled() {
        return new EndedEarly(Ending.CANCELLED, Reason.CANCELLED, Reason.CANCELLED.description());
    }
}
