package io.pawline.generate;

import io.pawline.outbound.Timeouts;
import io.pawline.stage.spring.StageProperties;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the text-to-image model is asked.
 *
 * @param model the model's name at Ark, or an endpoint's id
 * @param promptTemplate the prompt, with {@code {description}} for the pet and {@code {style}} for the style
 * @param size of the picture, width x height in pixels
 * @param watermark whether the provider marks the picture as made by a machine
 * @param guidanceScale how closely the picture keeps to the prompt, 1 to 10; sent to Seedream 3.0 models only, by the
 *     model's name: later ones and endpoints' ids go without
 * @param seed the same one gives much the same picture, -1 for any; sent to Seedream 3.0 models only
 * @param connectTimeout for one connection to Ark
 * @param callTimeout for one whole call to Ark; less when the task's deadline is nearer
 * @param stage the stage's limits and retries
 */
@ConfigurationProperties("pawline.generate")
record GenerateProperties(
        @DefaultValue("doubao-seedream-3-0-t2i-250415") String model,
        @DefaultValue(DEFAULT_TEMPLATE) String promptTemplate,
        @DefaultValue("1024x1024") String size,
        @DefaultValue("false") boolean watermark,
        @DefaultValue("2.5") double guidanceScale,
        @DefaultValue("-1") long seed,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("60s") Duration callTimeout,
        @DefaultValue @NestedConfigurationProperty StageProperties stage) {

    static final String DEFAULT_TEMPLATE =
            "{description}. Style: {style}. One animal, its whole body in view, centred, on a plain background, no text.";

    GenerateProperties {
        requireText("model", model);
        requireText("size", size);
        new PromptTemplate(promptTemplate);
        if (!(guidanceScale >= 1 && guidanceScale <= 10)) {
            throw new IllegalArgumentException("pawline.generate.guidance-scale must be 1 to 10, was " + guidanceScale);
        }
        if (seed < -1 || seed > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("pawline.generate.seed must be -1 to 2147483647, was " + seed);
        }
        Objects.requireNonNull(stage, "stage");
        new Timeouts(connectTimeout, callTimeout);
    }

    Timeouts timeouts() {
        return new Timeouts(connectTimeout, callTimeout);
    }

    /** Only these models take a seed and a guidance scale. */
    boolean isSeedream3() {
        return model.contains("seedream-3-0");
    }

    private static void requireText(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("pawline.generate." + name + " must not be empty");
        }
    }
}
