package io.pawline.taskstore;

import java.util.Locale;

/** Where a task stands in its life; from {@link #ACCEPTED} it goes to exactly one of the others, and stays there. */
public enum TaskState {
    ACCEPTED,
    SUCCESS,
    FAILED,
    CANCELLED,
    EXPIRED;

    /** The state's name in the database, the API and the callback. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TaskState ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
