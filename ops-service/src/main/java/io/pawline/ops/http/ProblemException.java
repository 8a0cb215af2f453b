package io.pawline.ops.http;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that cannot be served, and why; becomes the answer. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final @Nullable String challenge;

    /** @param detail for the caller: which field, and what to do about it */
    ProblemException(ProblemType type, String detail) {
        this(type, detail, null);
    }

    private ProblemException(ProblemType type, String detail, @Nullable String challenge) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.type = Objects.requireNonNull(type, "type");
        this.challenge = challenge;
    }

    /** One that another key would solve, as <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750</a> has it. */
    static ProblemException challenge(ProblemType type, String detail, String parameters) {
        return new ProblemException(type, detail, "Bearer realm=\"pawline\"" + parameters);
    }

    /** The header {@code WWW-Authenticate}, if the answer has one. */
    Optional<String> challenge() {
        return Optional.ofNullable(challenge);
    }

    ProblemType type() {
        return type;
    }

    String detail() {
        return Objects.requireNonNull(getMessage());
    }
}
