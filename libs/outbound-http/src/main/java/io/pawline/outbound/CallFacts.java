package io.pawline.outbound;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * States the facts of a call, whatever its caller makes of the answer.
 *
 * @param phase how far the call came; {@code DONE} if there was a whole answer
 * @param status HTTP status, if there was an answer
 * @param providerCode the other side's name for the failure, if it gave one
 * @param requestId the other side's name for the call, if it gave one
 * @param notBefore moment before which the other side does not want to be called again, if it said so
 */
public record CallFacts(
        CallPhase phase,
        Optional<Integer> status,
        Optional<String> providerCode,
        Optional<String> requestId,
        Optional<Instant> notBefore) {

    /** The facts of a call that was given up before anything was sent. */
    public static final CallFacts NOTHING_SENT = endedIn(CallPhase.CONNECT, Optional.empty());

    public CallFacts {
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(providerCode, "providerCode");
        Objects.requireNonNull(requestId, "requestId");
        Objects.requireNonNull(notBefore, "notBefore");
    }

    static CallFacts endedIn(CallPhase phase, Optional<Integer> status) {
        return new CallFacts(phase, status, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public CallFacts withProviderCode(Optional<String> code) {
        return new CallFacts(phase, status, code, requestId, notBefore);
    }

    public CallFacts withRequestId(Optional<String> id) {
        return new CallFacts(phase, status, providerCode, id, notBefore);
    }

    public CallFacts withNotBefore(Optional<Instant> moment) {
        return new CallFacts(phase, status, providerCode, requestId, moment);
    }

    /**
     * The report of the call.
     *
     * @param failure the reason for which the caller cannot use the answer; empty if it can
     */
    public CallReport report(Optional<Reason> failure) {
        return new CallReport(failure, phase, status, providerCode, requestId, notBefore);
    }
}
