package io.pawline.detect;

import io.pawline.outbound.Timeouts;
import io.pawline.stage.spring.StageProperties;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the vision model is asked.
 *
 * @param model the vision model's name at Ark, or an endpoint's id
 * @param prompt what it is asked about the photo; has to ask for a JSON object with {@code has_pet} and {@code description}
 * @param answerFormat how strictly the model is bound to JSON; not every model knows {@code schema}
 * @param detail resolution that the model looks at the photo with: {@code low}, {@code high} or {@code auto}
 * @param thinking whether the model thinks aloud first: {@code disabled}, {@code enabled} or {@code auto}; empty for models
 *     that do not know the parameter
 * @param maxTokens most tokens of the answer, more than 0; an answer cut off there is of no use
 * @param maxDescriptionLength characters of the description that are used, more than 0
 * @param connectTimeout for one connection to Ark
 * @param callTimeout for one whole call to Ark; less when the task's deadline is nearer
 * @param stage the stage's limits and retries
 */
@ConfigurationProperties("pawline.detect")
record DetectProperties(
        @DefaultValue("doubao-seed-1-6-vision-250815") String model,
        @DefaultValue(DEFAULT_PROMPT) String prompt,
        @DefaultValue("schema") AnswerFormat answerFormat,
        @DefaultValue("low") String detail,
        @DefaultValue("disabled") String thinking,
        @DefaultValue("300") int maxTokens,
        @DefaultValue("500") int maxDescriptionLength,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("30s") Duration callTimeout,
        @DefaultValue @NestedConfigurationProperty StageProperties stage) {

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
        new Timeouts(connectTimeout, callTimeout);
    }

    Timeouts timeouts() {
        return new Timeouts(connectTimeout, callTimeout);
    }

    private static void requireText(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("pawline.detect." + name + " must not be empty");
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("pawline.detect." + name + " must be > 0, was " + value);
        }
    }
}
