package io.pawline.simulator.picture;

import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Path2D;

/** Makes the shapes of a pet's parts, in {@link PetCanvas}'s coordinates. */
final class Outlines {

    private static final double MIDDLE = 256;

    private Outlines() {}

    /**
     * Makes a path from SVG's notation: {@code M x y} moves, {@code L x y} draws a line, {@code C x1 y1 x2 y2 x y} a
     * curve, {@code Z} closes.
     */
    static Path2D path(String description) {
        Path2D path = new Path2D.Double();
        String[] words = description.split(" ");
        for (int i = 0; i < words.length; ) {
            switch (words[i]) {
                case "M" -> path.moveTo(number(words, i + 1), number(words, i + 2));
                case "L" -> path.lineTo(number(words, i + 1), number(words, i + 2));
                case "C" ->
                    path.curveTo(
                            number(words, i + 1),
                            number(words, i + 2),
                            number(words, i + 3),
                            number(words, i + 4),
                            number(words, i + 5),
                            number(words, i + 6));
                case "Z" -> path.closePath();
                default -> throw new IllegalArgumentException("no path command: " + words[i]);
            }
            i += switch (words[i]) {
                case "C" -> 7;
                case "Z" -> 1;
                default -> 3;
            };
        }
        return path;
    }

    private static double number(String[] words, int at) {
        return Double.parseDouble(words[at]);
    }

    /** The same shape on the other side of the picture's middle. */
    static Shape mirrored(Shape shape) {
        return new AffineTransform(-1, 0, 0, 1, 2 * MIDDLE, 0).createTransformedShape(shape);
    }

    /** The band along a line, without the loops that a stroke has inside bends. */
    static Shape band(Shape line, double width) {
        return new Area(
                new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND).createStrokedShape(line));
    }

    /**
     * A head: an oval, wider below; tufts of fur stand out at the cheeks.
     *
     * @param tuft length of the tufts as a share of the head's width; 0: smooth
     */
    static Shape head(double x, double y, double across, double down, double tuft) {
        Path2D path = new Path2D.Double();
        int steps = 72;
        for (int i = 0; i <= steps; i++) {
            double angle = 2 * Math.PI * i / steps;
            double right = Math.cos(angle);
            double below = Math.sin(angle);
            double cheek = Math.max(0, 1 - Math.abs(below - 0.45) * 2.2);
            double spike = i % 4 == 2 ? 1 : i % 4 == 0 ? -0.25 : 0.2;
            double bulge = 1 + 0.07 * cheek + tuft * spike * cheek;
            double pointX = x + Math.signum(right) * Math.pow(Math.abs(right), 0.86) * across * bulge;
            double pointY =
                    y + Math.signum(below) * Math.pow(Math.abs(below), 0.92) * down * (1 + tuft * spike * cheek * 0.4);
            if (i == 0) {
                path.moveTo(pointX, pointY);
            } else {
                path.lineTo(pointX, pointY);
            }
        }
        path.closePath();
        return path;
    }
}
