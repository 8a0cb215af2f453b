package io.pawline.simulator.picture;

import java.awt.Color;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Describes the pet that a prompt asks for.
 *
 * @param fur the coat's main colour
 * @param light muzzle, chest and paws
 * @param seed decides what the words leave open
 */
record PetTraits(
        Species species, Color fur, Color light, Color markings, Coat coat, Color eyes, boolean fluffy, long seed) {

    enum Species {
        CAT,
        DOG,
        RABBIT
    }

    enum Coat {
        SOLID,
        TABBY,
        TUXEDO,
        CALICO,
        SPOTTED,
        POINTED
    }

    private record Named(Color color, List<String> words) {
        Named(int rgb, String... words) {
            this(new Color(rgb), List.of(words));
        }
    }

    private static final List<Named> FURS = List.of(
            new Named(0xE88A33, "ginger", "orange", "marmalade", "red", "橘", "橙"),
            new Named(0xE3B05E, "golden", "yellow", "金"),
            new Named(0xEBD5B0, "cream", "beige", "fawn", "sandy", "米"),
            new Named(0x6B432A, "chocolate", "sepia"),
            new Named(0xA8794C, "brown", "棕", "褐"),
            new Named(0x8FA3B8, "blue-grey", "blue-gray"),
            new Named(0x8D9096, "grey", "gray", "silver", "灰"),
            new Named(0x34343C, "black", "tuxedo", "黑"),
            new Named(0xF6F2EA, "white", "白"),
            new Named(0x6E9BD1, "blue", "蓝"),
            new Named(0x7FB56A, "green", "绿"),
            new Named(0xE59ABB, "pink", "粉"),
            new Named(0x9A7CC6, "purple", "violet", "紫"));

    private static final List<Named> EYES = List.of(
            new Named(0x6FB04A, "green", "绿"),
            new Named(0x4F9BD9, "blue", "蓝"),
            new Named(0xE0A526, "amber", "golden", "yellow", "orange", "金", "黄"),
            new Named(0xB5672C, "copper"),
            new Named(0x6B4423, "brown", "dark", "棕"));

    private static final Pattern EYE_WORDS = Pattern.compile("([\\p{L}-]+)[ -]eye[sd]?\\b");

    private static final List<Color> FREE_FURS = List.of(
            new Color(0xE88A33), new Color(0x8D9096), new Color(0x7C4F30), new Color(0xE3B05E), new Color(0xC9A489));

    static PetTraits of(Wording prompt, long seed) {
        var eyeWords = prompt.part(EYE_WORDS);
        Wording words = eyeWords.map(Wording.Part::rest).orElse(prompt);
        Species species = species(words);
        Color fur = named(FURS, words, FREE_FURS.get(Math.floorMod(seed, FREE_FURS.size())));
        Color eyes = eyeWords.map(part ->
                        named(EYES, new Wording(part.found()), EYES.get(0).color()))
                .orElseGet(() -> free(EYES, seed >>> 8));
        Coat coat = coat(words);
        boolean dark = Tint.luminance(fur) < 70;
        return new PetTraits(
                species,
                fur,
                coat == Coat.TUXEDO ? new Color(0xF7F4EE) : Tint.lighter(fur, dark ? 0.22 : 0.58),
                markings(coat, fur, dark),
                coat,
                eyes,
                words.hasAny(List.of("fluffy", "shaggy", "furry", "long-haired", "毛茸茸", "长毛")),
                seed);
    }

    /** The same pet in the colours of a photo. */
    PetTraits in(PhotoPalette photo) {
        return new PetTraits(species, photo.fur(), photo.light(), photo.dark(), coat, eyes, fluffy, seed);
    }

    private static Species species(Wording words) {
        if (words.hasAny(List.of("dog", "puppy", "retriever", "corgi", "poodle", "husky", "狗", "犬"))) {
            return Species.DOG;
        }
        return words.hasAny(List.of("rabbit", "bunny", "兔")) ? Species.RABBIT : Species.CAT;
    }

    private static Coat coat(Wording words) {
        if (words.hasAny(List.of("tabby", "striped", "stripes", "tiger", "虎斑", "条纹"))) {
            return Coat.TABBY;
        }
        if (words.hasAny(List.of("tuxedo", "bicolour", "bicolor", "black and white", "奶牛"))) {
            return Coat.TUXEDO;
        }
        if (words.hasAny(List.of("calico", "tortoiseshell", "patches", "patched", "三花"))) {
            return Coat.CALICO;
        }
        if (words.hasAny(List.of("spotted", "spots", "speckled", "斑点"))) {
            return Coat.SPOTTED;
        }
        return words.hasAny(List.of("siamese", "pointed", "暹罗")) ? Coat.POINTED : Coat.SOLID;
    }

    private static Color markings(Coat coat, Color fur, boolean dark) {
        return switch (coat) {
            case POINTED -> new Color(0x5A4034);
            case CALICO -> dark ? new Color(0xD9772B) : Tint.darker(fur, 0.62);
            case SOLID, TABBY, TUXEDO, SPOTTED ->
                dark ? Tint.lighter(fur, 0.2) : Tint.shift(Tint.darker(fur, 0.38), -0.015, 1.15, 1);
        };
    }

    private static Color named(List<Named> colors, Wording words, Color otherwise) {
        return colors.stream()
                .filter(color -> words.hasAny(color.words()))
                .findFirst()
                .map(Named::color)
                .orElse(otherwise);
    }

    private static Color free(List<Named> colors, long seed) {
        return colors.get(Math.floorMod(seed, colors.size())).color();
    }
}
