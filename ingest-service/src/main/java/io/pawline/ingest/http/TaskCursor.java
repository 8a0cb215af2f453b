package io.pawline.ingest.http;

import io.pawline.schemas.TaskId;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Says where a page of a list ended, as text that means nothing to the client. */
public final class TaskCursor {

    private static final String VERSION = "1:";

    private TaskCursor() {}

    public static String after(TaskId last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((VERSION + last).getBytes(StandardCharsets.US_ASCII));
    }

    public static TaskId parse(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
            if (text.startsWith(VERSION)) {
                return TaskId.parse(text.substring(VERSION.length()));
            }
        } catch (IllegalArgumentException e) {
            // the problem is thrown below
        }
        throw new ProblemException(
                CommonProblem.INVALID_REQUEST, "cursor is none: send the next_cursor of the page before as it was");
    }
}
