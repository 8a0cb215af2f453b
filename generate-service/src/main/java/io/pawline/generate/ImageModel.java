package io.pawline.generate;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lists what the text-to-image models of Ark take
 * (<a href="https://www.volcengine.com/docs/82379/1541523">Ark, images/generations</a>, as of May 2026).
 */
@SuppressWarnings("ImmutableEnumChecker") // a record of numbers, and sets that nobody changes
enum ImageModel {
    SEEDREAM_3_0(
            "seedream-3-0",
            new Range(512, 2_048),
            new Range(512 * 512, 2_048 * 2_048),
            Set.of(),
            EnumSet.of(Parameter.SEED)),
    SEEDREAM_4_0(
            "seedream-4-0",
            Range.ANY,
            new Range(921_600, 16_777_216),
            Set.of("1K", "2K", "4K"),
            EnumSet.of(Parameter.PHOTO)),
    SEEDREAM_4_5(
            "seedream-4-5",
            Range.ANY,
            new Range(3_686_400, 16_777_216),
            Set.of("2K", "4K"),
            EnumSet.of(Parameter.PHOTO)),
    SEEDREAM_5_0(
            "seedream-5-0",
            Range.ANY,
            new Range(3_686_400, 16_777_216),
            Set.of("2K", "3K", "4K"),
            EnumSet.of(Parameter.PHOTO, Parameter.FORMAT));

    /** Lists what a call may have beside the prompt and the size, if the model takes it. */
    enum Parameter {
        /** A seed and a guidance scale. */
        SEED("seed"),
        /** A photo that the picture is made after. */
        PHOTO("reference-photo"),
        /** The format of the file, which may be PNG with a transparent background. */
        FORMAT("transparent");

        private final String setting;

        Parameter(String setting) {
            this.setting = setting;
        }
    }

    /** The longer side is at most so many times the shorter one. */
    private static final int MAX_ASPECT = 16;

    private static final Pattern SIDES = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
    private static final Pattern NAME = Pattern.compile("[1-9]K");

    private record Range(int from, int to) {
        static final Range ANY = new Range(1, Integer.MAX_VALUE);

        boolean holds(long value) {
            return from <= value && value <= to;
        }
    }

    private final String family;
    private final Range sides;
    private final Range pixels;
    private final Set<String> names;
    private final Set<Parameter> parameters;

    ImageModel(String family, Range sides, Range pixels, Set<String> names, Set<Parameter> parameters) {
        this.family = family;
        this.sides = sides;
        this.pixels = pixels;
        this.names = names;
        this.parameters = parameters;
    }

    /** The model of this name. An endpoint's id, or a model that is newer than this list, is not known. */
    static Optional<ImageModel> of(String model) {
        return Arrays.stream(values())
                .filter(known -> model.contains(known.family))
                .findFirst();
    }

    /** Whether the model takes this. */
    boolean takes(Parameter parameter) {
        return parameters.contains(parameter);
    }

    /**
     * Checks that the model takes this. Of an endpoint's id or an unknown model nobody knows.
     *
     * @throws IllegalArgumentException if the model does not take it; the message names the setting
     */
    static void require(String model, Parameter parameter) {
        if (of(model).filter(known -> !known.takes(parameter)).isPresent()) {
            throw new IllegalArgumentException("pawline.generate.%s is not possible with %s; these models can: %s"
                    .formatted(
                            parameter.setting,
                            model,
                            Arrays.stream(values())
                                    .filter(known -> known.takes(parameter))
                                    .map(known -> known.family)
                                    .collect(Collectors.joining(", "))));
        }
    }

    /**
     * Checks the size of the picture against what the model takes.
     *
     * @param model name of the model, or the id of an endpoint, of which only the form of the size is checked
     * @throws IllegalArgumentException if the model does not take it; the message names the setting
     */
    static void requireSize(String model, String size) {
        Matcher parts = SIDES.matcher(size);
        if (parts.matches()) {
            long width = Long.parseLong(parts.group(1));
            long height = Long.parseLong(parts.group(2));
            if (!of(model).map(known -> known.takes(width, height)).orElse(width > 0 && height > 0)) {
                throw refused(model, size);
            }
        } else if (!NAME.matcher(size).matches()) {
            throw new IllegalArgumentException(
                    "pawline.generate.size must be <width>x<height> or a name such as 2K, was \"" + size + "\"");
        } else if (of(model).filter(known -> !known.names.contains(size)).isPresent()) {
            throw refused(model, size);
        }
    }

    private boolean takes(long width, long height) {
        return sides.holds(width)
                && sides.holds(height)
                && pixels.holds(width * height)
                && Math.max(width, height) <= MAX_ASPECT * Math.min(width, height);
    }

    private static IllegalArgumentException refused(String model, String size) {
        String limits = of(model).map(ImageModel::limits).orElse("sides of 1 pixel or more");
        return new IllegalArgumentException(
                "pawline.generate.size: %s is not taken by %s: %s".formatted(size, model, limits));
    }

    private String limits() {
        String range = sides.equals(Range.ANY)
                ? String.format(
                        Locale.ROOT, "%,d to %,d pixels, sides of 1:%d at most", pixels.from, pixels.to, MAX_ASPECT)
                : String.format(Locale.ROOT, "sides of %,d to %,d pixels", sides.from, sides.to);
        return range
                + (names.isEmpty()
                        ? ""
                        : ", or " + String.join(", ", names.stream().sorted().toList()));
    }
}
