package io.pawline.generate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The prompt with places for what differs from task to task.
 *
 * @param text has {@code {description}} and {@code {style}} at least once each
 */
record PromptTemplate(String text) {

    private static final String DESCRIPTION = "{description}";
    private static final String STYLE = "{style}";
    private static final Pattern PLACE = Pattern.compile("\\{description}|\\{style}");

    PromptTemplate {
        if (!text.contains(DESCRIPTION) || !text.contains(STYLE)) {
            throw new IllegalArgumentException(
                    "pawline.generate.prompt-template must contain {description} and {style}, was \"" + text + "\"");
        }
    }

    /** In one pass: a description that contains a place is left as it is. */
    String fill(String description, String style) {
        return PLACE.matcher(text)
                .replaceAll(place -> Matcher.quoteReplacement(place.group().equals(STYLE) ? style : description));
    }
}
