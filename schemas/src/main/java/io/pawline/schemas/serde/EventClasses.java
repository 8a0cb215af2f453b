package io.pawline.schemas.serde;

import org.apache.avro.util.ClassSecurityValidator;

/**
 * Allows Avro to load Pawline's event classes. Since 1.12.2 Avro loads a class that a schema names only if the class is
 * trusted. This class adds the generated package and nothing else to the trusted ones.
 *
 * <p>Pawline's own serializers call it. Code that decodes events with others has to call {@link #trust()} first.
 */
public final class EventClasses {

    private static final String GENERATED_PACKAGE = "io.pawline.events.";

    static {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(GENERATED_PACKAGE)));
    }

    private EventClasses() {}

    /** Makes Avro trust the event classes; every call after the first does nothing. */
    public static void trust() {
        // The static initialiser has done it once, before this call
    }
}
