package io.pawline.images;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Images as files below one folder, for a single machine. A file is written aside, forced to the disk and moved to its
 * place, so that a reader, or a crash, finds the old bytes or the new ones. What a crash leaves in {@code .incoming} may
 * be deleted while no writer runs.
 *
 * <p>The content type is not kept; ingest-service, which serves the images, tells it from the bytes.
 */
final class FolderImageStore implements ImageStore {

    // No key has a segment that starts with a dot, so that no key leads here.
    private static final String INCOMING = ".incoming";

    private final Path folder;
    private final Path incoming;
    private final URI imagesUrl;

    /**
     * @param publicBaseUrl where ingest-service is reached from outside
     * @throws ImageStoreException if the folder cannot be made
     */
    FolderImageStore(Path folder, URI publicBaseUrl) {
        this.folder = folder.toAbsolutePath().normalize();
        this.incoming = this.folder.resolve(INCOMING);
        this.imagesUrl = BaseUrl.append(publicBaseUrl, "v1/images/");
        try {
            Files.createDirectories(incoming);
        } catch (IOException e) {
            throw new ImageStoreException("the image folder %s cannot be made".formatted(this.folder), e);
        }
    }

    @Override
    public void put(ImageKey key, byte[] bytes, String contentType) {
        Path aside = incoming.resolve(UUID.randomUUID().toString());
        try {
            Path target = target(key);
            List<Path> changed = makeParents(key);
            try {
                write(aside, bytes);
                Files.move(aside, target, ATOMIC_MOVE, REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
                for (Path directory : changed) {
                    force(directory);
                }
            }
        } catch (IOException e) {
            throw new ImageStoreException("image %s could not be written to %s".formatted(key, folder), e);
        }
    }

    @Override
    public Optional<byte[]> get(ImageKey key) {
        Path file = target(key);
        try {
            // A key that is the beginning of another names a folder, and no image
            return Files.isDirectory(file) ? Optional.empty() : Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ImageStoreException("image %s could not be read from %s".formatted(key, folder), e);
        }
    }

    @Override
    public URI urlOf(ImageKey key) {
        return BaseUrl.append(imagesUrl, key.value());
    }

    /** @throws ImageStoreException if the folder cannot be written */
    void delete(ImageKey key) {
        try {
            Files.deleteIfExists(target(key));
        } catch (IOException e) {
            throw new ImageStoreException("image %s could not be deleted from %s".formatted(key, folder), e);
        }
    }

    private Path target(ImageKey key) {
        return folder.resolve(key.value());
    }

    /**
     * Makes the folders above the key's file.
     *
     * @return those whose entries are to be made durable, the file's own first. At the end and not one by one: to a
     *     journalling file system, all of it is then one and the same change
     */
    private List<Path> makeParents(ImageKey key) throws IOException {
        List<Path> changed = new ArrayList<>();
        Path parent = folder;
        String value = key.value();
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', slash + 1)) {
            Path child = folder.resolve(value.substring(0, slash));
            if (!Files.isDirectory(child)) {
                Files.createDirectories(child);
                changed.addFirst(parent);
            }
            parent = child;
        }
        changed.addFirst(parent);
        return changed;
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    /** Makes the folder's entries durable, where the system can: Windows has no such call, and opens no folder. */
    private static void force(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, READ)) {
                channel.force(true);
            }
        }
    }
}
