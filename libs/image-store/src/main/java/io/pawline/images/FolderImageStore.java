package io.pawline.images;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps images as files in one folder, for a single machine. A file is written aside, forced to the disk and moved to
 * its place. So a reader finds the old bytes or the new ones, even after a crash. What a crash leaves in
 * {@code .incoming} is removed by {@link #sweep}.
 *
 * <p>The content type is not kept. ingest-service serves the images and finds it in the bytes. Their addresses are
 * signed, see {@link AddressSignatures}.
 */
final class FolderImageStore implements ManagedImageStore {

    // No segment of a key starts with a dot, so no key leads here
    private static final String INCOMING = ".incoming";

    private static final int STEPS = 24;

    /** Bytes of an image in memory while it comes. */
    private static final int PIECE = 64 * 1024;

    private final Path folder;
    private final Path incoming;
    private final URI imagesUrl;
    private final URI uploadsUrl;
    private final AddressSignatures signatures;
    private final Duration urlExpiry;
    private final Clock clock;

    /**
     * A store in this folder.
     *
     * @param publicBaseUrl address of ingest-service from outside
     * @param urlExpiry how long the address of an image is valid at least
     * @throws ImageStoreException if the folder cannot be made
     */
    FolderImageStore(Path folder, URI publicBaseUrl, Duration urlExpiry, Clock clock) {
        this.folder = folder.toAbsolutePath().normalize();
        this.incoming = this.folder.resolve(INCOMING);
        this.imagesUrl = BaseUrl.append(publicBaseUrl, "v1/images/");
        this.uploadsUrl = BaseUrl.append(publicBaseUrl, "v1/uploads/");
        try {
            Files.createDirectories(incoming);
        } catch (IOException e) {
            throw new ImageStoreException("the image folder %s cannot be made".formatted(this.folder), e);
        }
        this.signatures = AddressSignatures.ofFolder(this.folder);
        this.urlExpiry = urlExpiry;
        this.clock = clock;
    }

    @Override
    public void put(ImageKey key, byte[] bytes, String contentType) {
        put(key, ByteBuffer.wrap(bytes), contentType);
    }

    @Override
    public void put(ImageKey key, ByteBuffer bytes, String contentType) {
        Path aside = aside();
        try {
            try {
                write(aside, bytes.duplicate());
                place(aside, key);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw notWritten(key, e);
        }
    }

    /** Writes the image aside while it comes, so nothing is to be seen of a stream that breaks off. */
    @Override
    public void put(ImageKey key, InputStream image, long length, String contentType) throws IOException {
        Path aside = aside();
        try {
            receive(image, length, aside, key);
            place(aside, key);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private void receive(InputStream image, long length, Path aside, ImageKey key) throws IOException {
        try (FileChannel file = FileChannel.open(aside, CREATE_NEW, WRITE)) {
            byte[] piece = new byte[PIECE];
            long left = length;
            for (int read = image.read(piece); read >= 0 && left >= 0; read = image.read(piece)) {
                left -= read;
                append(file, ByteBuffer.wrap(piece, 0, read), key);
            }
            if (left != 0) {
                throw new EOFException("the image has another length than " + length);
            }
            file.force(true);
        }
    }

    /** Tells a disk that is full from a stream that broke off. */
    private void append(FileChannel file, ByteBuffer piece, ImageKey key) {
        try {
            while (piece.hasRemaining()) {
                file.write(piece);
            }
        } catch (IOException e) {
            throw notWritten(key, e);
        }
    }

    private Path aside() {
        return incoming.resolve(UUID.randomUUID().toString());
    }

    /** Moves a file to the place of a key, and makes that durable. */
    private void place(Path aside, ImageKey key) {
        try {
            List<Path> changed = makeParents(key);
            try {
                Files.move(aside, target(key), ATOMIC_MOVE, REPLACE_EXISTING);
            } finally {
                for (Path directory : changed) {
                    force(directory);
                }
            }
        } catch (IOException e) {
            throw notWritten(key, e);
        }
    }

    private ImageStoreException notWritten(ImageKey key, IOException e) {
        return new ImageStoreException("image %s could not be written to %s".formatted(key, folder), e);
    }

    @Override
    public Optional<byte[]> get(ImageKey key) {
        Path file = target(key);
        try {
            // A key that is the beginning of another one names a folder and no image
            return Files.isDirectory(file) ? Optional.empty() : Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ImageStoreException("image %s could not be read from %s".formatted(key, folder), e);
        }
    }

    @Override
    public Optional<InputStream> open(ImageKey key) {
        Path file = target(key);
        try {
            return Files.isDirectory(file) ? Optional.empty() : Optional.of(Files.newInputStream(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ImageStoreException("image %s could not be read from %s".formatted(key, folder), e);
        }
    }

    @Override
    public Optional<Long> size(ImageKey key) {
        Path file = target(key);
        try {
            return Files.isDirectory(file) ? Optional.empty() : Optional.of(Files.size(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ImageStoreException("image %s could not be read from %s".formatted(key, folder), e);
        }
    }

    @Override
    public URI urlOf(ImageKey key) {
        return addressOf(key).url();
    }

    @Override
    public ImageAddress addressOf(ImageKey key) {
        Instant expiresAt = expiry(clock.instant());
        String path = key.value() + "?" + signatures.query(key, expiresAt);
        return new ImageAddress(BaseUrl.append(imagesUrl, path), expiresAt);
    }

    @Override
    public UploadAddress uploadAddress(ImageKey key, String contentType, long length, Duration validity) {
        Instant expiresAt = clock.instant().plus(validity).truncatedTo(ChronoUnit.SECONDS);
        String path = key.upload() + "?" + signatures.uploadQuery(key, contentType, length, expiresAt);
        return new UploadAddress(BaseUrl.append(uploadsUrl, path), Map.of("Content-Type", contentType), expiresAt);
    }

    /** Steps forward a few times in a validity, so that the same address comes again and its image from a cache. */
    private Instant expiry(Instant now) {
        long step = Math.max(1, urlExpiry.toSeconds() / STEPS);
        long earliest = now.plus(urlExpiry).getEpochSecond();
        return Instant.ofEpochSecond(Math.ceilDiv(earliest, step) * step);
    }

    @Override
    public void sweep(Instant before) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(incoming)) {
            for (Path file : files) {
                if (isOlder(file, before)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new ImageStoreException("what is left in %s could not be removed".formatted(incoming), e);
        }
    }

    private static boolean isOlder(Path file, Instant time) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(time);
        } catch (NoSuchFileException movedByItsWriter) {
            return false;
        }
    }

    @Override
    public Page keys(@Nullable String after, int limit) {
        List<ImageKey> keys = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(folder)) {
            List<String> names = tasks.map(path -> path.getFileName().toString())
                    // The keys of a task begin with its name, so no earlier task has one after the place
                    .filter(name -> after == null || name.compareTo(after) > 0 || after.startsWith(name))
                    .sorted()
                    .toList();
            for (String name : names) {
                keysOf(name).stream()
                        .filter(key -> after == null || key.value().compareTo(after) > 0)
                        .forEach(keys::add);
                if (keys.size() > limit) {
                    break;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new ImageStoreException("the images in %s cannot be listed".formatted(folder), e);
        }
        return keys.size() <= limit
                ? new Page(keys, null)
                : new Page(keys.subList(0, limit), keys.get(limit - 1).value());
    }

    /** The keys below a name, in their order. A folder that goes meanwhile has none. */
    private List<ImageKey> keysOf(String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(name))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace(File.separatorChar, '/'))
                    .sorted()
                    .flatMap(text -> ImageKey.parse(text).stream())
                    .toList();
        } catch (NoSuchFileException gone) {
            return List.of();
        }
    }

    /** Deletes the file, and the folders above it that are empty then. */
    @Override
    public void delete(ImageKey key) {
        try {
            Files.deleteIfExists(target(key));
            String value = key.value();
            for (int slash = value.lastIndexOf('/'); slash > 0; slash = value.lastIndexOf('/', slash - 1)) {
                Path parent = folder.resolve(value.substring(0, slash));
                if (!isEmpty(parent)) {
                    return;
                }
                Files.deleteIfExists(parent);
            }
        } catch (DirectoryNotEmptyException another) {
            // Somebody has put an image there meanwhile
        } catch (IOException e) {
            throw new ImageStoreException("image %s could not be deleted from %s".formatted(key, folder), e);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        } catch (NoSuchFileException gone) {
            return true;
        }
    }

    private Path target(ImageKey key) {
        return folder.resolve(key.value());
    }

    /**
     * Makes the folders above the key's file.
     *
     * @return the folders whose entries have to be made durable, that of the file first. They are forced at the end and
     *     not one by one, because then a journalling file system makes one change of it
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

    private static void write(Path file, ByteBuffer bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Makes the entries of the folder durable if the system can. Windows has no such call and opens no folder. */
    private static void force(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, READ)) {
                channel.force(true);
            }
        }
    }
}
