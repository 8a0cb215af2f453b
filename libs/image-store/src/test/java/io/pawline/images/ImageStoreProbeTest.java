package io.pawline.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreProbeTest {

    @TempDir
    private Path folder;

    @Test
    void leavesNoObjectBehind() throws IOException {
        assertThat(ImageStoreProbe.run(store())).isEqualTo(new ImageStoreProbe.Result.Gone());

        try (var files = Files.walk(folder)) {
            // The secret of the folder's addresses is no object
            assertThat(files.filter(Files::isRegularFile))
                    .extracting(Path::getFileName)
                    .containsExactly(Path.of(".address-secret"));
        }
    }

    @Test
    void saysThatTheStoreCannotBeWritten() throws IOException {
        Files.writeString(folder.resolve("pawline-check"), "where the probe wants a folder");

        assertThatThrownBy(() -> ImageStoreProbe.run(store()))
                .isInstanceOf(ImageStoreException.class)
                .hasMessageContaining("could not be written");
    }

    private ImageStoreProperties store() {
        return new ImageStoreProperties(
                ImageStoreProperties.Kind.FOLDER,
                folder,
                URI.create("http://localhost"),
                new ImageStoreProperties.S3(
                        null,
                        null,
                        "us-east-1",
                        null,
                        null,
                        null,
                        false,
                        Duration.ofHours(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1)));
    }
}
