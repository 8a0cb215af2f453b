package io.pawline.web;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;

/** Writes the answers to requests that Jetty itself refuses, such as those with a malformed address. Thread-safe. */
final class ContainerProblems extends ErrorHandler {

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        // Put again: Jetty has dropped all headers, or has refused the request before any handler saw it
        response.write(true, body(code, RequestIdHandler.put(request, response)), callback);
    }

    /** Writes the problem that a status stands for. */
    private static ByteBuffer body(int status, String requestId) {
        ProblemType type = CommonProblem.of(HttpStatusCode.valueOf(status));
        String body = """
                {"type":"%s","title":"%s","status":%d,"detail":"the request's address or headers are malformed","%s":"%s"}""".formatted(type.uri(), type.title(), status, RequestId.FIELD, requestId);
        return ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8));
    }
}
