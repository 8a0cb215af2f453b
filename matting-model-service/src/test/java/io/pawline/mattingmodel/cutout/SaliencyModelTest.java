package io.pawline.mattingmodel.cutout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.mattingmodel.TestingModels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SaliencyModelTest {

    private static final Normalisation PLAIN = new Normalisation(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

    @Test
    void theSaliencyRunsFromZeroToOne() {
        try (SaliencyModel model = new SaliencyModel(TestingModels.brightness(4), PLAIN, 320)) {
            byte[] rgb = new byte[3 * 64];
            Arrays.fill(rgb, 0, 3 * 32, (byte) 60);
            Arrays.fill(rgb, 3 * 32, 3 * 64, (byte) 90);

            Grid saliency = model.saliency(new Picture(8, 8, rgb));

            assertThat(saliency.width()).isEqualTo(4);
            assertThat(saliency.height()).isEqualTo(4);
            assertThat(saliency.values()).startsWith(0f, 0f, 0f, 0f).endsWith(1f, 1f, 1f, 1f);
        }
    }

    @Test
    void aModelThatLeavesItsSizeOpenGetsTheSetOne() {
        try (SaliencyModel model = new SaliencyModel(TestingModels.brightnessOfAnySize(), PLAIN, 48)) {
            assertThat(model.saliency(new Picture(1, 1, new byte[3])).width()).isEqualTo(48);
        }
    }

    @Test
    void aFileThatIsNoSuchModelIsRefusedInWords() {
        assertThatThrownBy(() -> new SaliencyModel("no model".getBytes(StandardCharsets.UTF_8), PLAIN, 320))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ONNX Runtime cannot load it");
        assertThatThrownBy(() -> new SaliencyModel(TestingModels.ofAnUnknownOperation(), PLAIN, 320))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Nonsense");
    }

    @Test
    void aMissingFileIsNamedAndHowToGetIt() {
        assertThatThrownBy(() -> ModelFile.read(Optional.of(Path.of("no-such.onnx"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pawline.matting-model.path")
                .hasMessageContaining("no-such.onnx");
    }

    @Test
    void aNormalisationThatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Normalisation(List.of(0.5), List.of(1.0, 1.0, 1.0)))
                .hasMessageContaining("mean must be three numbers");
        assertThatThrownBy(() -> new Normalisation(List.of(0.5, 0.5, 0.5), List.of(1.0, 0.0, 1.0)))
                .hasMessageContaining("deviation must be three numbers > 0");
    }
}
