package io.pawline.simulator.picture;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.RadialGradientPaint;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/** Paints the parts of a pet one over the other, in the colours and lines of a style. Coordinates: 512 x 512. */
final class PetCanvas implements AutoCloseable {

    static final double SIZE = 512;

    private static final Color[] TUBES = {
        new Color(0x29F3FF), new Color(0xFF3DBB), new Color(0xFFE14D), new Color(0x7CFF6B)
    };

    private final Graphics2D graphics;
    private final ArtStyle style;
    private int parts;

    PetCanvas(BufferedImage layer, ArtStyle style) {
        this.graphics = layer.createGraphics();
        this.style = style;
        graphics.scale(layer.getWidth() / SIZE, layer.getHeight() / SIZE);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    /** Paints a part of the body: filled, rounded by light, with an outline. */
    void part(Shape shape, Color natural) {
        Color color = style.palette().apply(natural);
        fill(shape, color, style.shading());
        outline(shape, color);
    }

    /** Paints a patch without an outline over what is painted already; the background stays as it is. */
    void patch(Shape shape, Color natural) {
        Color color = style.palette().apply(natural);
        atop(() -> fill(shape, style.glow() ? Tint.translucent(tube(), 70) : color, 0));
    }

    /** Paints a line of fur colour over what is painted already. */
    void stripe(Shape line, double width, Color natural) {
        Color color = style.palette().apply(natural);
        atop(() -> {
            graphics.setColor(style.glow() ? tube() : Tint.translucent(color, 225));
            graphics.setStroke(round(style.glow() ? width / 3 : width));
            graphics.draw(line);
        });
    }

    /** Paints a line in the style's own colour, for mouth, whiskers and toes. */
    void line(Shape line, double width, Color over) {
        Color color = style.palette().apply(over);
        graphics.setColor(style.glow() ? tube() : Tint.mix(style.lineOf(color), Color.BLACK, 0.15));
        graphics.setStroke(round(Math.max(width, style.lineWidth() * 0.55)));
        graphics.draw(line);
    }

    /** Paints a whisker, as thin as possible; none if the picture is made of larger squares. */
    void hair(Shape line) {
        if (style.grid() == 0) {
            graphics.setColor(style.glow() ? tube() : style.line());
            graphics.setStroke(round(Math.clamp(style.lineWidth() * 0.5, 2, 3)));
            graphics.draw(line);
        }
    }

    void eye(double x, double y, double radius, Color natural, boolean slit) {
        Color iris = style.glow() ? new Color(0xE9FF70) : style.palette().apply(natural);
        Color dark = Tint.mix(style.line(), Color.BLACK, Tint.luminance(style.line()) > 100 ? 0.92 : 0.55);
        double tall = radius * 1.12;
        graphics.setColor(dark);
        graphics.fill(oval(x, y, radius + 4, tall + 4));
        Paint depth = new RadialGradientPaint(
                (float) x, (float) (y + radius * 0.5), (float) (radius * 1.5), new float[] {0, 1}, new Color[] {
                    Tint.lighter(iris, 0.35), Tint.darker(iris, 0.28)
                });
        graphics.setPaint(style.shading() > 0 ? depth : iris);
        graphics.fill(oval(x, y, radius, tall));
        graphics.setColor(dark);
        graphics.fill(oval(x, y + 1, slit ? radius * 0.42 : radius * 0.68, tall * 0.78));
        graphics.setColor(Color.WHITE);
        graphics.fill(oval(x - radius * 0.32, y - tall * 0.38, radius * 0.3, radius * 0.3));
        graphics.fill(oval(x + radius * 0.34, y + tall * 0.36, radius * 0.14, radius * 0.14));
    }

    /** Paints a soft shadow or blush over what is painted already. */
    void tinge(double x, double y, double across, double down, Color natural, int alpha) {
        Color color = style.palette().apply(natural);
        if (style.glow()) {
            return;
        }
        var old = graphics.getTransform();
        graphics.translate(x, y);
        graphics.scale(1, down / across);
        Paint soft = new RadialGradientPaint(0, 0, (float) across, new float[] {0, 1}, new Color[] {
            Tint.translucent(color, alpha), Tint.translucent(color, 0)
        });
        atop(() -> {
            graphics.setPaint(soft);
            graphics.fill(oval(0, 0, across, across));
        });
        graphics.setTransform(old);
    }

    static Ellipse2D oval(double x, double y, double across, double down) {
        return new Ellipse2D.Double(x - across, y - down, across * 2, down * 2);
    }

    private void fill(Shape shape, Color color, double shading) {
        graphics.setPaint(shading > 0 ? rounded(shape.getBounds2D(), color, shading) : color);
        graphics.fill(shape);
    }

    private static Paint rounded(Rectangle2D box, Color color, double shading) {
        float reach = (float) (Math.max(box.getWidth(), box.getHeight()) * 0.85);
        return new RadialGradientPaint(
                (float) (box.getX() + box.getWidth() * 0.38),
                (float) (box.getY() + box.getHeight() * 0.25),
                reach,
                new float[] {0, 0.5f, 1},
                new Color[] {Tint.lighter(color, 0.24 * shading), color, Tint.darker(color, 0.36 * shading)});
    }

    private void outline(Shape shape, Color color) {
        parts++;
        double width = style.lineWidth();
        if (style.glow()) {
            graphics.setColor(Tint.translucent(tube(), 60));
            graphics.setStroke(round(width * 3.2));
            graphics.draw(shape);
            graphics.setColor(tube());
            graphics.setStroke(round(width));
            graphics.draw(shape);
            graphics.setColor(Tint.translucent(Color.WHITE, 190));
            graphics.setStroke(round(width * 0.35));
        } else {
            graphics.setColor(style.lineOf(color));
            graphics.setStroke(round(width));
        }
        graphics.draw(shape);
    }

    private Color tube() {
        return TUBES[parts / 3 % TUBES.length];
    }

    private void atop(Runnable painting) {
        graphics.setComposite(AlphaComposite.SrcAtop);
        painting.run();
        graphics.setComposite(AlphaComposite.SrcOver);
    }

    private static BasicStroke round(double width) {
        return new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    @Override
    public void close() {
        graphics.dispose();
    }
}
