package io.pawline.taskstore;

import java.util.Locale;

/** Says which tasks go first when there is more work than capacity. */
public enum Priority {
    /** Somebody waits for the task. */
    INTERACTIVE,
    /** The task may wait, but not for ever. */
    BULK;

    /** The name of the priority in the database and the API. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Priority ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
