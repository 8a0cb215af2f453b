package io.pawline.ingest.images;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

    private static final long SIZE = 10;

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-, 0, 10",
        "bytes=3-5, 3, 3",
        "bytes= 3 - 5, 3, 3",
        "bytes=9-9, 9, 1",
        "bytes=9-999999999999999999, 9, 1",
        "bytes=-1, 9, 1",
        "bytes=-10, 0, 10",
        "bytes=-11, 0, 10",
    })
    void readsOneRange(String header, long from, long length) {
        assertThat(ByteRange.of(header, SIZE)).isEqualTo(new ByteRange.Part(from, length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-12", "bytes=999999999999999999-", "bytes=-0"})
    void refusesARangeBehindTheEnd(String header) {
        assertThat(ByteRange.of(header, SIZE)).isEqualTo(new ByteRange.Unsatisfiable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes=",
                "bytes=-",
                "bytes=5-4",
                "bytes=a-b",
                "bytes=0-1,3-4",
                "bytes=--1",
                "lines=0-1",
                "bytes=99999999999999999999-",
                "bytes=0-0-0",
            })
    void answersEverythingElseWithTheWhole(String header) {
        assertThat(ByteRange.of(header, SIZE)).isEqualTo(new ByteRange.Whole());
    }

    @Test
    void findsNoRangeInAnEmptyPicture() {
        assertThat(ByteRange.of("bytes=0-", 0)).isEqualTo(new ByteRange.Unsatisfiable());
        assertThat(ByteRange.of("bytes=-5", 0)).isEqualTo(new ByteRange.Unsatisfiable());
        assertThat(ByteRange.of(null, 0)).isEqualTo(new ByteRange.Whole());
    }
}
