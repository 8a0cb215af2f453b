package io.pawline.testkit;

import org.junit.jupiter.api.Assumptions;

/** Skips tests that need a file which is not on this machine, by name. */
public final class NotRunHere {

    private NotRunHere() {}

    /**
     * Ends the test as not run if something is not there. {@code ./pawline test} names it at the end; with
     * {@code CI=true} the test fails instead.
     *
     * @param test name of the test
     * @param what is missing, and why
     */
    public static void unless(boolean there, String test, String what) {
        if (there) {
            return;
        }
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            throw new IllegalStateException("CI=true, and not here: " + what);
        }
        ToolCondition.note(test + ": " + what);
        Assumptions.abort("not here: " + what);
    }
}
