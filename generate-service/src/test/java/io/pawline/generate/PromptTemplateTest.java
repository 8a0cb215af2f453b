package io.pawline.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTemplateTest {

    @Test
    void putsDescriptionAndStyleInTheirPlaces() {
        PromptTemplate template = PromptTemplate.ofWords("{style} picture of {description}, in {style} {colours}");

        assertThat(template.fill("a fluffy cat", "watercolour"))
                .isEqualTo("watercolour picture of a fluffy cat, in watercolour {colours}");
    }

    @Test
    void takesWhatIsPutInLiterally() {
        PromptTemplate template = PromptTemplate.ofWords("{description} / {style}");

        assertThat(template.fill("{style} $1 \\ {description}", "$0")).isEqualTo("{style} $1 \\ {description} / $0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a cat", "{description}", "{style}", "{Description} {style}"})
    void hasToHaveBothPlaces(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PromptTemplate.ofWords(text))
                .withMessageContaining("pawline.generate.prompt-template")
                .withMessageContaining("\"" + text + "\"");
    }

    @Test
    void needsOnlyTheStyleWhereAPhotoGoesAlong() {
        assertThat(PromptTemplate.ofPhoto("redraw it as {style}").fill("a cat", "ink"))
                .isEqualTo("redraw it as ink");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PromptTemplate.ofPhoto("redraw this {description}"))
                .withMessage(
                        "pawline.generate.photo-prompt-template must contain {style}, was \"redraw this {description}\"");
    }

    @Test
    void namesTheBackground() {
        PromptTemplate template = PromptTemplate.ofWords("{description}, {style}, on {background}");

        assertThat(template.onPlainBackground().fill("a {background} cat", "ink"))
                .isEqualTo("a {background} cat, ink, on a plain background");
        assertThat(template.onTransparentBackground().fill("a cat", "ink"))
                .isEqualTo("a cat, ink, on a transparent background");
    }

    @Test
    void hasToNameTheBackgroundThatIsTransparent() {
        PromptTemplate template = PromptTemplate.ofWords("{description}, {style}");

        assertThat(template.onPlainBackground().fill("a cat", "ink")).isEqualTo("a cat, ink");
        assertThatIllegalArgumentException()
                .isThrownBy(template::onTransparentBackground)
                .withMessageContaining("pawline.generate.prompt-template must contain {background}");
    }
}
