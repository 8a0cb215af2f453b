package io.pawline.photos;

import static io.pawline.testkit.NeedsTools.Tool.AVIFENC;
import static io.pawline.testkit.NeedsTools.Tool.CWEBP;
import static io.pawline.testkit.NeedsTools.Tool.HEIF_ENC;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.photos.PhotoResult.Normalised;
import io.pawline.photos.PhotoResult.Refused;
import io.pawline.testkit.MutatedPhotos;
import io.pawline.testkit.NeedsTools;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes photos at random. Each becomes a picture or is refused in words, and no error comes out. */
@Timeout(120)
class MutatedPhotosTest {

    private static final int MUTATIONS = 300;

    private final PhotoNormaliser normaliser = new PhotoNormaliser(PhotoProperties.DEFAULTS);

    @ParameterizedTest
    @EnumSource
    @NeedsTools({AVIFENC, CWEBP, HEIF_ENC})
    void aChangedPhotoIsAPictureOrRefused(MutatedPhotos.Kind kind) throws Exception {
        List<byte[]> seeds = kind.seeds();
        int pictures = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            byte[] photo = MutatedPhotos.mutated(seeds, seed);
            PhotoResult result = normaliser.normalise(ByteBuffer.wrap(photo), TestingPhotos.MEMORY);
            switch (result) {
                case Refused refused ->
                    assertThat(refused.detail()).as("seed %d", seed).isNotBlank();
                case Normalised normalised -> {
                    pictures++;
                    assertThat(Math.min(normalised.width(), normalised.height()))
                            .isBetween(15, 2048);
                    assertThat(PhotoFormat.of(ByteBuffer.wrap(normalised.bytes())))
                            .contains(PhotoFormat.JPEG);
                }
            }
        }
        TestingPhotos.assertNothingIsHeld();
        assertThat(pictures).as("pictures that survive").isPositive();
    }
}
