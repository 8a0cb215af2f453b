package io.pawline.cli.check;

/**
 * Says what a check has found.
 *
 * @param check what was looked at, as a short name
 * @param where the address, without secrets
 * @param what what was found, in words
 * @param advice what to do about it; empty if nothing
 */
public record Finding(State state, String check, String where, String what, String advice) {

    /** Says whether it is as it should be. */
    public enum State {
        /** It is. */
        OK,
        /** It is not. */
        FAIL,
        /** Nobody knows: it was not looked at. */
        SKIPPED
    }

    static Finding ok(String check, String where, String what) {
        return new Finding(State.OK, check, where, what, "");
    }

    static Finding fail(String check, String where, String what, String advice) {
        return new Finding(State.FAIL, check, where, what, advice);
    }

    static Finding skipped(String check, String where, String what, String advice) {
        return new Finding(State.SKIPPED, check, where, what, advice);
    }
}
