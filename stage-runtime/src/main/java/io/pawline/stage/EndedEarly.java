package io.pawline.stage;

import io.pawline.events.Ending;
import io.pawline.schemas.Reason;

/**
 * The end of a task before its work is done.
 *
 * @param detail one sentence for a person
 */
record EndedEarly(Ending ending, Reason reason, String detail) {

    static EndedEarly expired(String detail) {
        return new EndedEarly(Ending.EXPIRED, Reason.DEADLINE_PASSED, detail);
    }

    static EndedEarly cancelled() {
        return new EndedEarly(Ending.CANCELLED, Reason.CANCELLED, Reason.CANCELLED.description());
    }
}
