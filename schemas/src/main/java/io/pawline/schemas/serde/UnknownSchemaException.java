package io.pawline.schemas.serde;

import org.jspecify.annotations.Nullable;

/**
 * Says that the registry knows no schema of the id that a record names. The record may be foreign. Or the registry has
 * lost what it knew, or does not know it yet, and another attempt may succeed.
 */
public final class UnknownSchemaException extends UndecodableException {

    public UnknownSchemaException(int id, @Nullable Throwable cause) {
        super("the schema registry knows no schema of id " + id, cause);
    }
}
