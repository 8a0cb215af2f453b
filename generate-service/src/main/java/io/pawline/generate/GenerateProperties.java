package io.pawline.generate;

import io.pawline.generate.ImageModel.Parameter;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.outbound.openai.OpenAiOrder;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.spring.ChainProperties;
import io.pawline.stage.spring.ProviderLimits;
import io.pawline.stage.spring.StageProperties;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of generate-service: {@code pawline.generate.*}.
 *
 * @param format How the first provider is spoken to: {@code ark}, or {@code openai-images} for the OpenAI images API and
 *     gateways that are compatible with it.
 * @param baseUrl Address of the first provider's API, for {@code openai-images} with {@code /v1}. If it is not set, that
 *     of {@code pawline.ark} holds.
 * @param apiKey Key of the first provider's account. If it is not set, that of {@code pawline.ark} holds.
 * @param model Name of the text-to-image model at Ark, or the id of an endpoint.
 * @param promptTemplate Prompt with {@code {description}} in the place of the pet and {@code {style}} in the place of
 *     the style. {@code {background}} becomes a plain or a transparent background.
 * @param referencePhoto Whether the photo goes along with the prompt, so that the picture resembles this very pet. The
 *     service then needs the image store and a way to the addresses of photos. Seedream takes photos from 4.0 on.
 * @param photoPromptTemplate Prompt where a photo goes along: an instruction what to make of it. It has {@code {style}},
 *     and may have {@code {description}} and {@code {background}}.
 * @param transparent Whether the model is asked for a PNG with a transparent background. Where it makes one, matting is
 *     checked and not paid for. Seedream does so from 5.0 on. The prompts need {@code {background}}.
 * @param size Size of the picture: width x height in pixels, or a name that the model knows, for example {@code 2K}. A
 *     size that the model does not take is refused at start-up.
 * @param watermark Whether the provider marks the picture as made by a machine.
 * @param guidanceScale How closely the picture follows the prompt, 1 to 10. Only Seedream 3.0 models receive it. The
 *     name of the model decides, so an endpoint's id and a later model do not receive it.
 * @param seed Seed of the picture, or -1 for a random one. The same seed gives a similar picture. Only Seedream 3.0
 *     models receive it.
 * @param connectTimeout Longest time for one connection to Ark.
 * @param callTimeout Longest time for one whole call to Ark. A task whose deadline is nearer has less.
 * @param chain When the further providers are called.
 * @param fallbacks Providers that are called if the first one is not, by their names. The page on chains lists their
 *     settings.
 * @param hedgePercent How many calls for interactive tasks may be made a second time because the first takes longer than
 *     nearly all others, as a percentage of all calls, 0 to 10. The answer that comes first counts, and both calls may
 *     be billed. 0: none.
 * @param stage The limits and retries of the stage.
 */
