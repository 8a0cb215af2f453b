package io.pawline.schemas;

import io.pawline.events.Billed;
import io.pawline.events.CallPhase;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What one outside call came to, for the ledger, and for what the provider is asked next.
 *
 * @param failure why it failed; empty if it succeeded
 * @param phase how far it came; {@code DONE} if there was a whole answer, whatever it said
 * @param status HTTP status, if there was an answer
 * @param providerCode the provider's name for the failure, if it gave one
 * @param requestId the provider's name for the call, if it gave one
 * @param notBefore when the provider wants to be called again, if it said so
 */
public record CallReport(
        Optional<Reason> failure,
        CallPhase phase,
        Optional<Integer> status,
        Optional<String> providerCode,
        Optional<String> requestId,
        Optional<Instant> notBefore) {

    public CallReport {
        Objects.requireNonNull(failure, "failure");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(providerCode, "providerCode");
        Objects.requireNonNull(requestId, "requestId");
        Objects.requireNonNull(notBefore, "notBefore");
    }

    /** A call that did what was asked. */
    public static CallReport succeeded(int status, Optional<String> requestId) {
        return new CallReport(
                Optional.empty(), CallPhase.DONE, Optional.of(status), Optional.empty(), requestId, Optional.empty());
    }

    /** A call that was answered, with nothing of use. */
    public static CallReport refused(Reason reason, int status) {
        return new CallReport(
                Optional.of(reason),
                CallPhase.DONE,
                Optional.of(status),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A call without a whole answer. */
    public static CallReport died(Reason reason, CallPhase phase) {
        return new CallReport(
                Optional.of(reason), phase, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same answer, found to be of no use when it was looked at. */
    public CallReport butFailed(Reason reason) {
        return new CallReport(Optional.of(reason), phase, status, providerCode, requestId, notBefore);
    }

    /**
     * Whether the provider takes money for it. It does for what it did, and not for what it refused, whatever the HTTP
     * status; whether it did anything is not known of a call that got lost after a part of it was sent, or of an answer
     * that made no sense.
     */
    public Billed billed() {
        if (failure.isEmpty()) {
            return Billed.YES;
        }
        boolean answeredAsDone =
                status.filter(code -> code >= 200 && code < 300).isPresent();
        return switch (phase) {
            case CONNECT -> Billed.NO;
            case SEND, WAIT, READ -> Billed.UNKNOWN;
            case DONE -> answeredAsDone && providerCode.isEmpty() ? Billed.UNKNOWN : Billed.NO;
        };
    }
}
