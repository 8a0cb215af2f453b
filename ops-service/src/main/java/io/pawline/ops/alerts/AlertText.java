package io.pawline.ops.alerts;

import java.text.MessageFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.stream.Collectors;

/** A sentence about an alert, in each language of the console. */
public record AlertText(String en, String zh) {

    /** The languages, the default first. */
    public static final List<String> LANGUAGES = List.of("en", "zh");

    /** Says the same in all languages: what was never written in another one. */
    public static AlertText same(String text) {
        return new AlertText(text, text);
    }

    /**
     * Writes the text of a key in all languages.
     *
     * @param values in the place of {@code {0}} and so on; an {@link AlertText} in its language
     */
    public static AlertText of(String key, Object... values) {
        return new AlertText(written("en", key, values), written("zh", key, values));
    }

    /** Puts texts one after another. */
    public static AlertText joined(List<AlertText> texts) {
        return new AlertText(
                texts.stream().map(AlertText::en).collect(Collectors.joining(", ")),
                texts.stream().map(AlertText::zh).collect(Collectors.joining("，")));
    }

    /** Gives the text in a language of {@link #LANGUAGES}. */
    public String in(String language) {
        return language.equals("zh") ? zh : en;
    }

    private static String written(String language, String key, Object... values) {
        Object[] translated = Arrays.stream(values)
                .map(value -> value instanceof AlertText text ? text.in(language) : value)
                .toArray();
        return new MessageFormat(bundle(language).getString(key), Locale.of(language)).format(translated);
    }

    static ResourceBundle bundle(String language) {
        return ResourceBundle.getBundle(
                "io.pawline.ops.alerts.alerts",
                Locale.of(language),
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }
}
