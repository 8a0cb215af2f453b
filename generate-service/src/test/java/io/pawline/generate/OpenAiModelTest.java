package io.pawline.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiModelTest {

    @ParameterizedTest
    @CsvSource({
        "gpt-image-1.5, 1024x1024",
        "gpt-image-1-mini, 1536x1024",
        "gpt-image-1.5, auto",
        "gpt-image-2, 2048x2048",
        "gpt-image-2-2026-04-21, 3840x2160",
        "gpt-image-2, auto",
        "openai/gpt-image-2, 1024x3072",
        "gpt-image-2.5-flare, 1000x1000",
        "dall-e-3, 1792x1024",
        "flux-pro, 999x999"
    })
    void takesTheSizesOfTheModel(String model, String size) {
        assertThatCode(() -> OpenAiModel.requireSize(model, size)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gpt-image-1.5          | 2048x2048 | 1024x1024, 1024x1536, 1536x1024, auto
            gpt-image-2            | 1000x1000 | sides of a multiple of 16 pixels
            gpt-image-2            | 4096x2048 | 3,840 at most
            gpt-image-2            | 3840x1024 | 1:3 at most
            gpt-image-2-2026-04-21 | 3840x3840 | 8,294,400 pixels at most
            dall-e-2               | 1792x1024 | 256x256
            dall-e-3               | auto      | 1024x1024, 1024x1792, 1792x1024
            """)
    void refusesASizeThatTheModelDoesNotTake(String model, String size, String limits) {
        assertThatThrownBy(() -> OpenAiModel.requireSize(model, size))
                .hasMessageStartingWith("pawline.generate.size: " + size + " is not taken by " + model)
                .hasMessageContaining(limits);
    }

    @ParameterizedTest
    @CsvSource({"2K", "0x1024", "1024", "''"})
    void refusesWhatIsNoSize(String size) {
        assertThatThrownBy(() -> OpenAiModel.requireSize("flux-pro", size))
                .hasMessageContaining("pawline.generate.size must be <width>x<height> or auto");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-2, false", "gpt-image-2.6-sunburst, false", "dall-e-3, true", "flux-pro, false"})
    void asksOnlyModelsForAnAddressThatKnowAddresses(String model, boolean asks) {
        assertThat(OpenAiModel.givesAddresses(model)).isEqualTo(asks);
        if (asks) {
            assertThatThrownBy(() -> OpenAiModel.requireGpt(model, "reference-photo"))
                    .hasMessage("pawline.generate.reference-photo is not possible with " + model
                            + "; the GPT image models can");
        } else {
            assertThatCode(() -> OpenAiModel.requireGpt(model, "reference-photo"))
                    .doesNotThrowAnyException();
        }
    }
}
