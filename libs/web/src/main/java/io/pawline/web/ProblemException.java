package io.pawline.web;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that cannot be served, and why; becomes the answer. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // its types are enums
    private final ProblemType type;

    private final @Nullable String challenge;

    /**
     * One that no other key would solve.
     *
     * @param detail for the caller: which field, and what to do about it
     */
    public ProblemException(ProblemType type, String detail) {
        this(type, detail, null);
    }

    private ProblemException(ProblemType type, String detail, @Nullable String challenge) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.type = Objects.requireNonNull(type, "type");
        this.challenge = challenge;
    }

    /** One that another key would solve, as <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750</a> has it. */
    public static ProblemException challenge(ProblemType type, String detail, String parameters) {
        return new ProblemException(type, detail, "Bearer realm=\"pawline\"" + parameters);
    }

    /** The header {@code WWW-Authenticate}, if the answer has one. */
    Optional<String> challenge() {
        return Optional.ofNullable(challenge);
    }

    /** What is wrong. */
    public ProblemType type() {
        return type;
    }

    /** For the caller: which field, and what to do about it. */
    public String detail() {
        return Objects.requireNonNull(getMessage());
    }
}
