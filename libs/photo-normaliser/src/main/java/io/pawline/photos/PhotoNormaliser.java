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

    /** Four samples of 16 bits, and one that its decoder may add. */
    private static final int BYTES_PER_PIXEL_OF_A_PNG = 10;

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
        return pack(orientation.turn(colours(file, size)));
    }

    private static Pixels colours(PhotoFile file, Size size) throws IOException, PhotoRefusedException {
        Pixels pixels = file.decode(size);
        Pixels srgb = file.colours().map(colours -> colours.toSrgb(pixels)).orElseGet(pixels::inColour);
        return srgb.inColour();
    }

    private static Normalised pack(Pixels upright) throws IOException {
        return new Normalised(JpegPacker.pack(upright), PhotoFormat.JPEG, upright.width(), upright.height());
    }

    private PhotoResult heif(HeifFile file, PhotoFormat format, WorkingMemory memory)
            throws InterruptedException, PhotoRefusedException {
        Size size = checkedSize(file.size());
        PhotoRefusedException.ifLost(file.lost(), format);
        if (!converter.isThere()) {
            return undecoded(file, format);
        }
        // The child's memory is not the heap's, and what it writes is read from its file
        boolean transparent = file.hasTransparency();
        long decoding = transparent ? ImageDecoder.memory(file.size(), BYTES_PER_PIXEL_OF_A_PNG) : 0;
        long needed = file.length() + decoding + 2 * 3 * size.pixels() + SMALL_THINGS;
        return inMemory(needed, 0, memory, () -> {
            Pixels photo = converter.convert(
                    file.clean(), format, transparent, converted -> converted(converted, file.size(), format));
            checkedSize(new Size(photo.width(), photo.height()));
            if (file.hasThumbnail()) {
                PhotoRefusedException.ifLost(lost(photo, file, format), format);
            }
            return pack(photo);
        });
    }

    /** @param most the size that the file says */
    private Pixels converted(ByteBuffer photo, Size most, PhotoFormat format)
            throws IOException, PhotoRefusedException {
        PhotoFile decoded = photo.get(0) == (byte) 0xFF
                ? JpegFile.open(photo, properties.maxPixels())
                : PngFile.open(photo, properties.maxPixels());
        if (decoded.size().pixels() > most.pixels()) {
            throw PhotoRefusedException.damaged(format);
        }
        return colours(decoded, decoded.size().within(properties.longestSide()));
    }

    /** The share of a photo that its thumbnail shows to be lost; none if the thumbnail itself cannot be decoded. */
    private double lost(Pixels photo, HeifFile file, PhotoFormat format) throws IOException, InterruptedException {
        try {
            Pixels thumbnail = converter.convert(
                    file.cleanThumbnail(), format, false, converted -> converted(converted, file.size(), format));
            return ThumbnailCheck.lost(photo, thumbnail);
        } catch (PhotoRefusedException ofTheThumbnail) {
            return 0;
        }
    }

    private static PhotoResult undecoded(HeifFile file, PhotoFormat format) throws PhotoRefusedException {
        if (format == PhotoFormat.AVIF) {
            throw PhotoRefusedException.notAnImage(
                    "is an AVIF, which cannot be decoded here (there is no heif-convert): send it as a JPEG");
        }
        if (file.size().pixels() > MOST_PIXELS_UNDECODED || file.length() > MOST_BYTES_UNDECODED) {
            throw PhotoRefusedException.tooLarge(
                    "is too large a HEIC to be passed on, and cannot be decoded here (there is no heif-convert):"
                            + " send it as a JPEG");
        }
        return new Normalised(
                file.clean(), format, file.size().width(), file.size().height());
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
