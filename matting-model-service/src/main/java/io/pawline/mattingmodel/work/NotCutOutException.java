package io.pawline.mattingmodel.work;

import java.util.Objects;

/** Says that a picture is not cut out, and why. */
public final class NotCutOutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Lists the reasons. */
    public enum Fault {
        /** All places are taken. Another picture may be cut out soon. */
        BUSY,
        /** Other pictures hold the memory. It is free soon. */
        NO_MEMORY,
        /** The bytes are no picture of an accepted format, or are damaged. */
        NOT_AN_IMAGE,
        /** The picture has more bytes or pixels than are allowed, or needs more memory than there is. */
        TOO_LARGE,
        /** The address of the picture must not be called. */
        ADDRESS_REFUSED,
        /** The picture cannot be fetched from its address now. */
        UNREACHABLE
    }

    private final Fault fault;

    /** @param detail one sentence for the client */
    public NotCutOutException(Fault fault, String detail) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.fault = Objects.requireNonNull(fault, "fault");
    }

    public Fault fault() {
        return fault;
    }

    /** One sentence for the client. */
    public String detail() {
        return Objects.requireNonNull(getMessage());
    }
}
