package io.pawline.ingest.http;

import java.util.stream.Collectors;

/** Quotes a name that came from outside, so that an answer may repeat it. */
public final class QuotedName {

    private static final int MAX_LENGTH = 40;

    private QuotedName() {}

    /** The name in quotes, cut short, with {@code ?} for each character that could disturb a terminal or a log. */
    public static String of(String name) {
        String printable = name.codePoints()
                .limit(MAX_LENGTH)
                .mapToObj(c -> Character.isLetterOrDigit(c) || "-_. ".indexOf(c) >= 0 ? Character.toString(c) : "?")
                .collect(Collectors.joining());
        return '"' + printable + '"';
    }
}
