package io.pawline.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTemplateTest {

    @Test
    void putsDescriptionAndStyleInTheirPlaces() {
        PromptTemplate template = new PromptTemplate("{style} picture of {description}, in {style} {colours}");

        assertThat(template.fill("a fluffy cat", "watercolour"))
                .isEqualTo("watercolour picture of a fluffy cat, in watercolour {colours}");
    }

    @Test
    void takesWhatIsPutInLiterally() {
        PromptTemplate template = new PromptTemplate("{description} / {style}");

        assertThat(template.fill("{style} $1 \\ {description}", "$0")).isEqualTo("{style} $1 \\ {description} / $0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a cat", "{description}", "{style}", "{Description} {style}"})
    void hasToHaveBothPlaces(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PromptTemplate(text))
                .withMessageContaining("pawline.generate.prompt-template")
                .withMessageContaining("\"" + text + "\"");
    }
}
