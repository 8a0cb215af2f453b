package io.pawline.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TaskIdTest {

    private static final Instant TIME = Instant.parse("2026-11-23T10:15:20.412Z");

    @Test
    void isAUuidOfVersion7WithItsTime() {
        TaskId id = TaskId.next();

        assertThat(id.value().version()).isEqualTo(7);
        assertThat(id.value().variant()).isEqualTo(2);
        assertThat(TaskId.at(TIME, -1)).hasToString("01a207e7-2c5c-7000-bfff-ffffffffffff");
    }

    @Test
    void sortsByTheTimeItWasMadeAlsoWithinAMillisecond() {
        Stream<Instant> times =
                Stream.iterate(TIME, time -> time.plusNanos(250)).limit(8_001);

        assertThat(times.map(time -> TaskId.at(time, time.hashCode() * 0x9E3779B97F4A7C15L)))
                .isSorted();
    }

    /** Half of its random bits are enough to distinguish it from all others. */
    @Test
    void isNotGuessedFromTheOneBefore() {
        Set<Long> random = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            random.add(TaskId.next().value().getLeastSignificantBits() >>> 31);
        }
        assertThat(random).hasSizeGreaterThan(990);
    }

    @Test
    void aSpanOfTimeIsARangeOfIds() {
        TaskId before = TaskId.at(TIME.minusMillis(1));
        TaskId at = TaskId.at(TIME);

        assertThat(at.time()).isEqualTo(TIME);
        assertThat(TaskId.bound(TIME).toString()).isBetween(before.toString(), at.toString());
        assertThat(TaskId.bound(TIME.minusNanos(1))).isEqualTo(TaskId.bound(TIME));
        assertThat(TaskId.bound(TIME.plusNanos(1)).toString())
                .as("an id has the milliseconds of its time only")
                .isGreaterThan(at.toString());
        assertThat(TaskId.bound(Instant.MIN)).hasToString("00000000-0000-0000-0000-000000000000");
        assertThat(TaskId.bound(Instant.MAX)).hasToString("ffffffff-ffff-ffff-ffff-ffffffffffff");
        assertThat(TaskId.bound(Instant.MIN)).isLessThan(before);
        assertThat(TaskId.bound(Instant.MAX)).isGreaterThan(at);
    }

    @Test
    void readsWhatItWrites() {
        TaskId id = TaskId.next();

        assertThat(TaskId.parse(id.toString())).isEqualTo(id);
    }
}
