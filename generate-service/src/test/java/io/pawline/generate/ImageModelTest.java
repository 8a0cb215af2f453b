package io.pawline.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pawline.generate.ImageModel.Parameter;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageModelTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    doubao-seedream-5-0-260128     | 2K
                    doubao-seedream-5-0-260128     | 3K
                    doubao-seedream-5-0-260128     | 1920x1920
                    doubao-seedream-5-0-260128     | 4096x4096
                    doubao-seedream-4-5-251128     | 4K
                    doubao-seedream-4-0-250828     | 1K
                    doubao-seedream-4-0-250828     | 1024x1024
                    doubao-seedream-3-0-t2i-250415 | 512x512
                    doubao-seedream-3-0-t2i-250415 | 2048x2048
                    ep-20260816-abcde              | 512x512
                    doubao-seedream-9-9-300101     | 9K
                    """)
    void takesWhatTheModelTakes(String model, String size) {
        assertThat(catchThrowable(() -> ImageModel.requireSize(model, size))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    doubao-seedream-4-5-251128     | 1024x1024  | 3,686,400 to 16,777,216 pixels, sides of 1:16 at most, or 2K, 4K
                    doubao-seedream-5-0-260128     | 1919x1920  | 3,686,400 to 16,777,216 pixels
                    doubao-seedream-5-0-260128     | 4097x4096  | 3,686,400 to 16,777,216 pixels
                    doubao-seedream-5-0-260128     | 8192x511   | sides of 1:16 at most
                    doubao-seedream-5-0-260128     | 1K         | or 2K, 3K, 4K
                    doubao-seedream-4-5-251128     | 3K         | or 2K, 4K
                    doubao-seedream-3-0-t2i-250415 | 2K         | sides of 512 to 2,048 pixels
                    doubao-seedream-3-0-t2i-250415 | 511x512    | sides of 512 to 2,048 pixels
                    ep-20260816-abcde              | 0x512      | sides of 1 pixel or more
                    """)
    void saysWhatTheModelTakesInstead(String model, String size, String limits) {
        assertThatThrownBy(() -> ImageModel.requireSize(model, size))
                .hasMessageStartingWith("pawline.generate.size: " + size + " is not taken by " + model + ": ")
                .hasMessageContaining(limits);
    }

    @ParameterizedTest
    @CsvSource({
        "doubao-seedream-3-0-t2i-250415, SEED",
        "doubao-seedream-4-0-250828, PHOTO",
        "doubao-seedream-4-5-251128, PHOTO",
        "doubao-seedream-5-0-260128, PHOTO",
        "doubao-seedream-5-0-260128, FORMAT",
        "ep-20260816-abcde, PHOTO",
        "doubao-seedream-9-9-300101, FORMAT"
    })
    void takesTheParametersOfTheModel(String model, Parameter parameter) {
        assertThat(catchThrowable(() -> ImageModel.require(model, parameter))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    doubao-seedream-3-0-t2i-250415 | PHOTO  | reference-photo | seedream-4-0, seedream-4-5, seedream-5-0
                    doubao-seedream-3-0-t2i-250415 | FORMAT | transparent     | seedream-5-0
                    doubao-seedream-4-5-251128     | FORMAT | transparent     | seedream-5-0
                    doubao-seedream-5-0-260128     | SEED   | seed            | seedream-3-0
                    """)
    void namesTheModelsThatTakeAParameter(String model, Parameter parameter, String setting, String models) {
        assertThatThrownBy(() -> ImageModel.require(model, parameter))
                .hasMessage("pawline.generate.%s is not possible with %s; these models can: %s"
                        .formatted(setting, model, models));
    }

    @Property(tries = 500)
    void refusesWhatIsNoSize(@ForAll @From("notSizes") String size) {
        assertThatThrownBy(() -> ImageModel.requireSize("ep-1", size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pawline.generate.size");
    }

    @Provide
    static Arbitrary<String> notSizes() {
        return Arbitraries.strings()
                .ofMaxLength(12)
                .filter(text -> !text.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}|[1-9]K"));
    }

    /** Whatever the sides are, a size that is taken has as many pixels as the provider's documents say. */
    @Property(tries = 2_000)
    void keepsToThePixelsOfTheDocuments(
            @ForAll @IntRange(min = 1, max = 9_000) int width, @ForAll @IntRange(min = 1, max = 9_000) int height) {
        long pixels = (long) width * height;
        boolean expected = pixels >= 3_686_400 && pixels <= 16_777_216 && width <= 16 * height && height <= 16 * width;

        assertThat(catchThrowable(() -> ImageModel.requireSize("doubao-seedream-5-0-260128", width + "x" + height))
                        == null)
                .isEqualTo(expected);
    }
}
