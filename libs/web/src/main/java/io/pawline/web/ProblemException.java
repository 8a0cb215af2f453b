package io.pawline.web;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says that a request cannot be served, and why; it becomes the answer. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // its types are enums
    private final ProblemType type;

    private final @Nullable String challenge;

    /**
     * Makes a problem that another API key would not solve.
     *
     * @param detail for the client: which field, and what to do about it
     */
    public ProblemException(ProblemType type, String detail) {
        this(type, detail, null);
    }

    private ProblemException(ProblemType type, String detail, @Nullable String challenge) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.type = Objects.requireNonNull(type, "type");
        this.challenge = challenge;
    }

    /**
     * Makes a problem that another API key would solve, with the challenge of
     * <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750</a>.
     */
    public static ProblemException challenge(ProblemType type, String detail, String parameters) {
        return new ProblemException(type, detail, "Bearer realm=\"pawline\"" + parameters);
    }

    /** The header {@code WWW-Authenticate}; empty if the answer has none. */
    Optional<String> challenge() {
        return Optional.ofNullable(challenge);
    }

    /** The type of the problem. */
    public ProblemType type() {
        return type;
    }

    /** Says to the client which field is wrong, and what to do about it. */
    public String detail() {
        return Objects.requireNonNull(getMessage());
    }
}
