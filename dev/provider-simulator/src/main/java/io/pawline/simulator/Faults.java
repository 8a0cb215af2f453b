package io.pawline.simulator;

import io.pawline.simulator.Fault.Kind;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lists the faults of each provider by the names that profiles use. */
final class Faults {

    private static final Map<String, Fault> OF_ANY = byCode(Stream.of(
            new Fault(Kind.CONNECTION_RESET, "connection-reset", 0, ""),
            new Fault(Kind.HANG, "hang", 0, ""),
            new Fault(Kind.MALFORMED, "malformed", 200, "")));

    private static final Map<String, Fault> OF_ARK = byCode(Stream.of(
            error("InternalServiceError", 500, "The service encountered an unexpected internal error."),
            error("InvalidParameter", 400, "A parameter specified in the request is not valid."),
            error("MissingParameter", 400, "The request is missing a required parameter."),
            error("InputTextSensitiveContentDetected", 400, "The input text may contain sensitive information."),
            error("InputImageSensitiveContentDetected", 400, "The input image may contain sensitive information."),
            error("OutputImageSensitiveContentDetected", 400, "The generated image may contain sensitive information."),
            error("OutputTextSensitiveContentDetected", 400, "The generated text may contain sensitive information."),
            error("ContentSecurityDetectionError", 400, "The content security check itself failed."),
            error("AuthenticationError", 401, "The API key or AK/SK in the request is missing or invalid."),
            error("AccountOverdueError", 403, "The account has an overdue balance."),
            error("AccessDenied", 403, "The account has no access to the requested resource."),
            error("ModelNotOpen", 404, "The account has not activated the model."),
            error("RateLimitExceeded.EndpointRPMExceeded", 429, "The endpoint's requests per minute are exceeded."),
            error("ModelAccountRpmRateLimitExceeded", 429, "The account's requests per minute are exceeded."),
            error("ServerOverloaded", 429, "The service is currently unable to handle more requests."),
            error("RequestBurstTooFast", 429, "The requests increase too quickly."),
            error("SetLimitExceeded", 429, "The account's own limit for this model is reached."),
            error("QuotaExceeded", 429, "The account's quota is used up.")));

    private static final Map<String, Fault> OF_VOLCENGINE = byCode(Stream.of(
            error("50411", 400, "Pre Img Risk Not Pass"),
            error("50412", 400, "Text Risk Not Pass"),
            error("50511", 400, "Post Img Risk Not Pass"),
            error("50429", 429, "Request Has Reached API Limit, Please Try Later"),
            error("50430", 429, "Request Has Reached API Concurrent Limit, Please Try Later"),
            error("50500", 500, "Internal Error"),
            error("50501", 500, "Internal RPC Error"),
            error("50400", 400, "Permission Denied"),
            new Fault(Kind.GATEWAY_ERROR, "100009", 401, "InvalidAccessKey"),
            new Fault(Kind.GATEWAY_ERROR, "100010", 401, "SignatureDoesNotMatch"),
            new Fault(Kind.GATEWAY_ERROR, "100006", 400, "InvalidTimestamp"),
            new Fault(Kind.GATEWAY_ERROR, "100018", 429, "FlowLimitExceeded"),
            new Fault(Kind.EMPTY_CUT_OUT, "empty-cut-out", 200, "")));

    private Faults() {}

    /**
     * Finds the provider's fault of this name: one of its error codes, {@code http-<status>} for a status from 400 to
     * 599 with the provider's body, or {@code connection-reset}, {@code hang}, {@code malformed}, {@code empty-cut-out}
     * (matting).
     *
     * @throws IllegalArgumentException if the provider has no fault of this name; the message lists its faults
     */
    static Fault named(Provider provider, String name) {
        if (name.matches("http-[45][0-9][0-9]")) {
            return http(provider, Integer.parseInt(name.substring("http-".length())));
        }
        Map<String, Fault> known = new LinkedHashMap<>(OF_ANY);
        known.putAll(own(provider));
        Fault fault = known.get(name);
        if (fault == null) {
            throw new IllegalArgumentException("%s knows no fault '%s'; it knows http-400 to http-599, %s"
                    .formatted(provider.key(), name, String.join(", ", known.keySet())));
        }
        return fault;
    }

    /** The answer of a provider that has more calls under way than it takes. */
    static Fault overload(Provider provider) {
        return named(
                provider,
                switch (provider) {
                    case VISION, TEXT_TO_IMAGE -> "ServerOverloaded";
                    case MATTING -> "50430";
                    case CALLBACK -> "http-429";
                });
    }

    private static Map<String, Fault> own(Provider provider) {
        return switch (provider) {
            case VISION, TEXT_TO_IMAGE -> OF_ARK;
            case MATTING -> OF_VOLCENGINE;
            case CALLBACK -> Map.of();
        };
    }

    /**
     * A fault with this status and the provider's body, with that code of the provider's which is closest to the
     * status.
     */
    private static Fault http(Provider provider, int status) {
        if (provider == Provider.CALLBACK) {
            return error("http-" + status, status, "Simulated failure of the receiver.");
        }
        return own(provider).values().stream()
                .filter(fault -> fault.kind() == Kind.ERROR)
                .min(Comparator.comparingInt(fault -> Math.abs(fault.status() - status)))
                .map(fault -> new Fault(Kind.ERROR, fault.code(), status, fault.message()))
                .orElseThrow();
    }

    private static Fault error(String code, int status, String message) {
        return new Fault(Kind.ERROR, code, status, message);
    }

    private static Map<String, Fault> byCode(Stream<Fault> faults) {
        return faults.collect(Collectors.toMap(Fault::code, fault -> fault, (one, other) -> one, LinkedHashMap::new));
    }
}
