package io.pawline.generate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a prompt from a text with places for the parts that differ from task to task.
 *
 * @param text the prompt; it has {@code {description}} and {@code {style}} at least once each
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

    /** The prompt for a task. Places are filled in one pass, so a place inside a description stays as it is. */
    String fill(String description, String style) {
        return PLACE.matcher(text)
                .replaceAll(place -> Matcher.quoteReplacement(place.group().equals(STYLE) ? style : description));
    }
}
