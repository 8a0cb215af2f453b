package io.pawline.images.label;

import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Scanner;

/**
 * Holds the outlines of the characters that can be drawn on pictures: printable ASCII and those of usual Chinese labels.
 * They come with Pawline, because a machine that runs only a JRE may have no fonts. Thread-safe.
 */
final class GlyphOutlines {

    private static final String FILE = "glyphs.txt";

    /** The height of capital letters, in units of the file. Chinese characters are a little higher. */
    private static final double CAPITALS = 733;

    /**
     * The outline of a character.
     *
     * @param advance from its left edge to that of the next one, in units of the file
     * @param path with its left end on the base line at 0, 0, in units of the file; y grows downwards
     */
    private record Glyph(int advance, Path2D path) {}

    private static final Map<Integer, Glyph> GLYPHS = read();

    private GlyphOutlines() {}

    /** The characters of a text that cannot be drawn, each once. */
    static List<String> missing(String text) {
        return text.codePoints()
                .filter(character -> !GLYPHS.containsKey(character))
                .distinct()
                .mapToObj(character -> "%s (U+%04X)".formatted(Character.toString(character), character))
                .toList();
    }

    /** The width of a text whose capital letters are 1 high. */
    static double width(String text) {
        return text.codePoints()
                        .mapToDouble(character -> glyph(character).advance())
                        .sum()
                / CAPITALS;
    }

    /**
     * The outline of a text on one line, with its left end on the base line at 0, 0.
     *
     * @param height of its capital letters
     */
    static Path2D of(String text, double height) {
        Path2D line = new Path2D.Double(Path2D.WIND_NON_ZERO);
        double x = 0;
        for (int character : text.codePoints().toArray()) {
            Glyph glyph = glyph(character);
            line.append(glyph.path().getPathIterator(AffineTransform.getTranslateInstance(x, 0)), false);
            x += glyph.advance();
        }
        line.transform(AffineTransform.getScaleInstance(height / CAPITALS, height / CAPITALS));
        return line;
    }

    private static Glyph glyph(int character) {
        Glyph glyph = GLYPHS.get(character);
        if (glyph == null) {
            throw new IllegalArgumentException("there is no outline of U+%04X".formatted(character));
        }
        return glyph;
    }

    private static Map<Integer, Glyph> read() {
        Map<Integer, Glyph> glyphs = new HashMap<>();
        try (InputStream file = Objects.requireNonNull(GlyphOutlines.class.getResourceAsStream(FILE), FILE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> read(line, glyphs));
        } catch (IOException e) {
            throw new UncheckedIOException(FILE, e);
        }
        return Map.copyOf(glyphs);
    }

    /** Reads a line: the character in hexadecimal, its advance, and an outline in the commands of SVG. */
    private static void read(String line, Map<Integer, Glyph> glyphs) {
        Scanner words = new Scanner(line);
        int character = words.nextInt(16);
        int advance = words.nextInt();
        Path2D path = new Path2D.Double(Path2D.WIND_NON_ZERO);
        while (words.hasNext()) {
            switch (words.next()) {
                case "M" -> path.moveTo(words.nextInt(), words.nextInt());
                case "L" -> path.lineTo(words.nextInt(), words.nextInt());
                case "Q" -> path.quadTo(words.nextInt(), words.nextInt(), words.nextInt(), words.nextInt());
                case "C" ->
                    path.curveTo(
                            words.nextInt(),
                            words.nextInt(),
                            words.nextInt(),
                            words.nextInt(),
                            words.nextInt(),
                            words.nextInt());
                case "Z" -> path.closePath();
                default -> throw new IllegalStateException("not an outline: " + line);
            }
        }
        glyphs.put(character, new Glyph(advance, path));
    }
}
