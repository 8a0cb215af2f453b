package io.pawline.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Says that the schema registry could not be asked, or did not answer. It says nothing about the record, so another
 * attempt may succeed.
 */
public final class RegistryUnavailableException extends SerializationException {

    RegistryUnavailableException(String message) {
        super(message);
    }

    RegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
