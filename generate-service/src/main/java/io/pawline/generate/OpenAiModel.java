package io.pawline.generate;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lists what the models of the OpenAI images API take
 * (<a href="https://developers.openai.com/api/reference/resources/images/methods/generate">images/generations</a>, as of
 * November 2026).
 */
@SuppressWarnings("ImmutableEnumChecker") // sets that nobody changes
enum OpenAiModel {
    /** OpenAI itself has retired it in May 2026; some gateways have models that take the same. */
    DALL_E_2("dall-e-2", Set.of("256x256", "512x512", "1024x1024"), false),
    DALL_E_3("dall-e-3", Set.of("1024x1024", "1792x1024", "1024x1792"), false),
    /** Also {@code gpt-image-1-mini} and {@code gpt-image-1.5}. {@code gpt-image-1} was shut down in October 2026. */
    GPT_IMAGE_1("gpt-image-1", Set.of("1024x1024", "1536x1024", "1024x1536", OpenAiModel.AUTO), true),
    /** It takes any sides within limits. */
    GPT_IMAGE_2("gpt-image-2", Set.of(), true);

    /** Lets the model choose. */
    private static final String AUTO = "auto";

    private static final Pattern SIDES = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

    /** The sides of a picture of {@link #GPT_IMAGE_2} are multiples of this. */
    private static final int STEP = 16;

    private static final int LONGEST = 3_840;
    private static final int MAX_ASPECT = 3;
    private static final long MOST_PIXELS = 3_840L * 2_160;

    private final String family;
    private final Set<String> sizes;
    private final boolean gpt;

    /**
     * @param sizes that it takes; none: by rule
     * @param gpt whether it takes photos and a transparent background, and always answers with the picture itself
     */
    OpenAiModel(String family, Set<String> sizes, boolean gpt) {
        this.family = family;
        this.sizes = sizes;
        this.gpt = gpt;
    }

    /** The model of this name, which may have a gateway's prefix. One that is newer than this list is not known. */
    static Optional<OpenAiModel> of(String model) {
        String name = model.substring(model.lastIndexOf('/') + 1);
        // gpt-image-2.5 is not gpt-image-2
        return Arrays.stream(values())
                .filter(known -> name.equals(known.family)
                        || name.startsWith(known.family + "-")
                        || (known == GPT_IMAGE_1 && name.startsWith("gpt-image-1.")))
                .findFirst();
    }

    /** Whether the model is asked for the address of the picture. */
    static boolean givesAddresses(String model) {
        return of(model).filter(known -> !known.gpt).isPresent();
    }

    /**
     * Checks that the model takes photos and transparent backgrounds. Of an unknown model nobody knows.
     *
     * @param setting that asks for it, for the message
     * @throws IllegalArgumentException if it does not
     */
    static void requireGpt(String model, String setting) {
        if (givesAddresses(model)) {
            throw new IllegalArgumentException(
                    "pawline.generate.%s is not possible with %s; the GPT image models can".formatted(setting, model));
        }
    }

    /**
     * Checks the size of the picture against what the model takes.
     *
     * @throws IllegalArgumentException if the model does not take it; the message names the setting
     */
    static void requireSize(String model, String size) {
        Matcher sides = SIDES.matcher(size);
        if (!sides.matches() && !size.equals(AUTO)) {
            throw new IllegalArgumentException(
                    "pawline.generate.size must be <width>x<height> or auto for openai-images, was \"" + size + "\"");
        }
        Optional<OpenAiModel> known = of(model);
        if (known.isPresent() && !known.get().takes(size)) {
            throw new IllegalArgumentException("pawline.generate.size: %s is not taken by %s: %s"
                    .formatted(size, model, known.get().limits()));
        }
    }

    private boolean takes(String size) {
        if (!sizes.isEmpty()) {
            return sizes.contains(size);
        }
        Matcher sides = SIDES.matcher(size);
        if (!sides.matches()) {
            return true;
        }
        long width = Long.parseLong(sides.group(1));
        long height = Long.parseLong(sides.group(2));
        return width % STEP == 0
                && height % STEP == 0
                && Math.max(width, height) <= LONGEST
                && Math.max(width, height) <= MAX_ASPECT * Math.min(width, height)
                && width * height <= MOST_PIXELS;
    }

    private String limits() {
        return sizes.isEmpty()
                ? String.format(
                        Locale.ROOT,
                        "sides of a multiple of %d pixels, %,d at most, 1:%d at most, %,d pixels at most, or auto",
                        STEP,
                        LONGEST,
                        MAX_ASPECT,
                        MOST_PIXELS)
                : sizes.stream().sorted().collect(Collectors.joining(", "));
    }
}
