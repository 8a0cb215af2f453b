package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;
import io.pawline.photos.PhotoResult.Normalised;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of a photo what a vision model gets: upright, sRGB, its first picture on white, of limited size, a JPEG without
 * metadata. What is so already is only freed of its metadata. Thread-safe.
 *
 * <p>Decoding runs on threads of its own, of which there are half as many as processors. A decoder does not let go of its
 * thread, so on the virtual threads of tasks it would hold up calls that are under way.
 */
public final class PhotoNormaliser {

    private static final Logger log = LoggerFactory.getLogger(PhotoNormaliser.class);

    /** Ark takes no shorter side. */
    private static final int LEAST_SIDE = 15;

    /** The limits of Ark, which hold for a photo that is not decoded here. */
    private static final long MOST_PIXELS_UNDECODED = 36_000_000;

    private static final int MOST_BYTES_UNDECODED = 10_000_000;

    /** Beside the heap. Reached only where the longest side is set to so much that a large photo is hardly reduced. */
    private static final long MOST_BYTES_OUTSIDE = 200_000_000;

    /** Rows, tables, and the packed result. */
    private static final long SMALL_THINGS = 4L * 1024 * 1024;

    private final PhotoProperties properties;
    private final HeifConverter converter;
    private final Semaphore processors =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    /** Uses the system's folder for temporary files. */
    public PhotoNormaliser(PhotoProperties properties) {
        this(properties, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** @param temporary the folder for files that a conversion needs; they are left there if the process is killed */
    public PhotoNormaliser(PhotoProperties properties, Path temporary) {
        this.properties = Objects.requireNonNull(properties, "properties");
        this.converter = new HeifConverter(properties, temporary);
    }

    /**
     * Normalises the photo in the remaining bytes. They stay as they are.
     *
     * @param memory from which the photo takes what it needs while it is decoded
     * @return what became of it. A photo that makes a decoder fail, in whichever way, is refused
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public PhotoResult normalise(ByteBuffer photo, WorkingMemory memory) throws InterruptedException {
        try {
            if (photo.remaining() > properties.maxSize().toBytes()) {
                throw PhotoRefusedException.tooLarge("has %d bytes, %d are allowed: send a smaller one"
                        .formatted(photo.remaining(), properties.maxSize().toBytes()));
            }
            PhotoFormat format = PhotoFormat.of(photo)
                    .orElseThrow(() -> PhotoRefusedException.notAnImage(
                            "is no %s: its first bytes say so, whatever its name is".formatted(PhotoFormat.NAMES)));
            return normalise(photo.slice(), format, memory);
        } catch (PhotoRefusedException refused) {
            return refused.result();
        }
    }

    private PhotoResult normalise(ByteBuffer photo, PhotoFormat format, WorkingMemory memory)
            throws InterruptedException, PhotoRefusedException {
        long most = properties.maxPixels();
        @Nullable
        PhotoFile file = switch (format) {
            case JPEG -> JpegFile.open(photo, most);
            case PNG -> PngFile.open(photo, most);
            case WEBP -> WebpFile.open(photo, most);
            case GIF -> GifFile.open(photo, most);
            case BMP -> BmpFile.open(photo, most);
            case TIFF -> TiffFile.open(photo, most);
            case HEIC, AVIF -> null;
        };
        return file == null ? heif(HeifFile.open(photo, format, most), format, memory) : normalise(file, memory);
    }

    private PhotoResult normalise(PhotoFile file, WorkingMemory memory)
            throws InterruptedException, PhotoRefusedException {
        Size size = checkedSize(file.size());
        Optional<byte[]> clean = file.untouched(properties.longestSide());
        if (clean.isPresent()) {
            return new Normalised(clean.get(), PhotoFormat.JPEG, size.width(), size.height());
        }
        long outside = file.memoryOutside(size);
        if (outside > MOST_BYTES_OUTSIDE) {
            throw tooMuch(outside);
        }
        return inMemory(needed(file, size), outside, memory, () -> pack(file, size, file.orientation()));
    }

    private static long needed(PhotoFile file, Size size) {
        return file.memory(size) + 2 * 3 * size.pixels() + SMALL_THINGS;
    }

    private static Normalised pack(PhotoFile file, Size size, Orientation orientation)
            throws IOException, PhotoRefusedException {
        Pixels pixels = file.decode(size);
        Pixels srgb = file.colours().map(colours -> colours.toSrgb(pixels)).orElseGet(pixels::inColour);
        Pixels upright = orientation.turn(srgb.inColour());
        return new Normalised(JpegPacker.pack(upright), PhotoFormat.JPEG, upright.width(), upright.height());
    }

    private PhotoResult heif(HeifFile file, PhotoFormat format, WorkingMemory memory)
            throws InterruptedException, PhotoRefusedException {
        Size size = checkedSize(file.size());
        if (!converter.isThere()) {
            return undecoded(file, format);
        }
        // The child's memory is not the heap's; what it writes is read as a whole
        long converted = file.size().pixels() / 2;
        return inMemory(converted + 2 * 3 * size.pixels() + SMALL_THINGS, 0, memory, () -> {
            byte[] photo = converter.convert(file.clean(), format, file.hasTransparency());
            ByteBuffer bytes = ByteBuffer.wrap(photo);
            PhotoFile decoded = photo[0] == (byte) 0xFF
                    ? JpegFile.open(bytes, properties.maxPixels())
                    : PngFile.open(bytes, properties.maxPixels());
            return pack(decoded, checkedSize(decoded.size()), Orientation.UPRIGHT);
        });
    }

    private static PhotoResult undecoded(HeifFile file, PhotoFormat format) throws PhotoRefusedException {
        if (format == PhotoFormat.AVIF) {
            throw PhotoRefusedException.notAnImage(
                    "is an AVIF, which cannot be decoded here (there is no heif-convert): send it as a JPEG");
        }
        byte[] clean = file.clean();
        if (file.size().pixels() > MOST_PIXELS_UNDECODED || clean.length > MOST_BYTES_UNDECODED) {
            throw PhotoRefusedException.tooLarge(
                    "is too large a HEIC to be passed on, and cannot be decoded here (there is no heif-convert):"
                            + " send it as a JPEG");
        }
        return new Normalised(clean, format, file.size().width(), file.size().height());
    }

    /** The size of the result, before it is turned. */
    private Size checkedSize(Size stored) throws PhotoRefusedException {
        Size size = stored.within(properties.longestSide());
        if (Math.min(size.width(), size.height()) < LEAST_SIDE) {
            throw PhotoRefusedException.notAnImage("has %d x %d pixels, and is too small or too narrow: when its longer"
                            .formatted(stored.width(), stored.height())
                    + " side is scaled to %d, each side must have %d".formatted(properties.longestSide(), LEAST_SIDE));
        }
        return size;
    }

    /** Work on a photo. */
    interface Decoding {
        PhotoResult run() throws IOException, InterruptedException, PhotoRefusedException;
    }

    private static PhotoRefusedException tooMuch(long bytes) {
        return PhotoRefusedException.tooLarge(
                "needs %d MB of memory to be decoded: send it as a smaller JPEG".formatted(bytes / (1024 * 1024)));
    }

    /** @param outside bytes beside the heap, which count in the budget as well */
    private PhotoResult inMemory(long bytes, long outside, WorkingMemory memory, Decoding decoding)
            throws InterruptedException, PhotoRefusedException {
        if (bytes > memory.most()) {
            throw tooMuch(bytes);
        }
        WorkingMemory.Held held = memory.source().take(bytes + outside);
        boolean started = false;
        boolean acquired = false;
        try {
            processors.acquire();
            acquired = true;
            CompletableFuture<PhotoResult> result = new CompletableFuture<>();
            Thread.ofPlatform().daemon().name("photo-decoder").start(() -> {
                // Whoever waits may have been interrupted: the memory is held as long as the decoder works
                PhotoResult outcome = outcome(decoding);
                held.close();
                processors.release();
                result.complete(outcome);
            });
            started = true;
            return result.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("a decoder's failure is a result", impossible);
        } finally {
            if (!started) {
                held.close();
                processors.release(acquired ? 1 : 0);
            }
        }
    }

    /** Runs foreign decoders on foreign bytes: whatever they throw is the photo's fault. */
    static PhotoResult outcome(Decoding decoding) {
        try {
            return decoding.run();
        } catch (PhotoRefusedException refused) {
            return refused.result();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return PhotoRefusedException.notAnImage("was not decoded to its end: send it again")
                    .result();
        } catch (Throwable failed) {
            log.info("A decoder failed: {}", failed.toString());
            return PhotoRefusedException.notAnImage("cannot be decoded: it is damaged, save it anew")
                    .result();
        }
    }
}
