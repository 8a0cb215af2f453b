package io.pawline.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.web.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GzipBodyTest {

    @Property(tries = 300)
    void unpacksWhatWasPackedInSeveralMembers(@ForAll byte[] first, @ForAll byte[] second) throws IOException {
        assertThat(unpacked(joined(packed(first), packed(second)))).isEqualTo(joined(first, second));
    }

    @Test
    void unpacksALongBody() throws IOException {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        assertThat(unpacked(packed(bytes))).isEqualTo(bytes);
    }

    @Test
    void readsAHeaderWithAllItsParts() throws IOException {
        byte[] plain = packed(new byte[] {1, 2, 3});
        byte[] start = {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3};
        byte[] extraNameCommentAndChecksum = {2, 0, 9, 9, 'a', 0, 'b', 'c', 0, 7, 7};
        byte[] body = joined(
                joined(start, extraNameCommentAndChecksum), Arrays.copyOfRange(plain, start.length, plain.length));
        assertThat(unpacked(body)).containsExactly(1, 2, 3);
    }

    /** The stack would overflow if each member took a part of it. */
    @Test
    void readsVeryManyEmptyMembers() throws IOException {
        byte[] empty = packed(new byte[0]);
        byte[] members = new byte[empty.length * 200_000];
        for (int at = 0; at < members.length; at += empty.length) {
            System.arraycopy(empty, 0, members, at, empty.length);
        }
        assertThat(unpacked(members)).isEmpty();
    }

    @Test
    void refusesABodyThatIsCutShortAnywhere() throws IOException {
        byte[] whole = packed(new byte[] {5, 6, 7, 8, 9});
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> unpacked(part)).as("%d bytes", length).isInstanceOf(ProblemException.class);
        }
    }

    @Test
    void refusesABodyWithAnotherChecksumOrLength() throws IOException {
        for (int fromEnd = 1; fromEnd <= 8; fromEnd++) {
            byte[] damaged = packed(new byte[] {5, 6, 7, 8, 9});
            damaged[damaged.length - fromEnd] ^= 1;
            assertThatThrownBy(() -> unpacked(damaged)).isInstanceOf(ProblemException.class);
        }
    }

    @Property(tries = 500)
    void failsWithNothingButAProblem(@ForAll byte[] bytes) throws IOException {
        byte[] begun = joined(Arrays.copyOf(packed(new byte[0]), 10), bytes);
        try {
            unpacked(begun);
        } catch (ProblemException refused) {
            assertThat(refused.detail()).contains("gzip");
        }
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        try (GzipBody body = new GzipBody(new ByteArrayInputStream(packed))) {
            return body.readAllBytes();
        }
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
            gzip.write(bytes);
        }
        return small.toByteArray();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
