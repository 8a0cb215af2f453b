package io.pawline.ops.http;

import java.util.Objects;

/** A request that cannot be served, and why; becomes the answer. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemType type;

    /** @param detail for the caller: which field, and what to do about it */
    ProblemException(ProblemType type, String detail) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.type = Objects.requireNonNull(type, "type");
    }

    ProblemType type() {
        return type;
    }

    String detail() {
        return Objects.requireNonNull(getMessage());
    }
}
