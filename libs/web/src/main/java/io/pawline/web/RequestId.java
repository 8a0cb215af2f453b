package io.pawline.web;

import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a request in its answer, in its problem and in the log, so that a client and an operator can speak of the same
 * request. The client may choose the id, which then also stands in its own log.
 */
public final class RequestId {

    /** The header of requests and answers. */
    public static final String HEADER = "X-Request-Id";

    /** The field of a problem, and the name under which the log shows the id. */
    public static final String FIELD = "request_id";

    /** The attribute of the request, for Jetty's handlers and for servlets. */
    static final String ATTRIBUTE = RequestId.class.getName();

    /** Characters that need no escaping in a header, in JSON, in an address or in a line of a log. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~:/+=@-]{1,128}");

    private RequestId() {}

    /** The id that a request came with; a new one if it came with none, with several, or with one of another form. */
    static String of(List<String> given) {
        return given.size() == 1 && FORM.matcher(given.getFirst()).matches()
                ? given.getFirst()
                : UUID.randomUUID().toString();
    }

    /** The id that a handler noted as the attribute of a request; null if none did. */
    static @Nullable String noted(@Nullable Object attribute) {
        return attribute instanceof String id ? id : null;
    }
}
