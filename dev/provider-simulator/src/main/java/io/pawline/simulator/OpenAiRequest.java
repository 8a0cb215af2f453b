package io.pawline.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Holds the JSON body of a request to the OpenAI images API, and writes that API's errors. */
record OpenAiRequest(JsonNode json) {

    /** A request that is refused. */
    @SuppressWarnings("serial") // never serialised
    static final class Refused extends Exception {
        private final int status;
        private final String code;
        private final @Nullable String param;

        Refused(int status, String code, @Nullable String param, String message) {
            super(message, null, false, false);
            this.status = status;
            this.code = code;
            this.param = param;
        }

        SimulatedReply.Answer answer() {
            return error(status, "invalid_request_error", code, param, String.valueOf(getMessage()));
        }
    }

    /** @param known names of parameters; others are refused, as the API does */
    static OpenAiRequest of(SimulatedCall simulatedCall, Set<String> known) throws Refused {
        JsonNode json;
        try {
            json = SimulatedReply.JSON.readTree(simulatedCall.body());
        } catch (JacksonException noJson) {
            json = null;
        }
        if (json == null || !json.isObject()) {
            throw new Refused(400, "invalid_json", null, "We could not parse the JSON body of your request.");
        }
        for (String name : json.propertyNames()) {
            if (!known.contains(name)) {
                throw new Refused(400, "unknown_parameter", name, "Unknown parameter: '%s'.".formatted(name));
            }
        }
        return new OpenAiRequest(json);
    }

    static Refused invalid(String param, String why) {
        return new Refused(400, "invalid_value", param, "Invalid value: %s.".formatted(why));
    }

    /** Refuses a call that does not bring the key. */
    static void requireKey(SimulatedCall simulatedCall, String key) throws Refused {
        Optional<String> authorization = simulatedCall.header("Authorization");
        boolean right = authorization.isPresent()
                && MessageDigest.isEqual(
                        authorization.get().getBytes(StandardCharsets.UTF_8),
                        ("Bearer " + key).getBytes(StandardCharsets.UTF_8));
        if (!right) {
            throw new Refused(401, "invalid_api_key", null, "Incorrect API key provided.");
        }
    }

    String requiredText(String name) throws Refused {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            throw new Refused(
                    400, "missing_required_parameter", name, "Missing required parameter: '%s'.".formatted(name));
        }
        if (!value.isString() || value.stringValue().isBlank()) {
            throw new Refused(400, "invalid_type", name, "Invalid type for '%s': expected a string.".formatted(name));
        }
        return value.stringValue();
    }

    String text(String name, String otherwise) throws Refused {
        return json.hasNonNull(name) ? requiredText(name) : otherwise;
    }

    /** A text that is one of these; the first one if none is given. */
    String oneOf(String name, String first, String... others) throws Refused {
        String value = text(name, first);
        if (!value.equals(first) && !List.of(others).contains(value)) {
            throw invalid(name, "'%s' is not supported here".formatted(value));
        }
        return value;
    }

    void number(String name, int from, int to, int otherwise) throws Refused {
        JsonNode value = json.path(name);
        int given = value.isMissingNode() || value.isNull() ? otherwise : value.asInt(Integer.MIN_VALUE);
        if (given < from || given > to) {
            throw invalid(name, "expected a number from %d to %d".formatted(from, to));
        }
    }

    /** Writes a fault of Ark as this API would write it. */
    static SimulatedReply.Answer failed(Fault fault) {
        String code = fault.code();
        String message = fault.message();
        if (code.contains("Sensitive") || code.contains("Security")) {
            return error(
                    400,
                    "image_generation_user_error",
                    "moderation_blocked",
                    null,
                    "Your request was rejected by the safety system. safety_violations=[violence].");
        }
        return switch (code) {
            case "AuthenticationError" -> error(401, "invalid_request_error", "invalid_api_key", null, message);
            case "AccountOverdueError" ->
                error(400, "image_generation_user_error", "billing_hard_limit_reached", null, message);
            case "AccessDenied" ->
                error(403, "request_forbidden", "unsupported_country_region_territory", null, message);
            case "ModelNotOpen" -> error(404, "invalid_request_error", "model_not_found", "model", message);
            case "InvalidParameter", "MissingParameter" ->
                error(fault.status(), "invalid_request_error", "invalid_value", "prompt", message);
            case "SetLimitExceeded", "QuotaExceeded" ->
                error(429, "insufficient_quota", "insufficient_quota", null, message);
            case "ServerOverloaded", "RequestBurstTooFast" ->
                error(429, "rate_limit_error", "slow_down", null, message);
            default ->
                fault.status() == 429
                        ? error(429, "requests", "rate_limit_exceeded", null, message)
                        : error(fault.status(), "server_error", "server_error", null, message);
        };
    }

    private static SimulatedReply.Answer error(
            int status, String type, String code, @Nullable String param, String message) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put("type", type);
        error.put("param", param);
        error.put("code", code);
        Map<String, String> headers = status == 429 && code.equals("rate_limit_exceeded")
                ? Map.of("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "1s")
                : Map.of();
        byte[] body = SimulatedReply.JSON.writeValueAsBytes(Map.of("error", error));
        return new SimulatedReply.Answer(status, code, "application/json", body, headers);
    }
}
