package io.pawline.web;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
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
        int status = clientsFault(code) ? HttpStatus.BAD_REQUEST_400 : code;
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemBody.MEDIA_TYPE);
        // Put again: Jetty has dropped all headers, or has refused the request before any handler saw it
        byte[] body = ProblemBody.of(
                CommonProblem.of(HttpStatusCode.valueOf(status)),
                status,
                "the request's address or headers are malformed",
                RequestIdHandler.put(request, response));
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** Jetty says 501 and 505 to a framing or a version that nobody knows. The service has not failed then. */
    private static boolean clientsFault(int code) {
        return code == HttpStatus.NOT_IMPLEMENTED_501 || code == HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505;
    }
}
