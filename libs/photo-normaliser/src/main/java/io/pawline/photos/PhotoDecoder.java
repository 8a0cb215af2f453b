package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;
import io.pawline.photos.PhotoResult.Refused;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Decodes a photo in its full size: upright, in sRGB, its first picture, on white where it is transparent. It takes the
 * formats that need no program besides: all but HEIC and AVIF. Thread-safe; works on the thread of the caller.
 */
public final class PhotoDecoder {

    private final long maxPixels;

    /** @param maxPixels most pixels (width times height) of a photo, more than 0 */
    public PhotoDecoder(long maxPixels) {
        if (maxPixels < 1) {
            throw new IllegalArgumentException("maxPixels must be > 0, was " + maxPixels);
        }
        this.maxPixels = maxPixels;
    }

    /** Says what became of a photo. */
    public sealed interface Result {}

    /**
     * A decoded photo.
     *
     * @param rgb red, green and blue of each pixel, row by row; not copied, so treat it as the record's own
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    public record Decoded(int width, int height, byte[] rgb) implements Result {
        public Decoded {
            Objects.requireNonNull(rgb, "rgb");
        }
    }

    /** The photo cannot be used, for the reason that {@link Refused} holds. */
    public record NotDecoded(Refused why) implements Result {
        public NotDecoded {
            Objects.requireNonNull(why, "why");
        }
    }

    /** Reads how large the photo is, and what decoding it takes, before anything is decoded. */
    @FunctionalInterface
    public interface Admission {
        /**
         * Takes the memory, or throws what ends the decoding.
         *
         * @param pixels of the photo
         * @param bytes of memory that decoding takes, with the result
         */
        void take(long pixels, long bytes);
    }

    /**
     * Decodes the photo in the remaining bytes. They stay as they are.
     *
     * @param admission is asked before anything is decoded
     * @return what became of it. A photo that makes a decoder fail, in whichever way, is refused
     */
    public Result decode(ByteBuffer photo, Admission admission) {
        try {
            PhotoFile file = open(photo.slice());
            Size size = file.size();
            admission.take(size.pixels(), file.memory(size) + file.memoryOutside(size) + 2 * 3 * size.pixels());
            return decode(file);
        } catch (PhotoRefusedException refused) {
            return new NotDecoded(refused.result());
        }
    }

    private PhotoFile open(ByteBuffer photo) throws PhotoRefusedException {
        PhotoFormat format = PhotoFormat.of(photo)
                .orElseThrow(() -> PhotoRefusedException.notAnImage("is none, as its first bytes say"));
        return switch (format) {
            case JPEG -> JpegFile.open(photo, maxPixels);
            case PNG -> PngFile.open(photo, maxPixels);
            case WEBP -> WebpFile.open(photo, maxPixels);
            case GIF -> GifFile.open(photo, maxPixels);
            case BMP -> BmpFile.open(photo, maxPixels);
            case TIFF -> TiffFile.open(photo, maxPixels);
            case HEIC, AVIF ->
                throw PhotoRefusedException.notAnImage("is of a kind that is not decoded here: send it as a JPEG");
        };
    }

    private static Result decode(PhotoFile file) {
        try {
            Size size = file.size();
            Pixels pixels = file.decode(size);
            if (pixels.width() != size.width() || pixels.height() != size.height()) {
                throw PhotoRefusedException.tooLarge(
                        "has %d x %d pixels, which are too many for its format: send it as a JPEG"
                                .formatted(size.width(), size.height()));
            }
            Pixels srgb = file.colours().map(colours -> colours.toSrgb(pixels)).orElseGet(pixels::inColour);
            Pixels upright = file.orientation().turn(srgb.inColour());
            return new Decoded(upright.width(), upright.height(), upright.samples());
        } catch (PhotoRefusedException refused) {
            return new NotDecoded(refused.result());
        } catch (Exception | StackOverflowError failed) {
            // Foreign decoders on foreign bytes: whatever they throw is the photo's fault
            return new NotDecoded(PhotoRefusedException.notAnImage("cannot be decoded: it is damaged, save it anew")
                    .result());
        }
    }
}
