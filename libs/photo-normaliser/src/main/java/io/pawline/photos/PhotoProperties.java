package io.pawline.photos;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The limits of photos, and what is made of them: {@code pawline.photo.*}. Give ingest-service, detect-service and
 * generate-service the same values.
 *
 * @param maxSize Most bytes of a photo as it comes, more than 0.
 * @param maxPixels Most pixels (width times height) of a photo as it comes, more than 0.
 * @param longestSide Most pixels of the longer side of what the vision model gets, 256 to 6000.
 * @param converter Program that decodes HEIC and AVIF: libheif's {@code heif-convert}, by name on the PATH or by path.
 *     If there is none, HEIC is passed on as it is but for its metadata, and AVIF is refused.
 * @param converterTime Longest time of one conversion, and most CPU time of it, at least 1 s.
 * @param converterMemory Most memory (address space) of one conversion, at least 64 MB. It is beside the heap.
 */
@ConfigurationProperties("pawline.photo")
public record PhotoProperties(
        @DefaultValue("20MB") DataSize maxSize,
        @DefaultValue("60000000") long maxPixels,
        @DefaultValue("2048") int longestSide,
        @DefaultValue("heif-convert") String converter,
        @DefaultValue("20s") Duration converterTime,
        @DefaultValue("1GB") DataSize converterMemory) {

    /** The settings where nothing is set. */
    public static final PhotoProperties DEFAULTS = new PhotoProperties(
            DataSize.ofMegabytes(20),
            60_000_000,
            2048,
            "heif-convert",
            Duration.ofSeconds(20),
            DataSize.ofGigabytes(1));

    public PhotoProperties {
        require(
                maxSize.toBytes() >= 1 && maxSize.toBytes() <= Integer.MAX_VALUE / 2,
                "max-size",
                "> 0 and < 1 GB",
                maxSize);
        require(maxPixels >= 1, "max-pixels", "> 0", maxPixels);
        require(longestSide >= 256 && longestSide <= 6000, "longest-side", "256 to 6000", longestSide);
        require(converterTime.toMillis() >= 1000, "converter-time", ">= 1 s", converterTime);
        require(converterMemory.toMegabytes() >= 64, "converter-memory", ">= 64 MB", converterMemory);
    }

    private static void require(boolean holds, String name, String bounds, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("pawline.photo.%s must be %s, was %s".formatted(name, bounds, value));
        }
    }
}
