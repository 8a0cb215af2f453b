package io.pawline.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems where Spring does not: before its routes, and where the media types that it negotiates are unknown. */
final class ProblemBody {

    static final String MEDIA_TYPE = "application/problem+json";

    private ProblemBody() {}

    /**
     * Writes a problem as JSON in UTF-8.
     *
     * @param status of the answer, which may be another one than that of the type
     * @param requestId null: the request has none
     */
    static byte[] of(ProblemType type, int status, String detail, @Nullable String requestId) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", type.uri().toString());
        problem.put("title", type.title());
        problem.put("status", status);
        problem.put("detail", detail);
        if (requestId != null) {
            problem.put(RequestId.FIELD, requestId);
        }
        return JsonMapper.shared().writeValueAsString(problem).getBytes(StandardCharsets.UTF_8);
    }

    /** Answers a request with a problem, and with this status. */
    static void send(
            HttpServletRequest request, HttpServletResponse response, ProblemType type, int status, String detail)
            throws IOException {
        response.setStatus(status);
        if (UnreadBody.isLarge(request)) {
            response.setHeader(HttpHeaders.CONNECTION, UnreadBody.CLOSE);
        }
        response.setContentType(MEDIA_TYPE);
        response.getOutputStream()
                .write(of(type, status, detail, RequestId.noted(request.getAttribute(RequestId.ATTRIBUTE))));
    }
}
