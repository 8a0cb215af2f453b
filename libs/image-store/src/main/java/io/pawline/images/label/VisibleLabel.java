package io.pawline.images.label;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.util.Objects;

/**
 * Draws words on a picture that say that a machine made it: white, on a dark box, because nobody knows what is behind a
 * cut-out. No font is needed. Thread-safe.
 */
public final class VisibleLabel {

    private static final Color BOX = new Color(0, 0, 0, 160);

    /** The distance of the box to the edges of the picture, as a share of its shorter side. */
    private static final double MARGIN = 0.02;

    /** The space between the words and the edges of the box, as a share of the height of capital letters. */
    private static final double PADDING = 0.45;

    private final VisibleLabelProperties settings;

    VisibleLabel(VisibleLabelProperties settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    /** Draws the words, whose capital letters have the height of the settings or up to a pixel more. */
    public void drawOn(BufferedImage picture) {
        int shorter = Math.min(picture.getWidth(), picture.getHeight());
        double height = Math.ceil(settings.height() * shorter);
        double padding = Math.ceil(PADDING * height);
        double width = GlyphOutlines.width(settings.text()) * height + 2 * padding;
        double margin = Math.round(MARGIN * shorter);
        double left = switch (settings.position()) {
            case TOP_LEFT, BOTTOM_LEFT -> margin;
            case TOP, BOTTOM -> Math.round((picture.getWidth() - width) / 2);
            case TOP_RIGHT, BOTTOM_RIGHT -> picture.getWidth() - margin - width;
        };
        double boxHeight = height + 2 * padding;
        double top = switch (settings.position()) {
            case TOP_LEFT, TOP, TOP_RIGHT -> margin;
            case BOTTOM_LEFT, BOTTOM, BOTTOM_RIGHT -> picture.getHeight() - margin - boxHeight;
        };
        Path2D words = GlyphOutlines.of(settings.text(), height);
        words.transform(AffineTransform.getTranslateInstance(left + padding, top + padding + height));
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setColor(BOX);
            graphics.fill(new RoundRectangle2D.Double(left, top, width, boxHeight, padding, padding));
            graphics.setColor(Color.WHITE);
            graphics.fill(words);
        } finally {
            graphics.dispose();
        }
    }

    /**
     * The width of the box with these words as a share of the shorter side of a picture, with its margins.
     *
     * @param height of capital letters, as a share of the shorter side
     */
    static double share(String text, double height) {
        return height * (GlyphOutlines.width(text) + 2 * PADDING) + 2 * MARGIN;
    }
}