@ConfigurationProperties("pawline.generate")
record GenerateProperties(
        @DefaultValue("ark") Format format,
        @Nullable URI baseUrl,
        @Nullable String apiKey,
        @DefaultValue("doubao-seedream-5-0-260128") String model,
        @DefaultValue(DEFAULT_TEMPLATE) String promptTemplate,
        @DefaultValue("false") boolean referencePhoto,
        @DefaultValue(DEFAULT_PHOTO_TEMPLATE) String photoPromptTemplate,
        @DefaultValue("false") boolean transparent,
        @DefaultValue("2K") String size,
        @DefaultValue("false") boolean watermark,
        @DefaultValue("2.5") double guidanceScale,
        @DefaultValue("-1") long seed,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("90s") Duration callTimeout,
        @DefaultValue @NestedConfigurationProperty ChainProperties chain,
        @DefaultValue Map<String, Fallback> fallbacks,
        @DefaultValue("0") int hedgePercent,
        @DefaultValue @NestedConfigurationProperty StageProperties stage) {

    private static final double PERCENT = 100;
    private static final int MOST_HEDGES = 10;

    /** How a provider is spoken to. */
    enum Format {
        /** Ark's image generation. */
        ARK("seedream"),
        /** The OpenAI images API, also of compatible gateways. */
        OPENAI_IMAGES("openai-images");

        private final String provider;

        Format(String provider) {
            this.provider = provider;
        }

        /** The name of the first provider that is spoken to so. */
        String provider() {
            return provider;
        }

        private void check(String model, String size, boolean photo, boolean transparent) {
            switch (this) {
                case ARK -> {
                    ImageModel.requireSize(model, size);
                    if (photo) {
                        ImageModel.require(model, Parameter.PHOTO);
                    }
                    if (transparent) {
                        ImageModel.require(model, Parameter.FORMAT);
                    }
                }
                case OPENAI_IMAGES -> {
                    OpenAiModel.requireSize(model, size);
                    if (photo) {
                        OpenAiModel.requireGpt(model, "reference-photo");
                    }
                    if (transparent) {
                        OpenAiModel.requireGpt(model, "transparent");
                    }
                }
            }
        }
    }

    /**
     * The settings of one more provider: {@code pawline.generate.fallbacks.<name>.*}. The
     * operator's page on chains describes each of them.
     *
     * @param order the provider with the least number is asked first
     * @param canary share of the tasks by which it is compared with the others, 0 to 0.2; 0: it is not
     * @param format how it is spoken to
     * @param baseUrl address of its API; null: that of the first provider
     * @param apiKey null: that of the first provider
     * @param size null: that of the first provider if it has the same format, else one that all models take
     */
    record Fallback(
            @DefaultValue("100") int order,
            @DefaultValue("0") double canary,
            @DefaultValue("ark") Format format,
            @Nullable URI baseUrl,
            @Nullable String apiKey,
            String model,
            @Nullable String size,
            @DefaultValue("5s") Duration connectTimeout,
            @DefaultValue("90s") Duration callTimeout,
            @DefaultValue ProviderLimits limits)
            implements ChainProperties.Further {

        Fallback {
            requireText("fallbacks.<name>.model", model);
            new Timeouts(connectTimeout, callTimeout);
        }

        /** The settings without the key. */
        @Override
        public String toString() {
            return "Fallback[baseUrl=%s, model=%s]".formatted(baseUrl, model);
        }
    }

    static final String DEFAULT_TEMPLATE =
            "{description}. Style: {style}. One animal, its whole body in view, centred, on {background}, no text.";

    static final String DEFAULT_PHOTO_TEMPLATE =
            "Redraw the pet in this photo. Keep what makes it this animal: its breed and build, its face and eyes, "
                    + "the colours and the pattern of its coat. It is {description}. Style: {style}. "
                    + "One animal, its whole body in view, centred, on {background}, no text.";

    GenerateProperties {
        requireText("model", model);
        format.check(model, size, referencePhoto, transparent);
        on(transparent, PromptTemplate.ofWords(promptTemplate));
        on(transparent, PromptTemplate.ofPhoto(photoPromptTemplate));
        if (!(guidanceScale >= 1 && guidanceScale <= 10)) {
            throw new IllegalArgumentException("pawline.generate.guidance-scale must be 1 to 10, was " + guidanceScale);
        }
        if (seed < -1 || seed > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("pawline.generate.seed must be -1 to 2147483647, was " + seed);
        }
        Objects.requireNonNull(stage, "stage");
        fallbacks = Map.copyOf(fallbacks);
        if (hedgePercent < 0 || hedgePercent > MOST_HEDGES) {
            throw new IllegalArgumentException("pawline.generate.hedge-percent must be 0 to 10, was " + hedgePercent);
        }
        new Timeouts(connectTimeout, callTimeout);
    }

    /** The further providers, in the order in which they are asked. */
    List<Entry<String, Fallback>> fallbacksInOrder() {
        return ChainProperties.inOrder(fallbacks);
    }

    /** What the runtime needs of them. */
    Fallbacks chained() {
        return chain.fallbacks(fallbacks).hedging(hedgePercent / PERCENT);
    }

    /**
     * The same settings for the model of another provider.
     *
     * @throws IllegalArgumentException if the model cannot do what the settings ask for
     */
    GenerateProperties of(Fallback other) {
        return new GenerateProperties(
                other.format(),
                other.baseUrl() == null ? baseUrl : other.baseUrl(),
                other.apiKey() == null ? apiKey : other.apiKey(),
                other.model(),
                promptTemplate,
                referencePhoto,
                photoPromptTemplate,
                transparent,
                size(other),
                watermark,
                guidanceScale,
                seed,
                other.connectTimeout(),
                other.callTimeout(),
                chain,
                fallbacks,
                hedgePercent,
                stage);
    }

    private String size(Fallback other) {
        if (other.size() != null) {
            return other.size();
        }
        return other.format() == Format.OPENAI_IMAGES && format != other.format() ? OpenAiOrder.USUAL_SIZE : size;
    }

    /** The settings of the provider's API, where these hold for what is not set. */
    ArkProperties api(ArkProperties otherwise) {
        return new ArkProperties(
                baseUrl == null ? otherwise.baseUrl() : baseUrl, apiKey == null ? otherwise.apiKey() : apiKey);
    }

    /** Whether one of the providers may answer with the picture itself, so that the image store has to keep it. */
    boolean keepsPictures() {
        return format == Format.OPENAI_IMAGES
                || fallbacks.values().stream().anyMatch(each -> each.format() == Format.OPENAI_IMAGES);
    }

    /** The settings without the key. */
    @Override
    public String toString() {
        return "GenerateProperties[format=%s, baseUrl=%s, model=%s]".formatted(format, baseUrl, model);
    }

    /** The prompt of a picture that is made from words alone. */
    PromptTemplate words() {
        return on(transparent, PromptTemplate.ofWords(promptTemplate));
    }

    /** The prompt of a picture that is made after a photo. */
    PromptTemplate photo() {
        return on(transparent, PromptTemplate.ofPhoto(photoPromptTemplate));
    }

    private static PromptTemplate on(boolean transparent, PromptTemplate template) {
        return transparent ? template.onTransparentBackground() : template.onPlainBackground();
    }

    Timeouts timeouts() {
        return new Timeouts(connectTimeout, callTimeout);
    }

    /** Whether the model is one of those that take a seed and a guidance scale. */
    boolean isSeeded() {
        return ImageModel.of(model).filter(known -> known.takes(Parameter.SEED)).isPresent();
    }

    private static void requireText(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("pawline.generate." + name + " must not be empty");
        }
    }
}
