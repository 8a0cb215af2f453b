package io.pawline.outbound.ark;

import io.pawline.schemas.Reason;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The {@code error} of an answer of Ark, which may stand for the whole answer or for one image of it.
 *
 * @param code only if it looks like one: it goes into headers and columns
 */
public record ArkError(Optional<String> code, @Nullable String rawMessage) {

    static final ArkError NONE = new ArkError(Optional.empty(), null);

    private static final int LONGEST_MESSAGE = 200;
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Pattern ADDRESS = Pattern.compile("(?i)\\b(https?:|data:)\\S*");
    private static final Pattern TOKEN = Pattern.compile("(?i)\\bbearer\\s+\\S+");
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\s]+");

    /** The error in this node, whatever is in it. */
    public static ArkError of(JsonNode error) {
        return new ArkError(
                text(error.get("code")).filter(ArkError::isPlainName),
                text(error.get("message")).orElse(null));
    }

    /** What the code means, if we know it. */
    public Optional<Reason> reason() {
        return code.flatMap(ArkErrors::ofCode);
    }

    /** What Ark said, on one line, without addresses and without this key; empty if it said nothing. */
    String message(String apiKey) {
        if (rawMessage == null) {
            return "";
        }
        String clean = rawMessage.replace(apiKey, "…");
        clean = TOKEN.matcher(clean).replaceAll("…");
        clean = ADDRESS.matcher(clean).replaceAll("…");
        clean = UNPRINTABLE.matcher(clean).replaceAll(" ").strip();
        return clean.length() > LONGEST_MESSAGE ? clean.substring(0, LONGEST_MESSAGE) + "…" : clean;
    }

    static boolean isPlainName(String text) {
        return PLAIN_NAME.matcher(text).matches();
    }

    private static Optional<String> text(@Nullable JsonNode node) {
        return node != null && node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
    }
}
