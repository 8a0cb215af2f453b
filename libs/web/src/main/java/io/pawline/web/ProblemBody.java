package io.pawline.web;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems where Spring does not: before its routes, and where the media types that it negotiates are unknown. */
final class ProblemBody {

    static final String MEDIA_TYPE = "application/problem+json";

    private ProblemBody() {}

    /**
     * Writes a problem as JSON in UTF-8.
     *
     * @param requestId null: the request has none
     */
    static byte[] of(ProblemType type, String detail, @Nullable String requestId) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", type.uri().toString());
        problem.put("title", type.title());
        problem.put("status", type.status().value());
        problem.put("detail", detail);
        if (requestId != null) {
            problem.put(RequestId.FIELD, requestId);
        }
        return JsonMapper.shared().writeValueAsString(problem).getBytes(StandardCharsets.UTF_8);
    }
}
