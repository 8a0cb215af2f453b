package io.pawline.taskstore;

import java.util.Locale;

/** Lists the states of a task. From {@link #ACCEPTED} a task goes to exactly one of the others, its final state. */
public enum TaskState {
    ACCEPTED,
    SUCCESS,
    FAILED,
    CANCELLED,
    EXPIRED;

    /** The name of the state in the database, the API and the callback. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TaskState ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
