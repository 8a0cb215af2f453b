package io.pawline.stage;

import java.util.Objects;

/**
 * Says what a call was about, as far as that tells how long it takes and what it uses up.
 *
 * @param kind a short name for calls that take about as long as each other, such as {@code photo}; a stage has few of
 *     them; empty where all are alike
 * @param tokens that the provider says it has used for the call; 0 where it counts none
 */
public record CallWork(String kind, long tokens) {

    /** A call like all others. */
    public static final CallWork PLAIN = new CallWork("", 0);

    public CallWork {
        Objects.requireNonNull(kind, "kind");
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens must be >= 0, was " + tokens);
        }
    }

    /** Returns the work of a call of this kind, which used no tokens. */
    public static CallWork of(String kind) {
        return new CallWork(kind, 0);
    }
}
