package io.pawline.ops.replay;

import io.pawline.schemas.RecordHeaders;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds the trace that a dead letter belongs to, among the headers that the index keeps. */
final class Traces {

    private static final JsonMapper JSON = JsonMapper.shared();

    private Traces() {}

    /** Gives the bytes of the header; none if there is no such header. */
    static byte[] of(String headers) {
        for (JsonNode header : JSON.readTree(headers)) {
            if (header.path("name").asString("").equals(RecordHeaders.TRACEPARENT)
                    && header.path("base64").isString()) {
                return Base64.getDecoder().decode(header.path("base64").asString(""));
            }
        }
        return new byte[0];
    }
}
