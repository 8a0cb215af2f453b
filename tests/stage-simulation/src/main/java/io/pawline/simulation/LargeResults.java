package io.pawline.simulation;

import io.pawline.events.PetDescribed;
import org.apache.avro.specific.SpecificRecord;

/** Says which results are larger than their topic takes. */
final class LargeResults {

    static final String LARGE = "large";

    /** Topics of work take records of so many bytes; those of failed work take more. */
    static final int LARGEST = 1_000;

    private LargeResults() {}

    /** Returns the bytes that an event has besides its number. */
    static int padding(SpecificRecord event) {
        return event instanceof PetDescribed described
                        && described.getDescription().equals(LARGE)
                ? 2 * LARGEST
                : 0;
    }
}
