package io.pawline.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Says that the bytes are not an event that can be read here. Another attempt is useless, but for an
 * {@link UnknownSchemaException}.
 */
public sealed class UndecodableException extends SerializationException permits UnknownSchemaException {

    UndecodableException(String message) {
        super(message);
    }

    UndecodableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
