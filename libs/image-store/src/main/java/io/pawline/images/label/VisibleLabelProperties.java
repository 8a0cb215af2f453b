package io.pawline.images.label;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the words on each picture: {@code pawline.label.explicit.*}.
 *
 * @param enabled Whether the words are drawn on the results and thumbnails. China asks for it where people see a picture
 *     as it is.
 * @param text Words, of printable ASCII and of these characters: 人工智能生成合成由内容图片本作品为标识，。：（）.
 * @param position Place in the picture: {@code top-left}, {@code top}, {@code top-right}, {@code bottom-left},
 *     {@code bottom} or {@code bottom-right}.
 * @param height Height of capital letters as a share of the picture's shorter side, 0.05 to 0.2. Chinese characters are
 *     a little higher. The standard asks for 0.05 at least.
 */
public record VisibleLabelProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("AI生成") String text,
        @DefaultValue("bottom-right") Position position,
        @DefaultValue("0.05") double height) {

    /** Lists the places where words can be. */
    public enum Position {
        TOP_LEFT,
        TOP,
        TOP_RIGHT,
        BOTTOM_LEFT,
        BOTTOM,
        BOTTOM_RIGHT
    }

    /** The settings without exceptions. */
    public static final VisibleLabelProperties DEFAULTS =
            new VisibleLabelProperties(false, "AI生成", Position.BOTTOM_RIGHT, 0.05);

    private static final double LEAST_HEIGHT = 0.05;
    private static final double MOST_HEIGHT = 0.2;

    /**
     * Holds what is different for one tenant; null where it is as for all.
     *
     * @param enabled whether the words are drawn on its pictures
     * @param text its words
     * @param position where they are
     * @param height how high they are
     */
    public record Tenant(
            @Nullable Boolean enabled,
            @Nullable String text,
            @Nullable Position position,
            @Nullable Double height) {

        VisibleLabelProperties over(VisibleLabelProperties all) {
            return new VisibleLabelProperties(
                    enabled == null ? all.enabled : enabled,
                    text == null ? all.text : text,
                    position == null ? all.position : position,
                    height == null ? all.height : height);
        }
    }

    /**
     * Checks that the words can be drawn on every picture.
     *
     * @param prefix of the settings, for the message
     * @throws IllegalArgumentException if they cannot; the message names the setting
     */
    void check(String prefix) {
        if (!(height >= LEAST_HEIGHT && height <= MOST_HEIGHT)) {
            throw new IllegalArgumentException(
                    "%s.height must be %s to %s, was %s".formatted(prefix, LEAST_HEIGHT, MOST_HEIGHT, height));
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException(prefix + ".text must not be empty");
        }
        List<String> missing = GlyphOutlines.missing(text);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s.text has characters that cannot be drawn: %s".formatted(prefix, String.join(", ", missing)));
        }
        double share = VisibleLabel.share(text, height);
        if (share > 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s.text is too long: with a height of %s it takes %.0f %% of the shorter side of a picture",
                    prefix,
                    height,
                    100 * share));
        }
    }
}
