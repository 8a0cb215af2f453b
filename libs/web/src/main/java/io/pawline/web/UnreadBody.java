package io.pawline.web;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Knows the requests after which the connection may be closed, since they were answered before their body was read. Such
 * an answer has to say so. Otherwise the client sends its next request on that connection, and gets no answer.
 */
final class UnreadBody {

    /** The value of the header {@code Connection}. */
    static final String CLOSE = "close";

    /** So much of a body is read though nobody wants it, see {@link BodyDeadline}. */
    static final int SMALL_BYTES = 16 * 1024;

    private UnreadBody() {}

    /**
     * Says whether the body is so large that the connection is closed instead of reading it. It does not ask how much
     * was read, because a look at the stream is what tells the client to send the body.
     */
    static boolean isLarge(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        return length > SMALL_BYTES || (length < 0 && request.getHeader("Transfer-Encoding") != null);
    }
}
