package io.pawline.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalPictureTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    TERM=xterm-kitty                              | KITTY
                    TERM=xterm-256color KITTY_WINDOW_ID=1         | KITTY
                    TERM=xterm-ghostty TERM_PROGRAM=ghostty       | KITTY
                    TERM=xterm-256color TERM_PROGRAM=iTerm.app    | ITERM
                    TERM=xterm-256color TERM_PROGRAM=WezTerm      | ITERM
                    TERM=xterm-256color LC_TERMINAL=iTerm2        | ITERM
                    TERM=xterm-256color KONSOLE_VERSION=230804    | ITERM
                    TERM=foot                                     | SIXEL
                    TERM=mlterm-256color                          | SIXEL
                    TERM=xterm-256color                           |
                    TERM=dumb                                     |
                    A=b                                           |
                    TERM=tmux-256color KITTY_WINDOW_ID=1          |
                    TERM=screen LC_TERMINAL=iTerm2                |
                    TERM=xterm-256color TERM_PROGRAM=Apple_Terminal |
                    """)
    void picksWhatTheTerminalUnderstands(String environment, @Nullable TerminalPicture expected) {
        Map<String, String> variables = Arrays.stream(environment.split(" +"))
                .map(variable -> variable.split("=", 2))
                .collect(Collectors.toMap(variable -> variable[0], variable -> variable[1]));

        assertThat(TerminalPicture.of(variables).orElse(null)).isEqualTo(expected);
    }

    @Test
    void kittyGetsThePictureInChunks() throws IOException {
        byte[] png = png(picture());

        List<MatchResult> chunks = Pattern.compile("\u001b_G(a=T,f=100,)?m=([01]);([^\u001b]{1,4096})\u001b\\\\")
                .matcher(TerminalPicture.KITTY.encode(png))
                .results()
                .toList();

        assertThat(chunks).hasSizeGreaterThan(2);
        assertThat(chunks.getFirst().group(1)).isNotNull();
        assertThat(chunks)
                .extracting(chunk -> chunk.group(2))
                .containsOnlyOnce("0")
                .last()
                .isEqualTo("0");
        assertThat(Base64.getDecoder()
                        .decode(chunks.stream().map(chunk -> chunk.group(3)).collect(Collectors.joining())))
                .isEqualTo(png);
    }

    @Test
    void iTermGetsThePictureWithItsSize() throws IOException {
        byte[] png = png(picture());

        assertThat(TerminalPicture.ITERM.encode(png))
                .isEqualTo("\u001b]1337;File=inline=1;size=" + png.length + ":"
                        + Base64.getEncoder().encodeToString(png) + "\u0007");
    }

    @Test
    void sixelsAreThePictureAndLeaveOutWhatIsTransparent() throws IOException {
        BufferedImage picture = picture();

        Map<List<Integer>, Color> seen = decode(TerminalPicture.SIXEL.encode(png(picture)));

        for (int x = 0; x < picture.getWidth(); x++) {
            for (int y = 0; y < picture.getHeight(); y++) {
                Color expected = new Color(picture.getRGB(x, y), true);
                @Nullable Color shown = seen.get(List.of(x, y));
                if (expected.getAlpha() == 0) {
                    assertThat(shown).as("%d, %d", x, y).isNull();
                } else {
                    // Half the distance of two of the six levels, which are given in percent
                    Color color = Objects.requireNonNull(shown);
                    assertThat(color.getRed()).isBetween(expected.getRed() - 28, expected.getRed() + 28);
                    assertThat(color.getGreen()).isBetween(expected.getGreen() - 28, expected.getGreen() + 28);
                    assertThat(color.getBlue()).isBetween(expected.getBlue() - 28, expected.getBlue() + 28);
                }
            }
        }
    }

    /** Reads sixels as a terminal does: colours are defined or chosen, and bands are six pixels high. */
    private static Map<List<Integer>, Color> decode(String text) {
        assertThat(text).startsWith("\u001bP0;1q").endsWith("\u001b\\");
        Map<List<Integer>, Color> pixels = new HashMap<>();
        Map<String, Color> colors = new HashMap<>();
        Color color = Color.BLACK;
        int x = 0;
        int top = 0;
        for (MatchResult part : Pattern.compile("#(\\d+)(?:;2;(\\d+);(\\d+);(\\d+))?|([?-~])|(\\$)|(-)")
                .matcher(text.substring(6, text.length() - 2))
                .results()
                .toList()) {
            if (part.group(2) != null) {
                colors.put(part.group(1), color(part.group(2), part.group(3), part.group(4)));
            } else if (part.group(1) != null) {
                color = colors.getOrDefault(part.group(1), Color.BLACK);
            } else if (part.group(5) != null) {
                for (int bit = 0; bit < 6; bit++) {
                    if ((((part.group(5).charAt(0) - '?') >> bit) & 1) == 1) {
                        assertThat(pixels.put(List.of(x, top + bit), color)).isNull();
                    }
                }
                x++;
            } else {
                x = 0;
                top += part.group(7) == null ? 0 : 6;
            }
        }
        return pixels;
    }

    private static Color color(String red, String green, String blue) {
        return new Color(Integer.parseInt(red) / 100f, Integer.parseInt(green) / 100f, Integer.parseInt(blue) / 100f);
    }

    /** Draws random colours within a transparent frame. Its height is no multiple of a band's. */
    private static BufferedImage picture() {
        BufferedImage picture = new BufferedImage(70, 64, BufferedImage.TYPE_INT_ARGB);
        Random random = new Random(1);
        for (int x = 3; x < 67; x++) {
            for (int y = 3; y < 61; y++) {
                picture.setRGB(x, y, 0xff000000 | random.nextInt(1 << 24));
            }
        }
        return picture;
    }

    private static byte[] png(BufferedImage picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", bytes);
        return bytes.toByteArray();
    }
}
