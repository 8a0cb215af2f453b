package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.taskstore.Partitions.Gap;
import io.pawline.taskstore.Partitions.Length;
import io.pawline.taskstore.Partitions.Partition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "63, 5000, 0",
        "64, 0, 0",
        "64, 50, 10000",
        "2048, 120, 24000",
        "2048, 300, 60000",
        "10240, 3800, 60000"
    })
    void restsLongAfterADropThatEveryWriteMeets(long megabytes, long tookMillis, long restMillis) {
        assertThat(Partitions.restAfter(megabytes << 20, Duration.ofMillis(tookMillis)))
                .isEqualTo(Duration.ofMillis(restMillis));
    }

    /** The lengths change in between, as in an upgrade, and partitions go, as by hand. */
    @Property
    void neitherOverlapsNorLeavesOutAMoment(
            @ForAll @Size(min = 1, max = 6) List<Length> lengths,
            @ForAll @Size(max = 12) List<@IntRange(max = 200) Integer> gone,
            @ForAll @IntRange(max = 24 * 400) int startHour) {
        Instant from = Instant.parse("2026-01-01T00:00:00Z").plus(Duration.ofHours(startHour));
        List<Partition> partitions =
                new ArrayList<>(List.of(new Partition("first", null, from.truncatedTo(ChronoUnit.DAYS), false)));
        Instant to = from;
        for (Length length : lengths) {
            to = to.plus(Duration.ofDays(20));
            for (Gap gap : Partitions.gaps(length, from, to, partitions)) {
                partitions.add(new Partition("", gap.from(), gap.to(), false));
            }
            assertThat(Partitions.gaps(length, from, to, partitions))
                    .as("nothing is left")
                    .isEmpty();
            assertInOneRow(partitions, to);
            gone.stream()
                    .filter(one -> one > 0 && one < partitions.size())
                    .forEach(one -> partitions.remove((int) one));
        }
    }

    private static void assertInOneRow(List<Partition> partitions, Instant to) {
        List<Partition> row =
                partitions.stream().sorted(Comparator.comparing(Partition::to)).toList();
        for (int i = 1; i < row.size(); i++) {
            assertThat(row.get(i).from()).isEqualTo(row.get(i - 1).to());
        }
        assertThat(row.getLast().to()).isAfter(to);
    }
}
