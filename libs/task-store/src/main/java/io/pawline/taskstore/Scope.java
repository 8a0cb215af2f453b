package io.pawline.taskstore;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an API key lets its holder do. */
public enum Scope {
    /** Submit and cancel tasks. */
    SUBMIT,
    /** See tasks and how they stand. */
    READ,
    /** Intervene: what an operator does. */
    OPERATE;

    /** Its name in the database, in commands and in the API. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope of this name, if there is one. */
    public static Optional<Scope> ofCode(String code) {
        return Arrays.stream(values())
                .filter(scope -> scope.code().equals(code))
                .findFirst();
    }
}
