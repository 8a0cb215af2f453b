package io.pawline.outbound.ark;

import io.pawline.schemas.Reason;
import java.util.List;
import java.util.Optional;

/**
 * Maps Ark's error codes to reasons
 * (<a href="https://www.volcengine.com/docs/82379/1299023">Ark's list of error codes</a>).
 */
final class ArkErrors {

    private record Row(Match match, String text, Reason reason) {
        boolean matches(String code) {
            return switch (match) {
                case FAMILY -> code.equals(text) || code.startsWith(text + ".");
                case PREFIX -> code.startsWith(text);
                case CONTAINS -> code.contains(text);
            };
        }
    }

    private enum Match {
        /** The code is the text, or begins with the text and a dot. */
        FAMILY,
        PREFIX,
        CONTAINS
    }

    /** The rows in order. The first one that matches counts. */
    private static final List<Row> CODES = List.of(
            family("InvalidParameter.OversizedImage", Reason.PHOTO_TOO_LARGE),
            family("InvalidParameter.UnsupportedImageFormat", Reason.PHOTO_NOT_AN_IMAGE),
            family("InvalidImageURL", Reason.INVALID_REQUEST),
            family("OutofContextError", Reason.INVALID_REQUEST),
            new Row(Match.PREFIX, "InputTextSensitiveContentDetected", Reason.MODERATED_PROMPT),
            new Row(Match.PREFIX, "InputTextRiskDetection", Reason.MODERATED_PROMPT),
            new Row(Match.PREFIX, "InputImageSensitiveContentDetected", Reason.MODERATED_PHOTO),
            new Row(Match.PREFIX, "OutputImageSensitiveContentDetected", Reason.MODERATED_IMAGE),
            new Row(Match.PREFIX, "OutputTextSensitiveContentDetected", Reason.MODERATED_IMAGE),
            new Row(Match.PREFIX, "OutputImageRiskDetection", Reason.MODERATED_IMAGE),
            new Row(Match.PREFIX, "OutputTextRiskDetection", Reason.MODERATED_IMAGE),
            family("SensitiveContentDetected", Reason.MODERATED_PROMPT),
            new Row(Match.CONTAINS, "RiskDetection", Reason.MODERATED_PHOTO),
            family("ContentSecurityDetectionError", Reason.MODERATION_UNAVAILABLE),
            family("AuthenticationError", Reason.AUTHENTICATION),
            family("InvalidAccountStatus", Reason.AUTHENTICATION),
            family("AccountOverdueError", Reason.BILLING),
            family("OperationDenied.ServiceOverdue", Reason.BILLING),
            family("AccessDenied", Reason.AUTHENTICATION),
            family("OperationDenied", Reason.AUTHENTICATION),
            family("ModelNotOpen", Reason.CONFIGURATION),
            family("InvalidEndpointOrModel", Reason.CONFIGURATION),
            family("InvalidEndpoint", Reason.CONFIGURATION),
            family("UnsupportedModel", Reason.CONFIGURATION),
            family("ServerOverloaded", Reason.OVERLOADED),
            family("RequestBurstTooFast", Reason.OVERLOADED),
            family("InflightBatchsizeExceeded", Reason.OVERLOADED),
            family("SetLimitExceeded", Reason.QUOTA_EXHAUSTED),
            family("QuotaExceeded", Reason.QUOTA_EXHAUSTED),
            // ModelAccountRpmRateLimitExceeded, RateLimitExceeded.EndpointTPMExceeded and their relatives
            new Row(Match.CONTAINS, "RateLimitExceeded", Reason.RATE_LIMITED),
            family("InternalServiceError", Reason.PROVIDER_ERROR));

    /** Codes that refuse a parameter. The parameter says whose fault it is. */
    private static final List<Row> PARAMETERS = List.of(
            family("MissingParameter", Reason.INVALID_REQUEST),
            family("InvalidParameter", Reason.INVALID_REQUEST),
            family("InvalidArgumentError", Reason.INVALID_REQUEST));

    private ArkErrors() {}

    static Optional<Reason> of(String code, String parameter, ArkOperation operation) {
        return first(CODES, code)
                .map(Row::reason)
                .or(() -> first(PARAMETERS, code).map(row -> operation.refused(named(row, code, parameter))));
    }

    /**
     * Names the setting that is wrong if a code means {@link Reason#CONFIGURATION}: the refused parameter's, or the
     * model's.
     */
    static String setting(String code, String parameter, ArkOperation operation) {
        return first(CODES, code)
                .map(_ -> operation.setting("model"))
                .or(() -> first(PARAMETERS, code).map(row -> operation.setting(named(row, code, parameter))))
                .orElseGet(() -> operation.setting(parameter));
    }

    private static Optional<Row> first(List<Row> rows, String code) {
        return rows.stream().filter(row -> row.matches(code)).findFirst();
    }

    /** A code may end with the name of the parameter, or with a kind of fault, which begins with a capital letter. */
    private static String named(Row row, String code, String parameter) {
        String rest =
                code.length() > row.text().length() ? code.substring(row.text().length() + 1) : "";
        boolean name = parameter.isEmpty() && !rest.isEmpty() && Character.isLowerCase(rest.charAt(0));
        return name ? rest : parameter;
    }

    private static Row family(String code, Reason reason) {
        return new Row(Match.FAMILY, code, reason);
    }
}
