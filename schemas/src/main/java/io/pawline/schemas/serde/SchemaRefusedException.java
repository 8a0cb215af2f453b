package io.pawline.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The registry does not take a schema that is to be written: it is incompatible with the subject's earlier versions,
 * invalid, or not registered while registering is switched off. Trying again is of no use before somebody acts.
 */
public final class SchemaRefusedException extends SerializationException {

    private final String subject;

    SchemaRefusedException(String subject, String message) {
        super(message);
        this.subject = subject;
    }

    /** The subject the schema was meant for. */
    public String subject() {
        return subject;
    }
}
