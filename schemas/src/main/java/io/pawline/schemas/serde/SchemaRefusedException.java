package io.pawline.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/**
 * Says that the registry refuses a schema: it is incompatible with the subject's earlier versions, invalid, or not
 * registered while automatic registration is off. Another attempt is useless before somebody acts.
 */
public final class SchemaRefusedException extends SerializationException {

    private final String subject;

    SchemaRefusedException(String subject, String message) {
        super(message);
        this.subject = subject;
    }

    /** The subject of the schema. */
    public String subject() {
        return subject;
    }
}
