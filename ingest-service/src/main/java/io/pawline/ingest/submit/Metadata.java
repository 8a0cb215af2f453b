package io.pawline.ingest.submit;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks the front end's own object: a JSON object, small and flat enough to travel with the task. */
final class Metadata {

    static final int MAX_BYTES = 4096;
    static final int MAX_DEPTH = 8;

    private static final JsonMapper JSON = JsonMapper.shared();

    private Metadata() {}

    /** The object as compact JSON; null if there is none. */
    static @Nullable String text(@Nullable JsonNode metadata) throws RefusedException {
        if (metadata == null || metadata.isNull() || metadata.isMissingNode()) {
            return null;
        }
        if (!metadata.isObject()) {
            throw RefusedException.invalid("metadata", "must be a JSON object");
        }
        if (depth(metadata, 0) > MAX_DEPTH) {
            throw RefusedException.invalid("metadata", "is nested more than %d deep".formatted(MAX_DEPTH));
        }
        String text = JSON.writeValueAsString(metadata);
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw RefusedException.invalid("metadata", "has more than %d bytes".formatted(MAX_BYTES));
        }
        if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            throw RefusedException.invalid("metadata", "has half a surrogate pair");
        }
        return text;
    }

    private static int depth(JsonNode node, int above) {
        if (!node.isContainer() || above > MAX_DEPTH) {
            return above;
        }
        int deepest = above + 1;
        for (JsonNode child : node) {
            deepest = Math.max(deepest, depth(child, above + 1));
        }
        return deepest;
    }
}
