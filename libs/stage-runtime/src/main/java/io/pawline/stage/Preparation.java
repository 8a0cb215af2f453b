package io.pawline.stage;

import java.util.Objects;

/** Says what came of the preparation of one task. */
public sealed interface Preparation {

    /** Says that the attempt is over, for there is nothing to make a call with. */
    record Ended(Outcome outcome) implements Preparation {
        public Ended {
            Objects.requireNonNull(outcome, "outcome");
        }
    }

    /**
     * Holds a prepared task until it has its turn. It is closed once, also if it has none. Whoever has it uses it on one
     * thread at a time.
     */
    non-sealed interface Prepared extends Preparation, AutoCloseable {

        /**
         * Does the rest of the work, once.
         *
         * @throws InterruptedException if the runtime gave the task up
         * @throws Exception on a bug or lost infrastructure
         */
        Outcome handle(Attempt attempt) throws Exception;

        /** Lets go of what the task holds, such as memory. Never fails and never waits. */
        @Override
        void close();
    }
}
