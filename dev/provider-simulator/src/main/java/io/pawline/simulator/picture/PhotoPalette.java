package io.pawline.simulator.picture;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the colours of the pet in a photo, so that a picture of it can have them. The middle of the photo counts, because
 * a pet mostly is there, and what looks like the photo's border does not.
 *
 * @param fur colour in the middle between light and dark, which most of the coat has
 * @param light colour of the lightest tenth
 * @param dark colour of the darkest tenth
 */
public record PhotoPalette(Color fur, Color light, Color dark) {

    private static final int SIDE = 96;
    private static final Pattern TEXT = Pattern.compile("([0-9a-f]{6})-([0-9a-f]{6})-([0-9a-f]{6})");

    /** The largest difference to the border's colour, of 442, that still is background. */
    private static final double LIKE_THE_BORDER = 40;

    /** The colours in these bytes; empty if they are no picture. */
    public static Optional<PhotoPalette> of(byte[] photo) {
        return PictureCodec.decodeSmall(photo, 4 * SIDE).map(picture -> of(PetPhoto.scaled(picture)));
    }

    /** The colours that a text of {@link #text} names; empty if it names none. */
    public static Optional<PhotoPalette> parse(String text) {
        Matcher colors = TEXT.matcher(text);
        return colors.matches()
                ? Optional.of(new PhotoPalette(color(colors.group(1)), color(colors.group(2)), color(colors.group(3))))
                : Optional.empty();
    }

    /** The colours as a word of digits, letters and hyphens. */
    public String text() {
        return "%06x-%06x-%06x".formatted(fur.getRGB() & 0xFFFFFF, light.getRGB() & 0xFFFFFF, dark.getRGB() & 0xFFFFFF);
    }

    private static PhotoPalette of(int[] pixels) {
        List<Color> border = new ArrayList<>();
        List<Color> middle = new ArrayList<>();
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double right = (x + 0.5) / SIDE - 0.5;
                double down = (y + 0.5) / SIDE - 0.5;
                Color color = new Color(pixels[y * SIDE + x]);
                if (x < 3 || y < 3 || x >= SIDE - 3) {
                    border.add(color);
                } else if (right * right + down * down < 0.09) {
                    middle.add(color);
                }
            }
        }
        Color background = mean(border);
        List<Color> pet = middle.stream()
                .filter(color -> Tint.distance(color, background) > LIKE_THE_BORDER)
                .toList();
        List<Color> sorted = (pet.size() < middle.size() / 4 ? middle : pet)
                .stream().sorted(Comparator.comparingDouble(Tint::luminance)).toList();
        int tenth = Math.max(1, sorted.size() / 10);
        return new PhotoPalette(
                mean(sorted.subList(3 * tenth, Math.max(3 * tenth + 1, 7 * tenth))),
                mean(sorted.subList(sorted.size() - tenth, sorted.size())),
                mean(sorted.subList(0, tenth)));
    }

    private static Color mean(List<Color> colors) {
        return new Color(
                (int) colors.stream().mapToInt(Color::getRed).average().orElseThrow(),
                (int) colors.stream().mapToInt(Color::getGreen).average().orElseThrow(),
                (int) colors.stream().mapToInt(Color::getBlue).average().orElseThrow());
    }

    private static Color color(String hex) {
        return new Color(Integer.parseInt(hex, 16));
    }
}
