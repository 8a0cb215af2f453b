package io.pawline.stage.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pawline.schemas.CommitMetadata;
import io.pawline.stage.KafkaClients;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

class OffsetTrackerTest {

    /** The model has all offsets of the log and those completed, as sets. The position is read off them naively. */
    @Property
    void commitsTheLowestOpenOffsetInWhateverOrderRecordsComplete(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 5) Integer> gaps, @ForAll long seed) {
        OffsetTracker tracker = new OffsetTracker(null);
        List<Long> log = log(gaps);
        log.forEach(tracker::receive);
        TreeSet<Long> open = new TreeSet<>(log);
        List<Long> order = new ArrayList<>(log);
        Collections.shuffle(order, new Random(seed));

        for (long completed : order) {
            assertThat(tracker.position().offset()).isEqualTo(open.first());
            assertThat(tracker.open()).isEqualTo(open.size());
            tracker.complete(completed);
            open.remove(completed);
        }

        assertThat(tracker.position()).isEqualTo(new OffsetAndMetadata(log.getLast() + 1));
        assertThat(tracker.open()).isZero();
    }

    /** A process dies at any moment, again and again: nothing completed is worked on again, nothing open is lost. */
    @Property
    void aNewAssignmentTakesUpExactlyWhatTheCommitLeftOpen(
            @ForAll @Size(min = 1, max = 80) List<@IntRange(min = 1, max = 4) Integer> gaps, @ForAll long seed) {
        Random random = new Random(seed);
        List<Long> log = log(gaps);
        TreeSet<Long> completed = new TreeSet<>();
        OffsetAndMetadata committed = null;
        while (completed.size() < log.size()) {
            OffsetTracker tracker = new OffsetTracker(committed);
            long from = committed == null ? 0 : committed.offset();
            List<Long> given = new ArrayList<>();
            // It may die before it has read everything again.
            int read = random.nextInt(log.size() + 1);
            log.stream().filter(offset -> offset >= from).limit(read).forEach(offset -> {
                assertThat(tracker.receive(offset)).isEqualTo(!completed.contains(offset));
                if (!completed.contains(offset)) {
                    given.add(offset);
                }
            });
            assertThat(completed)
                    .containsAll(log.stream().filter(offset -> offset < from).toList());
            Collections.shuffle(given, random);
            given.stream().limit(random.nextInt(given.size() + 1)).forEach(offset -> {
                tracker.complete(offset);
                completed.add(offset);
            });
            committed = tracker.position();
        }
        assertThat(new OffsetTracker(committed).position().offset()).isGreaterThan(log.getLast());
    }

    @Property(tries = 30)
    void whateverCompletesTheMetadataFitAsLongAsItSaidThereIsRoom(
            @ForAll @IntRange(min = 1, max = 300) int widestGap, @ForAll long seed) {
        Random random = new Random(seed);
        OffsetTracker tracker = new OffsetTracker(null);
        List<Long> open = new ArrayList<>();
        long offset = 0;
        for (int round = 0; round < 6; round++) {
            while (tracker.hasRoom() && open.size() < 12_000) {
                for (int record = 0; record < KafkaClients.MAX_POLL_RECORDS; record++) {
                    offset += 1 + random.nextInt(widestGap);
                    tracker.receive(offset);
                    open.add(offset);
                }
            }
            Collections.shuffle(open, random);
            for (int i = open.size() / 2; i > 0; i--) {
                tracker.complete(open.removeLast());
            }
            assertThat(tracker.position().metadata()).hasSizeLessThan(CommitMetadata.MOST_CHARACTERS);
        }
    }

    @Example
    void aRecordStuckForHoursCostsAFewCharacters() {
        OffsetTracker tracker = new OffsetTracker(null);
        for (long offset = 0; offset < 1_000_000; offset++) {
            tracker.receive(offset);
            if (offset != 17) {
                tracker.complete(offset);
            }
        }

        assertThat(tracker.hasRoom()).isTrue();
        assertThat(tracker.position().offset()).isEqualTo(17);
        assertThat(tracker.position().metadata()).hasSizeLessThan(40);
    }

    @Example
    void ignoresMetadataThatAreForeignCorruptOrOfAnotherOffset() {
        OffsetTracker tracker = new OffsetTracker(null);
        List.of(5L, 6L, 7L).forEach(tracker::receive);
        tracker.complete(7);
        String own = tracker.position().metadata();

        assertThat(new OffsetTracker(new OffsetAndMetadata(5, own)).receive(7)).isFalse();
        assertThat(new OffsetTracker(new OffsetAndMetadata(4, own)).receive(7)).isTrue();
        for (String other :
                List.of("", "by hand", "AAAA", own.substring(0, own.length() - 2), "B" + own.substring(1))) {
            assertThat(new OffsetTracker(new OffsetAndMetadata(5, other)).receive(7))
                    .as(other)
                    .isTrue();
        }
    }

    @Example
    void completingTwiceCountsOnce() {
        OffsetTracker tracker = new OffsetTracker(null);
        tracker.receive(7);
        tracker.receive(8);

        tracker.complete(7);
        tracker.complete(7);

        assertThat(tracker.open()).isEqualTo(1);
        assertThat(tracker.position()).isEqualTo(new OffsetAndMetadata(8));
    }

    @Example
    void refusesAnOffsetThatLiesBack() {
        OffsetTracker tracker = new OffsetTracker(null);
        tracker.receive(7);

        assertThatIllegalStateException().isThrownBy(() -> tracker.receive(7)).withMessageContaining("7");
    }

    @Example
    void beginsAnewWhereTheLogBeginsAnew() {
        OffsetTracker old = new OffsetTracker(new OffsetAndMetadata(5_000));
        for (long offset = 5_000; offset < 5_100; offset++) {
            old.receive(offset);
        }
        old.complete(5_099);

        OffsetTracker tracker = new OffsetTracker(old.position());

        assertThat(tracker.receive(0)).isTrue();
        assertThat(tracker.receive(1)).isTrue();
        assertThat(tracker.position()).isEqualTo(new OffsetAndMetadata(0));
        tracker.complete(0);
        assertThat(tracker.position()).isEqualTo(new OffsetAndMetadata(1));
        for (long offset = 2; offset < 5_200; offset++) {
            assertThat(tracker.receive(offset)).isTrue();
        }
    }

    @Example
    void readsAgainWhatAnOperatorResetTheGroupTo() {
        OffsetTracker tracker = new OffsetTracker(new OffsetAndMetadata(100, ""));

        assertThat(tracker.receive(100)).isTrue();
        assertThat(tracker.position()).isEqualTo(new OffsetAndMetadata(100));
    }

    @Example
    void aRecordOpenedAgainIsNotCommitted() {
        OffsetTracker tracker = new OffsetTracker(null);
        tracker.receive(0);
        tracker.receive(1);
        tracker.complete(0);
        tracker.complete(1);

        tracker.reopen(0);

        assertThat(tracker.position().offset()).isZero();
        OffsetTracker next = new OffsetTracker(tracker.position());
        assertThat(next.receive(0)).isTrue();
        assertThat(next.receive(1)).isFalse();
    }

    /** However the records lie and complete, each poll is only made when there was room. */
    @Property(tries = 60)
    void aPollThatWasLetInNeverMakesTheMetadataTooLong(
            @ForAll @IntRange(min = 1, max = 16_000) int widestGap,
            @ForAll @IntRange(min = 1, max = 90) int percentCompleted,
            @ForAll long seed) {
        Random random = new Random(seed);
        OffsetTracker tracker = new OffsetTracker(null);
        List<Long> open = new ArrayList<>();
        long offset = 0;
        for (int poll = 0; poll < 60 && tracker.hasRoom(); poll++) {
            for (int record = 0; record < KafkaClients.MAX_POLL_RECORDS; record++) {
                offset += 1 + random.nextInt(widestGap);
                tracker.receive(offset);
                open.add(offset);
            }
            Collections.shuffle(open, random);
            for (int i = KafkaClients.MAX_POLL_RECORDS * percentCompleted / 100; i > 0; i--) {
                tracker.complete(open.removeLast());
            }
            assertThat(tracker.position().metadata()).hasSizeLessThan(CommitMetadata.MOST_CHARACTERS);
        }
    }

    /** A stage reads whatever it may for ten minutes, in steps of 100 ms. */
    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    void aRecordStuckForTenMinutesLosesNothingAndAllGoesOnAfterwards(@ForAll long seed) {
        Random random = new Random(seed);
        TreeSet<Long> open = new TreeSet<>();
        OffsetTracker tracker = new OffsetTracker(null);
        tracker.receive(0);
        long offset = 0;
        int received = 0;
        int heldBack = 0;
        for (int step = 0; step < 6_000; step++) {
            if (!tracker.hasRoom()) {
                heldBack++;
            } else if (open.size() < 10_000) {
                int most = random.nextInt(KafkaClients.MAX_POLL_RECORDS + 1);
                for (int record = 0; record < most; record++) {
                    offset += 1 + random.nextInt(5);
                    tracker.receive(offset);
                    open.add(offset);
                    received++;
                }
            }
            List<Long> atWork = new ArrayList<>(open);
            for (int i = Math.min(atWork.size(), random.nextInt(60)); i > 0; i--) {
                long completed = atWork.get(random.nextInt(atWork.size()));
                tracker.complete(completed);
                open.remove(completed);
            }
            if (step % 10 == 9) {
                OffsetAndMetadata position = tracker.position();
                assertThat(position.offset()).isZero();
                assertThat(position.metadata()).hasSizeLessThan(CommitMetadata.MOST_CHARACTERS);
                CommitMetadata decoded =
                        CommitMetadata.decode(position.metadata(), 0).orElseThrow();
                assertThat(decoded.open().tailSet(1L)).isEqualTo(open.headSet(decoded.end()));
            }
        }
        assertThat(received).isGreaterThan(30_000);
        assertThat(heldBack).isPositive();

        tracker.complete(0);
        open.forEach(tracker::complete);

        assertThat(tracker.hasRoom()).isTrue();
        assertThat(tracker.position()).isEqualTo(new OffsetAndMetadata(offset + 1));
    }

    private static List<Long> log(List<Integer> gaps) {
        List<Long> log = new ArrayList<>();
        long offset = 0;
        for (int gap : gaps) {
            offset += gap;
            log.add(offset);
        }
        return log;
    }
}
