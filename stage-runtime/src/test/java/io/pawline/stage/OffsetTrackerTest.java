package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class OffsetTrackerTest {

    /** The model: every offset in a sorted map, the position read off it naively. */
    @Property
    void commitsTheLowestOpenOffsetInWhateverOrderRecordsComplete(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 5) Integer> gaps, @ForAll long seed) {
        OffsetTracker tracker = new OffsetTracker();
        TreeMap<Long, OffsetTracker.Entry> open = new TreeMap<>();
        long offset = 0;
        for (int gap : gaps) {
            offset += gap;
            open.put(offset, tracker.receive(offset));
        }
        List<Long> order = new ArrayList<>(open.keySet());
        Collections.shuffle(order, new Random(seed));

        for (long completed : order) {
            assertThat(tracker.position()).isEqualTo(open.firstKey());
            assertThat(tracker.open()).isEqualTo(open.size());
            tracker.complete(Objects.requireNonNull(open.remove(completed)));
        }

        assertThat(tracker.position()).isEqualTo(offset + 1);
        assertThat(tracker.open()).isZero();
    }

    @Property
    void receivingAndCompletingMayAlternate(@ForAll @Size(max = 80) List<Boolean> receives, @ForAll long seed) {
        Random random = new Random(seed);
        OffsetTracker tracker = new OffsetTracker();
        TreeMap<Long, OffsetTracker.Entry> open = new TreeMap<>();
        long next = 0;
        for (boolean receive : receives) {
            if (receive || open.isEmpty()) {
                open.put(next, tracker.receive(next));
                next++;
            } else {
                long completed = List.copyOf(open.keySet()).get(random.nextInt(open.size()));
                tracker.complete(Objects.requireNonNull(open.remove(completed)));
            }
            assertThat(tracker.position()).isEqualTo(open.isEmpty() ? next : open.firstKey());
        }
    }

    @Example
    void completingTwiceCountsOnce() {
        OffsetTracker tracker = new OffsetTracker();
        OffsetTracker.Entry first = tracker.receive(7);
        tracker.receive(8);

        tracker.complete(first);
        tracker.complete(first);

        assertThat(tracker.open()).isEqualTo(1);
        assertThat(tracker.position()).isEqualTo(8);
    }

    @Example
    void refusesAnOffsetThatLiesBack() {
        OffsetTracker tracker = new OffsetTracker();
        tracker.receive(7);

        assertThatIllegalStateException().isThrownBy(() -> tracker.receive(7)).withMessageContaining("7");
    }
}
