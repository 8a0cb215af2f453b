package io.pawline.ingest.http;

import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import org.jspecify.annotations.Nullable;

/** Reads the parameter {@code limit} of a list: how many entries a page has. */
public final class PageLimit {

    /** Entries on a page if a request names no number. */
    public static final int DEFAULT = 20;

    private static final int MAX = 100;

    private PageLimit() {}

    /**
     * Reads the limit of a request.
     *
     * @param text null: the request names none, and the default applies
     * @throws ProblemException if the text is no whole number in the range
     */
    public static int parse(@Nullable String text) {
        if (text == null) {
            return DEFAULT;
        }
        if (text.matches("[0-9]{1,3}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX) {
                return limit;
            }
        }
        throw new ProblemException(CommonProblem.INVALID_REQUEST, "limit is no whole number from 1 to " + MAX);
    }
}
