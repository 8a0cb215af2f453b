package io.pawline.outbound.openai;

import io.pawline.schemas.Reason;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Maps the error codes of the OpenAI images API to reasons
 * (<a href="https://developers.openai.com/docs/guides/error-codes">OpenAI's list of error codes</a>; gateways write
 * some of them otherwise). The code is matched first, then the type, then the status.
 */
public final class OpenAiErrors {

    private static final Map<String, Reason> CODES = Map.ofEntries(
            // It does not say whether the prompt, the photo or the picture made was refused
            Map.entry("moderation_blocked", Reason.MODERATED_PROMPT),
            Map.entry("content_policy_violation", Reason.MODERATED_PROMPT),
            Map.entry("content_filter", Reason.MODERATED_PROMPT),
            Map.entry("contentfilter", Reason.MODERATED_PROMPT),
            Map.entry("responsibleaipolicyviolation", Reason.MODERATED_PROMPT),
            Map.entry("invalid_image_file", Reason.PHOTO_NOT_AN_IMAGE),
            Map.entry("invalid_image_format", Reason.PHOTO_NOT_AN_IMAGE),
            Map.entry("invalid_base64_image", Reason.PHOTO_NOT_AN_IMAGE),
            Map.entry("image_too_large", Reason.PHOTO_TOO_LARGE),
            Map.entry("invalid_api_key", Reason.AUTHENTICATION),
            Map.entry("account_deactivated", Reason.AUTHENTICATION),
            Map.entry("unsupported_country_region_territory", Reason.AUTHENTICATION),
            Map.entry("billing_hard_limit_reached", Reason.BILLING),
            Map.entry("billing_not_active", Reason.BILLING),
            Map.entry("credit_balance_exhausted", Reason.BILLING),
            Map.entry("insufficient_quota", Reason.QUOTA_EXHAUSTED),
            Map.entry("insufficient_user_quota", Reason.QUOTA_EXHAUSTED),
            Map.entry("rate_limit_exceeded", Reason.RATE_LIMITED),
            Map.entry("slow_down", Reason.OVERLOADED),
            Map.entry("server_is_overloaded", Reason.OVERLOADED),
            Map.entry("engine_overloaded", Reason.OVERLOADED),
            Map.entry("model_not_found", Reason.CONFIGURATION),
            Map.entry("invalid_model", Reason.CONFIGURATION),
            Map.entry("server_error", Reason.PROVIDER_ERROR));

    /** Codes that refuse a parameter. The parameter says whose fault it is. */
    private static final Set<String> PARAMETERS = Set.of(
            "invalid_value",
            "unsupported_value",
            "unsupported_parameter",
            "unknown_parameter",
            "missing_required_parameter",
            "invalid_type",
            "string_above_max_length",
            "string_below_min_length");

    private static final Map<String, Reason> TYPES = Map.of(
            "insufficient_quota", Reason.QUOTA_EXHAUSTED,
            "authentication_error", Reason.AUTHENTICATION,
            "server_error", Reason.PROVIDER_ERROR,
            "service_unavailable_error", Reason.OVERLOADED);

    /** Gateways answer so if a picture was refused for its content. */
    private static final int UNAVAILABLE_FOR_LEGAL_REASONS = 451;

    /** Only these differ from task to task. */
    private static final Set<String> OF_THE_TASK = Set.of("prompt", "image", "images", "image_url");

    private static final Map<String, String> SETTINGS =
            Map.of("model", "model", "size", "size", "background", "transparent", "output_format", "transparent");

    private static final String PREFIX = "pawline.generate.";
    private static final String UNNAMED = "*";
    private static final Pattern PARTS = Pattern.compile("[.\\[\\]]+");

    private OpenAiErrors() {}

    /**
     * The reason for an error, if it is known.
     *
     * @param type of the error, such as {@code invalid_request_error}; empty: none is named
     * @param parameter that it is about; empty: none is named
     */
    static Optional<Reason> of(Optional<String> code, String type, String parameter, int status) {
        Optional<String> known = code.map(text -> text.toLowerCase(Locale.ROOT));
        return known.map(CODES::get)
                .or(() -> known.filter(PARAMETERS::contains).map(_ -> refused(parameter)))
                .or(() -> Optional.ofNullable(TYPES.get(type)))
                .or(() -> status == UNAVAILABLE_FOR_LEGAL_REASONS
                        ? Optional.of(Reason.MODERATED_PROMPT)
                        : Optional.empty())
                .or(() -> status == 400 && !parameter.isEmpty() ? Optional.of(refused(parameter)) : Optional.empty());
    }

    /** Every task sends the parameters from the settings, so no call succeeds while one of them is wrong. */
    private static Reason refused(String parameter) {
        boolean task = PARTS.splitAsStream(parameter).anyMatch(OF_THE_TASK::contains);
        return task ? Reason.INVALID_REQUEST : Reason.CONFIGURATION;
    }

    /** Names the setting that this parameter comes from. If there is none, it names all settings of the stage. */
    static String setting(String code, String parameter) {
        if (code.equals("model_not_found") || code.equals("invalid_model")) {
            return PREFIX + "model";
        }
        return PREFIX
                + PARTS.splitAsStream(parameter)
                        .filter(SETTINGS::containsKey)
                        .map(SETTINGS::get)
                        .findFirst()
                        .orElse(UNNAMED);
    }

    /** The names of all settings that a client may say were refused. */
    public static Set<String> settings() {
        return Stream.concat(SETTINGS.values().stream(), Stream.of(UNNAMED))
                .map(PREFIX::concat)
                .collect(Collectors.toUnmodifiableSet());
    }
}
