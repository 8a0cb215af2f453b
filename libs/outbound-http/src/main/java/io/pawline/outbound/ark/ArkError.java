package io.pawline.outbound.ark;

import io.pawline.schemas.Reason;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Holds the {@code error} in an answer of Ark. The error concerns the whole answer or one image of it.
 *
 * @param code Ark's code for the error, if it looks like one, because it goes into headers and columns
 * @param type kind of the error, such as {@code invalid_request_error}; empty: none is named
 * @param parameter name of the parameter that the error is about; empty: none is named
 * @param rawMessage message of Ark as it came; null: none
 */
public record ArkError(
        Optional<String> code,
        String type,
        String parameter,
        @Nullable String rawMessage) {

    /** Stands for an answer without an error. */
    public static final ArkError NONE = new ArkError(Optional.empty(), "", "", null);

    /** Ark names the parameter in its message, too: "The parameter `size` specified in the request is not valid". */
    private static final Pattern QUOTED_PARAMETER = Pattern.compile("parameters? `([^`]{1,128})`");

    private static final int LONGEST_MESSAGE = 200;
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Pattern ADDRESS = Pattern.compile("(?i)\\b(https?:|data:)\\S*");
    private static final Pattern TOKEN = Pattern.compile("(?i)\\bbearer\\s+\\S+");
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\s]+");

    /** The error in this node, whatever the node holds. */
    public static ArkError of(JsonNode error) {
        Optional<String> message = text(error.get("message"));
        return new ArkError(
                text(error.get("code")).filter(ArkError::isPlainName),
                error.path("type").asString(""),
                text(error.get("param"))
                        .filter(name -> !name.isBlank())
                        .or(() -> message.flatMap(ArkError::quotedParameter))
                        .orElse(""),
                message.orElse(null));
    }

    private static Optional<String> quotedParameter(String message) {
        return QUOTED_PARAMETER.matcher(message).results().findFirst().map(found -> found.group(1));
    }

    /** The reason for the code in an answer to this call, if it is known. */
    Optional<Reason> reason(ArkOperation operation) {
        return code.flatMap(known -> ArkErrors.of(known, parameter, operation));
    }

    /** The setting that is wrong, if the reason is {@link Reason#CONFIGURATION}. */
    String setting(ArkOperation operation) {
        return ArkErrors.setting(code.orElse(""), parameter, operation);
    }

    /** The message of Ark on one line, without addresses and without this key; empty if there is none. */
    public String message(String apiKey) {
        if (rawMessage == null) {
            return "";
        }
        String clean = rawMessage.replace(apiKey, "…");
        clean = TOKEN.matcher(clean).replaceAll("…");
        clean = ADDRESS.matcher(clean).replaceAll("…");
        clean = UNPRINTABLE.matcher(clean).replaceAll(" ").strip();
        return clean.length() > LONGEST_MESSAGE ? clean.substring(0, LONGEST_MESSAGE) + "…" : clean;
    }

    /** Whether the text looks like a code or a name of a call, so that it may go into headers and columns. */
    public static boolean isPlainName(String text) {
        return PLAIN_NAME.matcher(text).matches();
    }

    private static Optional<String> text(@Nullable JsonNode node) {
        return node != null && node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
    }
}
