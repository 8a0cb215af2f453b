package io.pawline.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries a problem (RFC 9457) that Pawline, or a proxy before it, answered. */
public final class PawlineProblemException extends PawlineException {

    private static final long serialVersionUID = 1;
    private static final String PREFIX = "urn:pawline:problem:";

    private final int status;
    private final String type;
    private final String detail;
    private final @Nullable String requestId;
    private final @Nullable Duration retryAfter;

    PawlineProblemException(
            int status, String type, String detail, @Nullable String requestId, @Nullable Duration retryAfter) {
        super(
                "%d %s: %s%s".formatted(status, type, detail, requestId == null ? "" : " (request " + requestId + ")"),
                null);
        this.status = status;
        this.type = type;
        this.detail = detail;
        this.requestId = requestId;
        this.retryAfter = retryAfter;
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /**
     * Returns the stable name of the problem, such as {@code urn:pawline:problem:quota-exceeded}; {@code about:blank}
     * if the answer was no problem.
     */
    public String type() {
        return type;
    }

    /** Returns whether this is the problem of a name, such as {@code quota-exceeded}. */
    public boolean is(String name) {
        return type.equals(PREFIX + name);
    }

    /** Returns which field is wrong, and what to do about it. */
    public String detail() {
        return detail;
    }

    /** Returns the id of the request, by which the operator finds it in the log. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** Returns how long to wait before the request is sent again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
