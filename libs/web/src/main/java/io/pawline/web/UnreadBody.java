package io.pawline.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Knows the requests after which the connection is closed, since they were answered before their body was read. Such an
 * answer has to say so. Otherwise the client sends its next request on that connection, and gets no answer.
 */
final class UnreadBody {

    /** The value of the header {@code Connection}. */
    static final String CLOSE = "close";

    /** Jetty takes less than that in and throws it away, as a rule, and keeps the connection. */
    private static final int SMALL = 16 * 1024;

    private UnreadBody() {}

    /** Says whether so much is left, or may be left, that Jetty closes the connection instead of reading it. */
    static boolean isLarge(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        boolean large = length > SMALL || (length < 0 && request.getHeader("Transfer-Encoding") != null);
        return large && !isRead(request);
    }

    private static boolean isRead(HttpServletRequest request) {
        try {
            return request.getInputStream().isFinished();
        } catch (IOException | IllegalStateException unknown) {
            return false;
        }
    }
}
