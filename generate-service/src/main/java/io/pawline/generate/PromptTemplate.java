package io.pawline.generate;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a prompt from a text with places for the parts that differ from task to task. */
final class PromptTemplate {

    private static final String DESCRIPTION = "{description}";
    private static final String STYLE = "{style}";
    private static final String BACKGROUND = "{background}";
    private static final Pattern PLACE = Pattern.compile("\\{description}|\\{style}");

    private final String setting;
    private final String text;

    private PromptTemplate(String setting, String text, List<String> places) {
        if (!places.stream().allMatch(text::contains)) {
            throw new IllegalArgumentException("pawline.generate.%s must contain %s, was \"%s\""
                    .formatted(setting, String.join(" and ", places), text));
        }
        this.setting = setting;
        this.text = text;
    }

    /**
     * The prompt of a picture that is made from words alone.
     *
     * @param text it has {@code {description}} and {@code {style}} at least once each, and may have {@code {background}}
     */
    static PromptTemplate ofWords(String text) {
        return new PromptTemplate("prompt-template", text, List.of(DESCRIPTION, STYLE));
    }

    /**
     * The prompt of a picture that is made after a photo, which is an instruction.
     *
     * @param text it has {@code {style}} at least once, and may have {@code {description}} and {@code {background}}
     */
    static PromptTemplate ofPhoto(String text) {
        return new PromptTemplate("photo-prompt-template", text, List.of(STYLE));
    }

    /** The same prompt for pictures on a plain background. */
    PromptTemplate onPlainBackground() {
        return new PromptTemplate(setting, text.replace(BACKGROUND, "a plain background"), List.of());
    }

    /**
     * The same prompt for pictures on a transparent background.
     *
     * @throws IllegalArgumentException if the text does not say where the background is named
     */
    PromptTemplate onTransparentBackground() {
        if (!text.contains(BACKGROUND)) {
            throw new IllegalArgumentException(
                    "pawline.generate.%s must contain %s, because pawline.generate.transparent is set; was \"%s\""
                            .formatted(setting, BACKGROUND, text));
        }
        return new PromptTemplate(setting, text.replace(BACKGROUND, "a transparent background"), List.of());
    }

    /** The prompt for a task. Places are filled in one pass, so a place inside a description stays as it is. */
    String fill(String description, String style) {
        return PLACE.matcher(text)
                .replaceAll(place -> Matcher.quoteReplacement(place.group().equals(STYLE) ? style : description));
    }
}
