package io.pawline.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.TaskId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageKeyTest {

    @Test
    void namesAnImageByTaskAndGeneration() {
        TaskId task = TaskId.parse("0198b0a8-5c00-7000-8000-000000000001");

        assertThat(ImageKey.photo(task)).hasToString("0198b0a8-5c00-7000-8000-000000000001/photo");
        assertThat(ImageKey.cutOut(task, 1, new UUID(7, 8)))
                .hasToString("0198b0a8-5c00-7000-8000-000000000001/1/cutout-00000000-0000-0007-0000-000000000008.png");
        assertThat(ImageKey.result(task, 2)).hasToString("0198b0a8-5c00-7000-8000-000000000001/2/result.png");
        assertThat(ImageKey.thumbnail(task, 1, 256, "png"))
                .hasToString("0198b0a8-5c00-7000-8000-000000000001/1/thumbnail-256.png");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "..",
                "../a",
                "a/../../b",
                "a/./b",
                "a//b",
                "a/",
                ".incoming/a",
                "a/.hidden",
                "a\\b",
                "a b",
                "a%2e%2e/b",
                "A/b",
                "a\u0000b",
                "c:/windows",
                "\u732b",
                "a\n"
            })
    void refusesTextThatIsNotASafePath(String text) {
        assertThatThrownBy(() -> new ImageKey(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an image key is made of segments");
    }

    @Test
    void refusesAKeyThatIsTooLong() {
        assertThat(new ImageKey("a".repeat(200)).value()).hasSize(200);
        assertThatThrownBy(() -> new ImageKey("a".repeat(201)))
                .hasMessage("an image key has at most 200 characters, this one has 201");
    }
}
