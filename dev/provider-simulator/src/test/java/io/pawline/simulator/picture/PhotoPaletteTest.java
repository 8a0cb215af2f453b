package io.pawline.simulator.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class PhotoPaletteTest {

    private static final Color GREEN = new Color(0x3F9E4D);

    @Test
    void findsTheColoursInTheMiddleAndNotTheBackground() {
        PhotoPalette palette =
                PhotoPalette.of(photo(GREEN, Color.WHITE, Color.BLACK)).orElseThrow();

        assertThat(Tint.distance(palette.fur(), GREEN)).isLessThan(30);
        assertThat(Tint.luminance(palette.dark())).isLessThan(60);
        assertThat(Tint.luminance(palette.light())).isLessThan(200);
    }

    @Test
    void findsColoursInAPlainPhoto() {
        PhotoPalette palette = PhotoPalette.of(photo(GREEN, GREEN, GREEN)).orElseThrow();

        assertThat(palette.fur()).isEqualTo(palette.light()).isEqualTo(palette.dark());
    }

    @Test
    void isTheSameAfterItWasWritten() {
        PhotoPalette palette =
                PhotoPalette.of(photo(GREEN, Color.WHITE, Color.BLACK)).orElseThrow();

        assertThat(palette.text()).matches("[0-9a-f-]{20}");
        assertThat(PhotoPalette.parse(palette.text())).contains(palette);
        assertThat(PhotoPalette.parse("-")).isEmpty();
    }

    @Test
    void findsNothingInWhatIsNoPicture() {
        assertThat(PhotoPalette.of(new byte[] {1, 2, 3})).isEmpty();
    }

    /** A photo of a ball with a dark spot in front of a plain wall. */
    static byte[] photo(Color ball, Color wall, Color spot) {
        BufferedImage photo = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = photo.createGraphics();
        graphics.setColor(wall);
        graphics.fillRect(0, 0, 300, 200);
        graphics.setColor(ball);
        graphics.fillOval(75, 40, 150, 120);
        graphics.setColor(spot);
        graphics.fillOval(135, 85, 35, 35);
        graphics.dispose();
        return PictureCodec.png(photo);
    }
}
