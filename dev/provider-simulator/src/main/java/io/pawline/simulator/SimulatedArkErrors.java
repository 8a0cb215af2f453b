package io.pawline.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes Ark's error bodies and checks its key. */
final class SimulatedArkErrors {

    private SimulatedArkErrors() {}

    /** A request that is refused. */
    @SuppressWarnings("serial") // never serialised
    static final class Refused extends Exception {
        private final String code;
        private final int status;
        private final String param;

        Refused(int status, String code, String param, String message) {
            super(message, null, false, false);
            this.code = code;
            this.status = status;
            this.param = param;
        }

        SimulatedReply.Answer answer(SimulatedCall simulatedCall) {
            return error(simulatedCall, status, code, param, String.valueOf(getMessage()));
        }
    }

    static Refused missing(String param) {
        return new Refused(
                400, "MissingParameter", param, "The request is missing the required parameter `%s`".formatted(param));
    }

    static Refused invalid(String param, String why) {
        return new Refused(
                400,
                "InvalidParameter",
                param,
                "The parameter `%s` specified in the request is not valid: %s".formatted(param, why));
    }

    /** Refuses a call that does not bring the key. */
    static void requireKey(SimulatedCall simulatedCall, String key) throws Refused {
        Optional<String> authorization = simulatedCall.header("Authorization");
        boolean right = authorization.isPresent()
                && MessageDigest.isEqual(
                        authorization.get().getBytes(StandardCharsets.UTF_8),
                        ("Bearer " + key).getBytes(StandardCharsets.UTF_8));
        if (!right) {
            throw new Refused(
                    401, "AuthenticationError", "", "The API key or AK/SK in the request is missing or invalid.");
        }
    }

    static SimulatedReply.Answer of(SimulatedCall simulatedCall, Fault fault) {
        return error(simulatedCall, fault.status(), fault.code(), "", fault.message());
    }

    private static SimulatedReply.Answer error(
            SimulatedCall simulatedCall, int status, String code, String param, String message) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", code);
        error.put("message", message + " Request id: " + simulatedCall.id());
        error.put("param", param);
        error.put("type", type(status));
        return SimulatedReply.json(status, code, Map.of("error", error));
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 429 -> "TooManyRequests";
            default -> status < 500 ? "BadRequest" : "InternalServerError";
        };
    }
}
