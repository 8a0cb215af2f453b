package io.pawline.ingest.accept;

import java.io.Serial;
import java.util.Objects;

/** A submission that cannot be taken. Nothing of it has been kept. */
public final class RefusedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** What is wrong with it. */
    public enum Fault {
        INVALID_FIELD,
        ADDRESS_REFUSED,
        PHOTO_NOT_AN_IMAGE,
        PHOTO_TOO_LARGE,
        KEY_REUSED
    }

    private final Fault fault;

    /** @param detail for the caller: which field, and what to do about it */
    RefusedException(Fault fault, String detail) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.fault = Objects.requireNonNull(fault, "fault");
    }

    static RefusedException invalid(String field, String fault) {
        return new RefusedException(Fault.INVALID_FIELD, field + " " + fault);
    }

    public Fault fault() {
        return fault;
    }

    /** For the caller: which field, and what to do about it. */
    public String detail() {
        return Objects.requireNonNull(getMessage());
    }
}
