package io.pawline.detect;

import io.pawline.schemas.Reason;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the answer of the model. Models follow a format more or less: the object may be in a code fence or between
 * sentences, and a boolean may come as text. Thread-safe.
 */
final class VisionAnswer {

    /** Most places at which an object is looked for. A model's preamble holds fewer by chance. */
    private static final int MAX_BEGINNINGS = 16;

    private static final Pattern NOT_TEXT = Pattern.compile("[\\p{C}\\s]+");

    private final JsonMapper json = new JsonMapper();
    private final int maxDescriptionLength;

    VisionAnswer(int maxDescriptionLength) {
        this.maxDescriptionLength = maxDescriptionLength;
    }

    Detection read(JsonNode body) {
        JsonNode choice = body.path("choices").path(0);
        return switch (choice.path("finish_reason").stringValue("")) {
            case "content_filter" ->
                new Detection.Unknown(Reason.MODERATED_PHOTO, "the model's answer was stopped by the content filter");
            case "length" ->
                new Detection.Unknown(
                        Reason.MALFORMED_ANSWER,
                        "the model's answer was cut off; pawline.detect.max-tokens is too low");
            default -> readContent(choice.path("message").path("content").stringValue(""));
        };
    }

    private Detection readContent(String content) {
        JsonNode answer = findObject(content);
        if (answer == null) {
            return malformed("has no JSON object with has_pet");
        }
        Optional<Boolean> hasPet = readBoolean(answer.path("has_pet"));
        if (hasPet.isEmpty()) {
            return malformed("does not say whether there is a pet");
        }
        if (!hasPet.get()) {
            return new Detection.NoPet();
        }
        String description = clean(answer.path("description").stringValue(""));
        return description.isEmpty() ? malformed("does not describe the pet") : new Detection.Pet(description);
    }

    private @Nullable JsonNode findObject(String content) {
        int at = content.indexOf('{');
        for (int tries = 0; at >= 0 && tries < MAX_BEGINNINGS; tries++) {
            JsonNode found = objectAt(content.substring(at));
            if (found != null && found.has("has_pet")) {
                return found;
            }
            at = content.indexOf('{', at + 1);
        }
        return null;
    }

    /** The object that the text begins with, whatever follows it. */
    private @Nullable JsonNode objectAt(String text) {
        try (JsonParser parser = json.createParser(text)) {
            return parser.readValueAsTree();
        } catch (JacksonException noObject) {
            return null;
        }
    }

    private static Optional<Boolean> readBoolean(JsonNode node) {
        if (node.isBoolean()) {
            return Optional.of(node.booleanValue());
        }
        return switch (node.stringValue("").strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes" -> Optional.of(true);
            case "false", "no" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** The description on one line, without invisible characters, and no longer than allowed. */
    private String clean(String description) {
        String line = NOT_TEXT.matcher(description).replaceAll(" ").strip();
        if (line.codePointCount(0, line.length()) <= maxDescriptionLength) {
            return line;
        }
        return line.substring(0, line.offsetByCodePoints(0, maxDescriptionLength))
                .strip();
    }

    private static Detection malformed(String what) {
        return new Detection.Unknown(Reason.MALFORMED_ANSWER, "the model's answer " + what);
    }
}
