package io.pawline.ops.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Holds the style of all pictures, which the console uses, too. */
final class PictureStyle {

    static final String CSS = read();

    private PictureStyle() {}

    private static String read() {
        try (InputStream css = PictureStyle.class.getResourceAsStream("/console/picture.css")) {
            return new String(Objects.requireNonNull(css).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
