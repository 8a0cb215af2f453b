package io.pawline.ops.report;

import java.util.Locale;

/**
 * Writes one picture as SVG. It needs no script and no style of its own: classes name what a thing means, and the style
 * is that of {@code picture.css}. Coordinates are those of {@link #WIDTH} units in width. For one thread.
 */
final class Svg {

    static final int WIDTH = 720;

    private final String id;
    private final int height;
    private final String title;
    private final StringBuilder body = new StringBuilder();

    /**
     * Begins a picture.
     *
     * @param id unique on its page
     * @param title one sentence that says what is seen, for those who do not see it
     */
    Svg(String id, int height, String title) {
        this.id = id;
        this.height = height;
        this.title = title;
    }

    /** How a thing looks, by what it means. */
    enum Look {
        GOOD,
        BAD,
        LATE,
        GONE,
        OPEN,
        CALLS,
        WINDOW;

        private String attributes(String id) {
            String name = name().toLowerCase(Locale.ROOT);
            return switch (this) {
                case BAD, LATE, GONE -> "class=\"p-%s\" fill=\"url(#%s-%s)\"".formatted(name, id, name);
                case GOOD, OPEN, CALLS, WINDOW -> "class=\"p-%s\"".formatted(name);
            };
        }
    }

    Svg rect(Look look, double x, double y, double width, double height) {
        return add("<rect " + look.attributes(id) + box(x, y, width, height) + "/>");
    }

    private static String box(double x, double y, double width, double height) {
        return " x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\""
                .formatted(number(x), number(y), number(width), number(height));
    }

    /** Draws a line of this class. */
    Svg line(String kind, double x1, double y1, double x2, double y2) {
        return add("<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
                .formatted(kind, number(x1), number(y1), number(x2), number(y2)));
    }

    /** Draws the mark of a quantile: a circle, a square or a triangle. */
    Svg mark(int shape, double x, double y) {
        return switch (shape) {
            case 0 -> add("<circle class=\"mark\" cx=\"%s\" cy=\"%s\" r=\"4.5\"/>".formatted(number(x), number(y)));
            case 1 -> add("<rect class=\"mark\"" + box(x - 4, y - 4, 8, 8) + "/>");
            default -> add("<path class=\"mark\" d=\"M%s %sl5 9h-10z\"/>".formatted(number(x), number(y - 5)));
        };
    }

    /** Draws a line from above to below with a triangle at its top: something was changed then. */
    Svg change(double x, double top, double bottom) {
        return line("change", x, top, x, bottom)
                .add("<path class=\"change-mark\" d=\"M%s %sl-4 -6h8z\"/>".formatted(number(x), number(top)));
    }

    /** Writes a text at this place; {@code anchor} is {@code start}, {@code middle} or {@code end}. */
    Svg text(String kind, double x, double y, String anchor, String text) {
        return add("<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
                .formatted(kind, number(x), number(y), anchor, HtmlPage.escaped(text)));
    }

    private Svg add(String element) {
        body.append(element).append('\n');
        return this;
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    /** The picture as an element of a page that has the style. */
    String inline() {
        return element("");
    }

    /** The picture as a file of its own. */
    String file(String style) {
        return element(" xmlns=\"http://www.w3.org/2000/svg\"").replaceFirst("\n", "\n<style>" + style + "</style>\n");
    }

    private String element(String namespace) {
        return String.format(
                        Locale.ROOT,
                        "<svg%s class=\"picture\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
                        namespace,
                        WIDTH,
                        height,
                        HtmlPage.escaped(title))
                + patterns() + body + "</svg>\n";
    }

    /** A shape of its own for each meaning, besides its colour. */
    private String patterns() {
        return """
                <defs>
                <pattern id="%1$s-bad" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
                <rect class="bad-ground" width="6" height="6"/><rect class="ink" width="2" height="6"/></pattern>
                <pattern id="%1$s-late" width="6" height="6" patternUnits="userSpaceOnUse">\
                <rect class="late-ground" width="6" height="6"/><circle class="ink" cx="3" cy="3" r="1.4"/></pattern>
                <pattern id="%1$s-gone" width="6" height="6" patternUnits="userSpaceOnUse">\
                <rect class="gone-ground" width="6" height="6"/><rect class="ink" width="6" height="1.5"/></pattern>
                </defs>
                """.formatted(id);
    }
}
