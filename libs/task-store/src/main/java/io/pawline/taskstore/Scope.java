package io.pawline.taskstore;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Names what an API key allows its holder to do. */
public enum Scope {
    /** Submit and cancel tasks. */
    SUBMIT,
    /** Read tasks. */
    READ,
    /** Act as an operator. */
    OPERATE,
    /** See and change the secret that signs the callbacks of the tenant, and test receivers. */
    WEBHOOK;

    /** The name of the scope in the database, in commands and in the API. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope of this name; empty if there is none. */
    public static Optional<Scope> ofCode(String code) {
        return Arrays.stream(values())
                .filter(scope -> scope.code().equals(code))
                .findFirst();
    }
}
