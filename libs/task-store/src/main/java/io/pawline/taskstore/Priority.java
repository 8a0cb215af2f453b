package io.pawline.taskstore;

import java.util.Locale;

/** Which tasks go first when there is more to do than can be done. */
public enum Priority {
    /** Somebody waits for it. */
    INTERACTIVE,
    /** It may wait, but not for ever. */
    BULK;

    /** The priority's name in the database and the API. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Priority ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
