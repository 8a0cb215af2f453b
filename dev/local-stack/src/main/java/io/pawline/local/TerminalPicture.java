package io.pawline.local;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.Console;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;

/**
 * Shows a picture in a terminal. Each protocol is an escape sequence that other terminals would show as rubbish or not at
 * all, so the terminal has to be known to understand it.
 */
enum TerminalPicture {
    /** See <a href="https://sw.kovidgoyal.net/kitty/graphics-protocol/">kitty's graphics protocol</a>. */
    KITTY {
        @Override
        String encode(byte[] png) {
            String data = Base64.getEncoder().encodeToString(png);
            StringBuilder text = new StringBuilder();
            for (int from = 0; from < data.length(); from += CHUNK) {
                int to = Math.min(from + CHUNK, data.length());
                text.append(ESCAPE)
                        .append("_G")
                        .append(from == 0 ? "a=T,f=100," : "")
                        .append("m=")
                        .append(to < data.length() ? 1 : 0)
                        .append(';')
                        .append(data, from, to)
                        .append(END);
            }
            return text.toString();
        }
    },
    /** See <a href="https://iterm2.com/documentation-images.html">iTerm2's inline images</a>. */
    ITERM {
        @Override
        String encode(byte[] png) {
            return "%s]1337;File=inline=1;size=%d:%s\u0007"
                    .formatted(ESCAPE, png.length, Base64.getEncoder().encodeToString(png));
        }
    },
    /** See <a href="https://vt100.net/docs/vt3xx-gp/chapter14.html">sixel graphics</a>. */
    SIXEL {
        @Override
        String encode(byte[] png) throws IOException {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
            // The second parameter lets pixels that are not set keep the terminal's background
            return ESCAPE + "P0;1q" + Sixels.of(image) + END;
        }
    };

    private static final String ESCAPE = "\u001b";
    private static final String END = ESCAPE + "\\";

    /** A sequence of kitty's carries no more than this. */
    private static final int CHUNK = 4_096;

    /** Returns the protocol of the terminal that this process writes to; empty if it writes to none, or to another. */
    static Optional<TerminalPicture> ofThisTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).flatMap(_ -> of(System.getenv()));
    }

    /** Returns the protocol of the terminal that this environment describes. */
    static Optional<TerminalPicture> of(Map<String, String> environment) {
        String term = environment.getOrDefault("TERM", "");
        if (term.startsWith("screen") || term.startsWith("tmux")) {
            // These pass nothing through, whatever terminal is around them
            return Optional.empty();
        }
        if (environment.containsKey("KITTY_WINDOW_ID") || term.equals("xterm-kitty") || term.equals("xterm-ghostty")) {
            return Optional.of(KITTY);
        }
        return switch (environment.getOrDefault("TERM_PROGRAM", "")) {
            case "iTerm.app", "WezTerm", "mintty" -> Optional.of(ITERM);
            default -> {
                if (environment.getOrDefault("LC_TERMINAL", "").equals("iTerm2")
                        || environment.containsKey("KONSOLE_VERSION")) {
                    yield Optional.of(ITERM);
                }
                boolean sixel = term.startsWith("foot") || term.startsWith("mlterm") || term.contains("sixel");
                yield sixel ? Optional.of(SIXEL) : Optional.empty();
            }
        };
    }

    /**
     * Returns what to print for the picture to appear.
     *
     * @throws IOException if it is no PNG
     */
    abstract String encode(byte[] png) throws IOException;

    /** Encodes pixels for terminals with sixel graphics, with six levels of each colour. */
    private static final class Sixels {

        private static final int LEVELS = 6;
        private static final int BAND = 6;
        private static final int OPAQUE = 128;
        private static final int NONE = -1;

        private Sixels() {}

        static String of(BufferedImage image) {
            StringBuilder text = new StringBuilder();
            for (int color = 0; color < LEVELS * LEVELS * LEVELS; color++) {
                text.append("#%d;2;%d;%d;%d"
                        .formatted(
                                color,
                                percent(color / (LEVELS * LEVELS)),
                                percent(color / LEVELS % LEVELS),
                                percent(color % LEVELS)));
            }
            for (int top = 0; top < image.getHeight(); top += BAND) {
                for (int color = 0; color < LEVELS * LEVELS * LEVELS; color++) {
                    appendRow(text, image, top, color);
                }
                text.append('-');
            }
            return text.toString();
        }

        /** Appends the pixels of one colour in a band, if there are any, and goes back to the band's beginning. */
        private static void appendRow(StringBuilder text, BufferedImage image, int top, int color) {
            StringBuilder row = new StringBuilder();
            boolean any = false;
            for (int x = 0; x < image.getWidth(); x++) {
                int bits = 0;
                for (int y = top; y < Math.min(top + BAND, image.getHeight()); y++) {
                    bits |= color(image.getRGB(x, y)) == color ? 1 << (y - top) : 0;
                }
                any |= bits != 0;
                row.append((char) ('?' + bits));
            }
            if (any) {
                text.append('#').append(color).append(row).append('$');
            }
        }

        /** Returns the number of the nearest colour; {@link #NONE} for a pixel that is rather transparent. */
        private static int color(int argb) {
            if (argb >>> 24 < OPAQUE) {
                return NONE;
            }
            return (level(argb >> 16) * LEVELS + level(argb >> 8)) * LEVELS + level(argb);
        }

        private static int level(int component) {
            return Math.round((component & 0xff) * (LEVELS - 1) / 255f);
        }

        private static int percent(int level) {
            return level * 100 / (LEVELS - 1);
        }
    }
}
