package io.pawline.schemas.serde;

import org.apache.avro.util.ClassSecurityValidator;

/**
 * Leave for Avro to load Pawline's event classes. Since 1.12.2 Avro refuses to name a class in a schema unless it is
 * told to trust it; this trusts the generated package and nothing else, on top of what is trusted already.
 *
 * <p>Pawline's own serializers do this by themselves. Who decodes events with others calls {@link #trust()} first.
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
        // The static initialiser has done it, once and before anyone got here.
    }
}
