package io.pawline.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class CommitMetadataTest {

    private static final long BASE = 1_000;

    @Property
    void listsWhatWasOpen(
            @ForAll @LongRange(max = Long.MAX_VALUE / 2) long base,
            @ForAll @Size(max = 100) Set<@LongRange(max = 1L << 40) Long> above) {
        TreeSet<Long> open = new TreeSet<>();
        above.forEach(distance -> open.add(base + distance));
        CommitMetadata written = new CommitMetadata(open.isEmpty() ? base + 1 : open.last() + 1, open);

        assertThat(CommitMetadata.decode(written.encode(base), base)).contains(written);
        assertThat(CommitMetadata.decode(written.encode(base), base + 1)).isEmpty();
    }

    @Example
    void isIgnoredWithAnyBitFlipped() {
        byte[] written = Base64.getDecoder().decode(some());
        for (int bit = 0; bit < 8 * written.length; bit++) {
            byte[] flipped = written.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(CommitMetadata.decode(text(flipped), BASE))
                    .as("bit %d", bit)
                    .isEmpty();
        }
    }

    @Example
    void isIgnoredWhenCutShort() {
        String written = some();
        for (int length = 0; length < written.length(); length++) {
            assertThat(CommitMetadata.decode(written.substring(0, length), BASE))
                    .as("%d characters", length)
                    .isEmpty();
        }
    }

    @Property
    void isIgnoredWhenAnotherProgramWroteIt(@ForAll String foreign) {
        assertThat(CommitMetadata.decode(foreign, BASE)).isEmpty();
    }

    /** The version and the checksum are right. */
    @Property
    void isIgnoredWhenItMakesNoSense(@ForAll @Size(max = 200) byte[] payload) {
        CRC32 crc = new CRC32();
        crc.update(payload);
        byte[] foreign = ByteBuffer.allocate(5 + payload.length)
                .put((byte) 1)
                .putInt((int) crc.getValue())
                .put(payload)
                .array();

        assertThat(CommitMetadata.decode(text(foreign), BASE)).isEmpty();
    }

    @Example
    void otherVersionsAreIgnored() {
        byte[] other = Base64.getDecoder().decode(some());
        for (int version : List.of(0, 2, 3, 127, -1)) {
            other[0] = (byte) version;
            assertThat(CommitMetadata.decode(text(other), BASE)).isEmpty();
        }
    }

    @Example
    void isNotPackedWhenItIsShort() {
        byte[] written = Base64.getDecoder().decode(some());

        // Behind the version and the checksum: one block, the last one, stored as it was
        assertThat(written[5]).isEqualTo((byte) 1);
    }

    @Example
    void aShortOneThatIsPackedCanBeRead() {
        byte[] written = Base64.getDecoder().decode(some());
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(written, 10, written.length - 10);
        deflater.finish();
        byte[] packed = new byte[100];
        int length = deflater.deflate(packed);
        deflater.end();
        byte[] payload = Arrays.copyOf(packed, length);
        CRC32 crc = new CRC32();
        crc.update(payload);
        byte[] before = ByteBuffer.allocate(5 + length)
                .put((byte) 1)
                .putInt((int) crc.getValue())
                .put(payload)
                .array();

        assertThat(CommitMetadata.decode(text(before), BASE)).isEqualTo(CommitMetadata.decode(some(), BASE));
        assertThat(CommitMetadata.decode(text(before), BASE)).isPresent();
    }

    private static String some() {
        return new CommitMetadata(BASE + 500, new TreeSet<>(Arrays.asList(BASE, BASE + 3, BASE + 200))).encode(BASE);
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }
}
