package io.pawline.simulator.picture;

import java.awt.Color;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Describes how a picture is painted.
 *
 * @param palette turns a natural colour into one of the style
 * @param line the outlines' colour; a part's own colour, darkened, is mixed in by {@code lineMix}
 * @param lineMix 0: every outline in {@code line}; 1: every outline in its part's own darker colour
 * @param lineWidth at 512 pixels
 * @param shading how round the parts look, 0 (flat) to 1
 * @param glow whether outlines shine, as neon does
 * @param grid side in pixels, at 512, of the squares that the picture is made of; 0: none
 * @param papers plain backgrounds to choose from: the one least like the pet is taken
 */
record ArtStyle(
        List<String> words,
        UnaryOperator<Color> palette,
        Color line,
        double lineMix,
        double lineWidth,
        double shading,
        boolean glow,
        Texture texture,
        int grid,
        List<Color> papers) {

    private static final Color INK = new Color(0x1B1820);

    private static final List<Color> PALE = colors(0xFBF7EF, 0xDCE9EE, 0xF3E3D9);
    private static final List<Color> SOFT = colors(0xF7EEDF, 0xCFE3E6, 0xF6D5D5);
    private static final List<Color> LOUD = colors(0xFFD83B, 0x27B8D6, 0xF2558E);

    private static final List<ArtStyle> KNOWN = List.of(
            style(
                    List.of("watercolor", "watercolour", "aquarelle", "水彩"),
                    color -> Tint.lighter(Tint.shift(color, 0, 1.05, 1.02), 0.16),
                    INK,
                    1,
                    2.4,
                    0.35,
                    Texture.WASH,
                    PALE),
            style(
                    List.of("pop art", "pop-art", "popart", "comic", "warhol", "波普", "漫画"),
                    color -> Tint.shift(color, 0, 1.9, 1.12),
                    INK,
                    0,
                    8,
                    0,
                    Texture.HALFTONE,
                    LOUD),
            style(
                            List.of("pixel", "pixel art", "pixelated", "8-bit", "8bit", "retro game", "像素"),
                            color -> Tint.shift(color, 0, 1.25, 1.04),
                            INK,
                            0.25,
                            8,
                            0.5,
                            Texture.NONE,
                            colors(0x8FD3FF, 0xFFE9A8, 0xC7A6F0))
                    .inSquares(8),
            style(
                    List.of("sketch", "pencil", "drawing", "charcoal", "line art", "素描", "线稿", "铅笔"),
                    color -> Tint.grey(150 + Tint.luminance(color) * 0.42),
                    new Color(0x3A3A40),
                    0,
                    2.6,
                    0.2,
                    Texture.HATCH,
                    colors(0xF5EBDA)),
            style(
                            List.of("neon", "cyberpunk", "synthwave", "vaporwave", "霓虹", "赛博朋克"),
                            color -> Tint.mix(Tint.shift(color, 0.05, 1.4, 0.42), new Color(0x2A1458), 0.55),
                            new Color(0x29F3FF),
                            0,
                            5,
                            0,
                            Texture.NONE,
                            colors(0x0B0820))
                    .glowing(),
            style(
                    List.of("oil", "oil painting", "impressionist", "impressionism", "van gogh", "油画", "梵高"),
                    color -> Tint.shift(color, -0.01, 1.35, 0.98),
                    INK,
                    0.8,
                    4,
                    0.7,
                    Texture.BRUSH,
                    colors(0x6F8F86, 0xD9C08C, 0x51648C)),
            style(
                    List.of("ink", "ink wash", "sumi-e", "calligraphy", "水墨", "国画"),
                    color -> Tint.grey(Tint.luminance(color) * 0.8 + 28),
                    new Color(0x17161A),
                    0,
                    6,
                    0.5,
                    Texture.WASH,
                    colors(0xF4EEE0)),
            style(
                    List.of("3d", "clay", "claymation", "plasticine", "pixar", "plush", "黏土", "毛绒"),
                    color -> Tint.shift(color, 0, 1.12, 1.05),
                    INK,
                    1,
                    1.2,
                    1,
                    Texture.NONE,
                    colors(0xBFE0D8, 0xF7D9C4, 0xD7CDF2)),
            style(
                    List.of("origami", "low poly", "low-poly", "polygon", "geometric", "paper", "折纸", "剪纸"),
                    color -> Tint.shift(color, 0, 1.15, 1.05),
                    INK,
                    1,
                    1.6,
                    0.2,
                    Texture.FACETS,
                    colors(0xF1EDE4, 0x9CC9C3, 0xF0C49A)),
            style(
                    List.of("vintage", "retro", "sepia", "old photo", "film", "复古", "怀旧"),
                    color -> Tint.mix(new Color(0x2E1C10), new Color(0xF6E6C6), Tint.luminance(color) / 255),
                    new Color(0x3B2616),
                    0,
                    4,
                    0.6,
                    Texture.GRAIN,
                    colors(0xEBDCBB, 0xB79C70)),
            style(
                    List.of("galaxy", "space", "cosmic", "starry", "星空", "宇宙"),
                    color -> Tint.mix(Tint.shift(color, 0.55, 1.4, 0.8), new Color(0x3B2A8C), 0.55),
                    new Color(0xBFD3FF),
                    0,
                    3.4,
                    0.4,
                    Texture.STARS,
                    colors(0x0D1030)),
            style(
                    List.of("pastel", "kawaii", "cute", "粉彩", "可爱"),
                    color -> Tint.lighter(Tint.shift(color, 0.01, 0.95, 1.1), 0.32),
                    INK,
                    0.9,
                    4.5,
                    0.25,
                    Texture.NONE,
                    SOFT),
            style(
                    List.of("cartoon", "anime", "manga", "ghibli", "disney", "sticker", "卡通", "动漫", "贴纸"),
                    color -> Tint.shift(color, 0, 1.25, 1.06),
                    INK,
                    0.25,
                    6,
                    0.3,
                    Texture.NONE,
                    colors(0xFFF3D6, 0xBFE6FF, 0xFFD0DC)));

    /** The style that the prompt names; if it names none, a style made from the seed. */
    static ArtStyle of(Wording prompt, long seed) {
        return KNOWN.stream()
                .filter(style -> prompt.hasAny(style.words))
                .findFirst()
                .orElseGet(() -> unnamed(seed));
    }

    private static ArtStyle unnamed(long seed) {
        double hue = ((seed >>> 3 & 15) - 7.5) / 360;
        double saturation = 0.8 + (seed >>> 7 & 7) / 16.0;
        List<Texture> textures = List.of(Texture.NONE, Texture.WASH, Texture.BRUSH, Texture.GRAIN, Texture.FACETS);
        return new ArtStyle(
                List.of(),
                color -> Tint.shift(color, hue, saturation, 1.04),
                Tint.shift(INK, (seed >>> 10 & 15) / 16.0, 2, 2),
                (seed >>> 14 & 3) / 3.0,
                2 + (seed >>> 16 & 7),
                (seed >>> 19 & 3) / 3.0,
                false,
                textures.get(Math.floorMod(seed >>> 21, textures.size())),
                0,
                List.of(
                        Color.getHSBColor((seed >>> 24 & 31) / 32f, 0.28f, 0.95f),
                        Color.getHSBColor((seed >>> 29 & 31) / 32f, 0.45f, 0.8f)));
    }

    /** The plain background for a pet of this fur. */
    Color paper(Color fur) {
        Color painted = palette.apply(fur);
        return papers.stream()
                .max(Comparator.comparingDouble(paper -> Tint.distance(paper, painted)))
                .orElseThrow();
    }

    /** The outline of a part of this (painted) colour. */
    Color lineOf(Color part) {
        return Tint.mix(line, Tint.darker(part, 0.42), lineMix);
    }

    private ArtStyle glowing() {
        return new ArtStyle(words, palette, line, lineMix, lineWidth, shading, true, texture, grid, papers);
    }

    private ArtStyle inSquares(int side) {
        return new ArtStyle(words, palette, line, lineMix, lineWidth, shading, glow, texture, side, papers);
    }

    private static ArtStyle style(
            List<String> words,
            UnaryOperator<Color> palette,
            Color line,
            double lineMix,
            double lineWidth,
            double shading,
            Texture texture,
            List<Color> papers) {
        return new ArtStyle(words, palette, line, lineMix, lineWidth, shading, false, texture, 0, papers);
    }

    private static List<Color> colors(int... rgb) {
        return Arrays.stream(rgb).mapToObj(Color::new).toList();
    }
}
