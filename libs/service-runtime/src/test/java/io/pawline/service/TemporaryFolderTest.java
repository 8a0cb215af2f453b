package io.pawline.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {

    private static final String PURPOSE = "pawline-photo";

    @TempDir
    Path parent;

    @Test
    void deletesWhatAKilledProcessHasLeft() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sleep", "600").start();
        Path left = Files.createDirectory(parent.resolve(TemporaryFolder.prefix(PURPOSE, process.toHandle()) + "1"));
        Files.createDirectory(left.resolve("conversion"));
        Files.writeString(left.resolve("conversion/photo"), "HEIC");

        TemporaryFolder.create(parent, PURPOSE);
        assertThat(left).as("of a process that runs").exists();

        process.destroyForcibly().waitFor();
        Path own = TemporaryFolder.create(parent, PURPOSE);

        assertThat(left).doesNotExist();
        assertThat(own).isEmptyDirectory();
    }

    /** In a container, a process has the same id each time. */
    @Test
    void aProcessWithTheSameIdIsAnother() throws IOException {
        String own = TemporaryFolder.prefix(PURPOSE, ProcessHandle.current());
        long started = Long.parseLong(own.split("-", -1)[3]);
        Path before = Files.createDirectory(
                parent.resolve(own.replace("-" + started + "-", "-" + (started - 60_000) + "-") + "1"));
        Path same = Files.createDirectory(parent.resolve(own + "2"));

        TemporaryFolder.create(parent, PURPOSE);

        assertThat(before).doesNotExist();
        assertThat(same).exists();
    }

    @Test
    void deletesNothingElse() throws IOException {
        Path photos = Files.createDirectory(parent.resolve("pawline-photos"));
        Path other = Files.createDirectory(parent.resolve("pawline-live-999999999-1-1"));
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("kept"), "");
        Path link = Files.createSymbolicLink(parent.resolve("pawline-photo-999999999-1-1"), elsewhere);
        Path left = Files.createDirectory(parent.resolve("pawline-photo-999999999-1-2"));
        Files.createSymbolicLink(left.resolve("link"), elsewhere);

        TemporaryFolder.create(parent, PURPOSE);

        assertThat(left).doesNotExist();
        assertThat(photos).exists();
        assertThat(other).exists();
        assertThat(link).exists();
        assertThat(elsewhere.resolve("kept")).exists();
    }
}
