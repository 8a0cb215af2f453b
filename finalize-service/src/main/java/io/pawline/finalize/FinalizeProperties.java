package io.pawline.finalize;

import io.pawline.stage.MemoryBudget;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of finalize-service: {@code pawline.finalize.*}.
 *
 * @param minSide Least pixels of each side of a cut-out, 1 or more.
 * @param maxPixels Most pixels (width times height) of a cut-out, 1 or more. The provider's largest picture has 4096 x
 *     4096.
 * @param minVisible Least share of a cut-out's pixels that must be visible, from 0 to 1.
 * @param maxVisible Largest share of a cut-out's pixels that may be visible, from {@code min-visible} to 1.
 * @param thumbnailSizes Longest sides of the thumbnails in pixels, one or more, each from 16 to 4096.
 * @param thumbnailFormat Format of the thumbnails: {@code png} or {@code webp}. WebP is smaller and loses some colour. It
 *     needs the program cwebp on the machine.
 * @param webpQuality Quality of the colours in WebP, 1 to 100.
 * @param webpProgram Name or path of cwebp, which writes WebP.
 * @param maxDecodes Cut-outs that one process works on at once, 1 or more. Each needs 4 bytes of memory for a
 *     pixel (21 if words are drawn on it), and waits while these would not fit into the share of
 *     {@code pawline.memory.share}.
 * @param stage The limits and retries of the stage.
 */
@ConfigurationProperties("pawline.finalize")
record FinalizeProperties(
        @DefaultValue("64") int minSide,
        @DefaultValue("16777216") long maxPixels,
        @DefaultValue("0.005") double minVisible,
        @DefaultValue("0.995") double maxVisible,
        @DefaultValue("256") List<Integer> thumbnailSizes,
        @DefaultValue("png") ThumbnailFormat thumbnailFormat,
        @DefaultValue("85") int webpQuality,
        @DefaultValue("cwebp") String webpProgram,
        @DefaultValue("4") int maxDecodes,
        @DefaultValue @NestedConfigurationProperty FinalizeStageProperties stage) {

    /** Lists the formats of thumbnails. */
    enum ThumbnailFormat {
        PNG,
        WEBP
    }

    FinalizeProperties {
        new Plausibility(minSide, maxPixels, minVisible, maxVisible);
        thumbnailSizes = List.copyOf(thumbnailSizes);
        if (thumbnailSizes.isEmpty()
                || thumbnailSizes.stream().distinct().count() < thumbnailSizes.size()
                || thumbnailSizes.stream().anyMatch(size -> size < 16 || size > 4096)) {
            throw new IllegalArgumentException(
                    "pawline.finalize.thumbnail-sizes must be one or more different sizes from 16 to 4096, was "
                            + thumbnailSizes);
        }
        if (webpQuality < 1 || webpQuality > 100) {
            throw new IllegalArgumentException("pawline.finalize.webp-quality must be 1 to 100, was " + webpQuality);
        }
        if (maxDecodes < 1) {
            throw new IllegalArgumentException("pawline.finalize.max-decodes must be > 0, was " + maxDecodes);
        }
    }

    PictureFinisher finisher(MemoryBudget memory) {
        return new PictureFinisher(
                new Plausibility(minSide, maxPixels, minVisible, maxVisible), thumbnailSizes, maxDecodes, memory);
    }

    /** What makes WebP of the thumbnails; empty if they stay PNG. */
    Optional<WebpConverter> webp() {
        return thumbnailFormat == ThumbnailFormat.WEBP
                ? Optional.of(new WebpConverter(webpProgram, webpQuality, maxDecodes))
                : Optional.empty();
    }
}
