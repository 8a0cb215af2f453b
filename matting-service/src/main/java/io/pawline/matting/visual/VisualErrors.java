package io.pawline.matting.visual;

import io.pawline.schemas.Reason;
import java.util.Optional;

/**
 * What the codes of the visual API and of the gateway before it mean, and the HTTP status where no code is known: the
 * <a href="https://www.volcengine.com/docs/86081/1660201">API's</a> and the
 * <a href="https://www.volcengine.com/docs/6369/68677">gateway's</a> lists of error codes.
 */
final class VisualErrors {

    private VisualErrors() {}

    /** The {@code code} of an answer of the API itself. */
    static Optional<Reason> ofCode(int code) {
        return switch (code) {
            case 50411, 50518 -> Optional.of(Reason.MODERATED_PHOTO); // content and copyright of the picture given
            case 50412, 50413, 50521 -> Optional.of(Reason.MODERATED_PROMPT); // content and copyright of a text
            case 50512, 50520, 50522 -> Optional.of(Reason.MODERATED_IMAGE); // of what was made, or not said of what
            case 50511, 50519 -> Optional.of(Reason.MODERATION_UNCERTAIN); // of the picture made: the next may pass
            case 50429 -> Optional.of(Reason.RATE_LIMITED);
            case 50430 -> Optional.of(Reason.OVERLOADED);
            case 50500, 50501 -> Optional.of(Reason.PROVIDER_ERROR);
            case 50400, 30403, 30404 -> Optional.of(Reason.CONFIGURATION);
            default -> code >= 60_000 && code < 70_000 ? Optional.of(Reason.CONFIGURATION) : Optional.empty();
        };
    }

    /** The {@code CodeN} of an answer of the gateway. */
    static Optional<Reason> ofGatewayCode(int code) {
        return switch (code) {
            case 100009, 100010, 100012, 100013 -> Optional.of(Reason.AUTHENTICATION);
            case 100006 -> Optional.of(Reason.CLOCK_SKEW);
            case 100018 -> Optional.of(Reason.RATE_LIMITED);
            default -> Optional.empty();
        };
    }
}
