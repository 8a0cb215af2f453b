package io.pawline.outbound;

import io.pawline.schemas.Reason;

/** What a provider's HTTP status means where its answer has no code that says it better. */
public final class ProviderStatus {

    private ProviderStatus() {}

    /** The reason; a success that still holds an error is the provider's fault. */
    public static Reason reason(int status) {
        return switch (status) {
            case 401, 403 -> Reason.AUTHENTICATION;
            case 402 -> Reason.BILLING;
            case 404, 405 -> Reason.CONFIGURATION;
            case 408 -> Reason.PROVIDER_ERROR;
            case 429 -> Reason.RATE_LIMITED;
            // Sent by gateways that have no room; a provider's own 503 has a code
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
