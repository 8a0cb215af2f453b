package io.pawline.outbound;

import io.pawline.schemas.Reason;

/** Maps a provider's HTTP status to a reason, for an answer without a code that says more. */
public final class ProviderStatus {

    private ProviderStatus() {}

    /** The reason for this status. A success that still holds an error is the provider's fault. */
    public static Reason reason(int status) {
        return switch (status) {
            case 401, 403 -> Reason.AUTHENTICATION;
            case 402 -> Reason.BILLING;
            case 404, 405 -> Reason.CONFIGURATION;
            case 408 -> Reason.PROVIDER_ERROR;
            case 429 -> Reason.RATE_LIMITED;
            // Gateways without room send it; a provider's own 503 has a code
            case 503 -> Reason.OVERLOADED;
            default -> {
                if (status >= 500 || status < 300) {
                    yield Reason.PROVIDER_ERROR;
                }
                // A redirect means that the base URL is wrong
                yield status < 400 ? Reason.CONFIGURATION : Reason.INVALID_REQUEST;
            }
        };
    }
}
