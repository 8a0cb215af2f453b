package io.pawline.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry could not be asked, or would not answer; nothing is said about the record, which is to be tried
 * again.
 */
public final class RegistryUnavailableException extends SerializationException {

    RegistryUnavailableException(String message) {
        super(message);
    }

    RegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
