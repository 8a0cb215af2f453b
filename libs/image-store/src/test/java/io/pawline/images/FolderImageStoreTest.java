package io.pawline.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderImageStoreTest extends ImageStoreContract {

    @TempDir
    Path folder;

    private ImageStore store;

    @BeforeEach
    void open() {
        store = open(folder, "http://localhost:8080");
    }

    @Override
    protected ImageStore store() {
        return store;
    }

    @Test
    void findsItsImagesAgainAfterARestart() {
        store.put(key, new byte[] {1}, "image/png");

        assertThat(open(folder, "http://localhost:8080").get(key)).isPresent();
    }

    @Test
    void leavesNothingAsideAfterAWrite() {
        store.put(key, new byte[] {1}, "image/png");

        assertThat(folder.resolve(".incoming")).isEmptyDirectory();
        assertThat(folder.resolve(key.value())).hasBinaryContent(new byte[] {1});
    }

    @Test
    void namesTheAddressThatIngestServesTheImageAt() {
        assertThat(store.urlOf(key)).isEqualTo(URI.create("http://localhost:8080/v1/images/" + key));
        assertThat(open(folder, "https://pets.example/api/").urlOf(key))
                .isEqualTo(URI.create("https://pets.example/api/v1/images/" + key));
    }

    @Test
    void saysThatItIsLostWhenItsFolderCannotBeWritten() throws IOException {
        Path inTheWay = Files.writeString(folder.resolve("file"), "no folder");

        assertThatThrownBy(() -> store.put(new ImageKey("file/1/result.png"), new byte[] {1}, "image/png"))
                .isInstanceOf(ImageStoreException.class)
                .hasMessageContaining("file/1/result.png")
                .hasMessageContaining(folder.toString());
        assertThatThrownBy(() -> open(inTheWay, "http://localhost:8080"))
                .isInstanceOf(ImageStoreException.class)
                .hasMessageContaining(inTheWay.toString());
        assertThat(folder.resolve(".incoming")).isEmptyDirectory();
    }

    private static ImageStore open(Path folder, String publicBaseUrl) {
        return new FolderImageStore(folder, URI.create(publicBaseUrl));
    }
}
