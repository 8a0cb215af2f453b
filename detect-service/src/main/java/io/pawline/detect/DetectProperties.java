package io.pawline.detect;

import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkProperties;
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
 * The settings of detect-service: {@code pawline.detect.*}.
 *
 * @param model Name of the vision model at Ark, or the id of an endpoint.
 * @param prompt Question to the model about the photo. It has to ask for a JSON object with {@code has_pet} and
 *     {@code description}.
 * @param answerFormat How strictly the model has to answer in JSON. Not every model knows {@code schema}.
 * @param detail Resolution at which the model looks at the photo: {@code low}, {@code high} or {@code auto}.
 * @param thinking Whether the model reasons before it answers: {@code disabled}, {@code enabled} or {@code auto}. Leave
 *     it empty for a model that does not know the parameter.
 * @param maxTokens Most tokens of the answer, more than 0. An answer that is cut off there is useless.
 * @param maxDescriptionLength Most characters of the description that are used, more than 0.
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
@ConfigurationProperties("pawline.detect")
record DetectProperties(
        @DefaultValue("doubao-seed-2-0-lite-260215") String model,
        @DefaultValue(DEFAULT_PROMPT) String prompt,
        @DefaultValue("schema") AnswerFormat answerFormat,
        @DefaultValue("low") String detail,
        @DefaultValue("disabled") String thinking,
        @DefaultValue("300") int maxTokens,
        @DefaultValue("500") int maxDescriptionLength,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("30s") Duration callTimeout,
        @DefaultValue @NestedConfigurationProperty ChainProperties chain,
        @DefaultValue Map<String, Fallback> fallbacks,
        @DefaultValue("0") int hedgePercent,
        @DefaultValue @NestedConfigurationProperty StageProperties stage) {

    private static final double PERCENT = 100;
    private static final int MOST_HEDGES = 10;

    /**
     * The settings of one more provider that speaks Ark's format: {@code pawline.detect.fallbacks.<name>.*}. The
     * operator's page on chains describes each of them.
     *
     * @param order the provider with the least number is asked first
     * @param canary share of the tasks by which it is compared with the others, 0 to 0.2; 0: it is not
     * @param baseUrl address of its API; null: that of the first provider
     * @param apiKey null: that of the first provider
     */
    record Fallback(
            @DefaultValue("100") int order,
            @DefaultValue("0") double canary,
            @Nullable URI baseUrl,
            @Nullable String apiKey,
            String model,
            @DefaultValue("5s") Duration connectTimeout,
            @DefaultValue("30s") Duration callTimeout,
            @DefaultValue ProviderLimits limits)
            implements ChainProperties.Further {

        Fallback {
            requireText("fallbacks.<name>.model", model);
            new Timeouts(connectTimeout, callTimeout);
        }

        /** The settings of its API, where {@code first} are those of the first provider. */
        ArkProperties ark(ArkProperties first) {
            return first.with(baseUrl, apiKey);
        }

        /** The settings without the key. */
        @Override
        public String toString() {
            return "Fallback[baseUrl=%s, model=%s]".formatted(baseUrl, model);
        }
    }

    /** How strictly the model has to answer in JSON. */
    enum AnswerFormat {
        /** The answer follows the schema. */
        SCHEMA,
        /** The answer is a JSON object. */
        OBJECT,
        /** Only the prompt asks for JSON. */
        NONE
    }

    static final String DEFAULT_PROMPT = """
            Is there a real pet (a cat, a dog, a rabbit, a bird or another animal that people keep) in this photo? \
            Answer with one JSON object and nothing else: {"has_pet": true or false, "description": "..."}. \
            If there is a pet, describe the most prominent one for an illustrator in at most 60 words: species and breed, \
            colours and pattern of its coat, eyes, build, pose, and anything it wears. \
            If there is none, leave the description empty.""";

    DetectProperties {
        requireText("model", model);
        requireText("prompt", prompt);
        requireText("detail", detail);
        requirePositive("max-tokens", maxTokens);
        requirePositive("max-description-length", maxDescriptionLength);
        Objects.requireNonNull(stage, "stage");
        fallbacks = Map.copyOf(fallbacks);
        if (hedgePercent < 0 || hedgePercent > MOST_HEDGES) {
            throw new IllegalArgumentException("pawline.detect.hedge-percent must be 0 to 10, was " + hedgePercent);
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

    /** The same settings for the model of another provider. */
    DetectProperties of(Fallback other) {
        return new DetectProperties(
                other.model(),
                prompt,
                answerFormat,
                detail,
                thinking,
                maxTokens,
                maxDescriptionLength,
                other.connectTimeout(),
                other.callTimeout(),
                chain,
                fallbacks,
                hedgePercent,
                stage);
    }

    Timeouts timeouts() {
        return new Timeouts(connectTimeout, callTimeout);
    }

    private static void requireText(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("pawline.detect." + name + " must not be empty");
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("pawline.detect." + name + " must be > 0, was " + value);
        }
    }
}
