package io.pawline.outbound.visual;

import io.pawline.schemas.Reason;
import java.util.Optional;

/**
 * Maps the error codes of the visual API and of the gateway before it to reasons. The lists of codes are
 * <a href="https://www.volcengine.com/docs/86081/1660201">the API's</a> and
 * <a href="https://www.volcengine.com/docs/6369/68677">the gateway's</a>.
 */
final class VisualErrors {

    private VisualErrors() {}

    /** The reason for the {@code code} in an answer of the API itself, if it is known. */
    static Optional<Reason> ofCode(int code) {
        return switch (code) {
            case 50411, 50518 -> Optional.of(Reason.MODERATED_PHOTO); // content and copyright of the picture given
            case 50412, 50413, 50512 -> Optional.of(Reason.MODERATED_PROMPT); // content of a text
            case 50511, 50519 ->
                Optional.of(Reason.MODERATION_UNCERTAIN); // the picture made did not pass: the next one may
            case 50520, 50521, 50522 -> Optional.of(Reason.MODERATION_UNAVAILABLE); // the check itself failed
            case 50429 -> Optional.of(Reason.RATE_LIMITED);
            case 50430 -> Optional.of(Reason.OVERLOADED);
            case 50500, 50501 -> Optional.of(Reason.PROVIDER_ERROR);
            case 50400, 30403, 30404 -> Optional.of(Reason.CONFIGURATION);
            default -> code >= 60_000 && code < 70_000 ? Optional.of(Reason.CONFIGURATION) : Optional.empty();
        };
    }

    /** The reason for the {@code CodeN} in an answer of the gateway, if it is known. */
    static Optional<Reason> ofGatewayCode(int code) {
        return switch (code) {
            case 100009, 100010, 100012, 100013 -> Optional.of(Reason.AUTHENTICATION);
            case 100006 -> Optional.of(Reason.CLOCK_SKEW);
            case 100018 -> Optional.of(Reason.RATE_LIMITED);
            default -> Optional.empty();
        };
    }
}
