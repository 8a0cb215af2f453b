package io.pawline.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** The bytes are no event that can be read here, now or later: trying again is of no use. */
public final class UndecodableException extends SerializationException {

    UndecodableException(String message) {
        super(message);
    }

    UndecodableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
