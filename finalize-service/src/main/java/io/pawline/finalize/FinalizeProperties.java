package io.pawline.finalize;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a result must be, and what is made of it: {@code pawline.finalize.*}.
 *
 * @param minSide pixels that each side of a cut-out has at least, 1 or more
 * @param maxPixels width times height of a cut-out at most, 1 or more; the provider's largest picture has 4096 x 4096
 * @param minVisible least share of a cut-out's pixels that must be visible, from 0 to 1
 * @param maxVisible largest share of a cut-out's pixels that may be visible, from {@code minVisible} to 1
 * @param thumbnailSizes longest sides of the thumbnails in pixels, one or more, each from 16 to 4096
 * @param maxDecodes cut-outs in work at once, 1 or more; each takes 8 bytes for a pixel, for a while
 * @param stage the stage's limits and retries
 */
@ConfigurationProperties("pawline.finalize")
record FinalizeProperties(
        @DefaultValue("64") int minSide,
        @DefaultValue("16777216") long maxPixels,
        @DefaultValue("0.005") double minVisible,
        @DefaultValue("0.995") double maxVisible,
        @DefaultValue("256") List<Integer> thumbnailSizes,
        @DefaultValue("4") int maxDecodes,
        @DefaultValue @NestedConfigurationProperty FinalizeStageProperties stage) {

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
        if (maxDecodes < 1) {
            throw new IllegalArgumentException("pawline.finalize.max-decodes must be > 0, was " + maxDecodes);
        }
    }

    PictureFinisher finisher() {
        return new PictureFinisher(
                new Plausibility(minSide, maxPixels, minVisible, maxVisible), thumbnailSizes, maxDecodes);
    }
}
