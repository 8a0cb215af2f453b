package io.pawline.schemas;

import io.pawline.events.Billed;
import io.pawline.events.CallPhase;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Reports what came of one outside call, for the ledger, for the adaptive limit and for the breaker.
 *
 * @param failure reason of the failure; empty if the call succeeded
 * @param phase how far the call came; {@code DONE} if there was a whole answer, whatever it said
 * @param status HTTP status, if there was an answer
 * @param providerCode the provider's name for the failure, if it gave one
 * @param requestId the provider's name for the call, if it gave one
 * @param notBefore moment before which the provider does not want to be called again, if it said so
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

    /** The report of a call that did what was asked. */
    public static CallReport succeeded(int status, Optional<String> requestId) {
        return new CallReport(
                Optional.empty(), CallPhase.DONE, Optional.of(status), Optional.empty(), requestId, Optional.empty());
    }

    /** The report of a call with a useless answer. */
    public static CallReport refused(Reason reason, int status) {
        return new CallReport(
                Optional.of(reason),
                CallPhase.DONE,
                Optional.of(status),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The report of a call without a whole answer. */
    public static CallReport died(Reason reason, CallPhase phase) {
        return new CallReport(
                Optional.of(reason), phase, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same report for an answer that turned out to be useless. */
    public CallReport butFailed(Reason reason) {
        return new CallReport(Optional.of(reason), phase, status, providerCode, requestId, notBefore);
    }

    /**
     * Whether the provider charges for the call. It charges for what it did and not for what it refused, whatever the
     * HTTP status. Nobody knows whether it did anything if the call got lost after a part of it was sent, or if the
     * answer made no sense.
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
