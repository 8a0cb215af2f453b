package io.pawline.stage.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.CommitMetadata;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

class AssignedPartitionTest {

    private static final TopicPartition NAME = new TopicPartition("pawline.detect", 0);

    /** Processes come and go at any moment, with records at work, completed and not committed, and committed. */
    @Property(tries = 600)
    void losesNoRecordAndGivesNoneAgainThatIsCommitted(@ForAll("lives") ActionChain<Life> life) {
        life.run().finish();
    }

    @Provide
    Arbitrary<ActionChain<Life>> lives() {
        return ActionChain.startWith(Life::new)
                .withAction(4, step("write", 30, Life::write))
                .withAction(6, step("receive", 30, Life::receive))
                .withAction(6, step("complete", 1_000, Life::complete))
                .withAction(3, step("commit", 1, (life, _) -> life.commit()))
                .withAction(1, step("commit fails", 1, (life, _) -> life.failToCommit()))
                .withAction(1, step("die and restart", 1, (life, _) -> life.assignAnew()))
                .withAction(1, step("revoke and return", 1, (life, _) -> life.revokeAndReturn()))
                .withAction(2, step("complete what an earlier assignment left", 1_000, Life::completeStale))
                .withMaxTransformations(150);
    }

    @Example
    void aStaleEntryDoesNotSwallowTheFreshRecordOfTheSameOffset() {
        AssignedPartition before = new AssignedPartition(NAME, false, null);
        AssignedPartition after = new AssignedPartition(NAME, false, null);
        WorkItem stale = WorkItem.receive(before, record(7)).orElseThrow();
        WorkItem fresh = WorkItem.receive(after, record(7)).orElseThrow();

        stale.complete();

        assertThat(after.open()).isEqualTo(1);
        assertThat(after.position().offset()).isEqualTo(7);
        fresh.complete();
        assertThat(after.position().offset()).isEqualTo(8);
    }

    @Example
    void aLeavingPartitionBeginsNothingAndSettlesWhenAllHasEnded() {
        AssignedPartition partition = new AssignedPartition(NAME, false, null);
        assertThat(partition.begin()).isTrue();
        assertThat(partition.begin()).isTrue();

        partition.stopAdmitting();

        assertThat(partition.begin()).isFalse();
        assertThat(partition.settled()).isFalse();
        partition.end();
        assertThat(partition.settled()).isFalse();
        partition.end();
        assertThat(partition.settled()).isTrue();
    }

    @Example
    void aFencedPartitionBeginsNothing() {
        AssignedPartition partition = new AssignedPartition(NAME, false, null);

        partition.fence();

        assertThat(partition.begin()).isFalse();
        assertThat(partition.fenced()).isTrue();
        assertThat(partition.settled()).isTrue();
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
        return new ConsumerRecord<>(NAME.topic(), NAME.partition(), offset, new byte[0], new byte[0]);
    }

    private interface Step {
        void take(Life life, int number);
    }

    private static Action.Independent<Life> step(String name, int most, Step step) {
        return () -> Arbitraries.integers()
                .between(1, most)
                .map(number -> Transformer.mutate(name + " " + number, life -> step.take(life, number)));
    }

    /** Models the partition's log, what the broker has, and one process after another. */
    static final class Life {
        private final TreeSet<Long> log = new TreeSet<>();
        /** Holds the records whose outcome is published and committed. */
        private final TreeSet<Long> committed = new TreeSet<>();

        private @Nullable OffsetAndMetadata commit;
        private AssignedPartition partition = new AssignedPartition(NAME, false, null);
        private final List<WorkItem> atWork = new ArrayList<>();
        private final TreeSet<Long> completed = new TreeSet<>();
        private final List<WorkItem> stale = new ArrayList<>();
        private long position;
        private long end;

        /** Writes each record with a gap before it, as markers and compaction leave them. */
        void write(int records) {
            for (int i = 0; i < records; i++) {
                end += 1 + (7 * end + i) % 4;
                log.add(end);
            }
        }

        void receive(int records) {
            Iterator<Long> rest = List.copyOf(log.tailSet(position)).iterator();
            for (int i = 0; i < records && rest.hasNext(); i++) {
                long offset = rest.next();
                var item = WorkItem.receive(partition, record(offset));
                assertThat(item.isPresent()).as("given, at %d", offset).isEqualTo(!committed.contains(offset));
                item.ifPresent(atWork::add);
                position = offset + 1;
            }
        }

        void complete(int which) {
            if (!atWork.isEmpty()) {
                WorkItem item = atWork.remove(which % atWork.size());
                item.complete();
                completed.add(item.data().offset());
            }
        }

        void completeStale(int which) {
            if (!stale.isEmpty()) {
                WorkItem item = stale.remove(which % stale.size());
                item.complete();
            }
        }

        void commit() {
            OffsetAndMetadata now = partition.position();
            committed.addAll(completed);
            completed.clear();
            assertThat(committed)
                    .as("all below the committed offset")
                    .containsAll(log.headSet(Math.min(now.offset(), end + 1)));
            assertThat(now.metadata()).hasSizeLessThan(CommitMetadata.MOST_CHARACTERS);
            commit = now;
        }

        void failToCommit() {
            partition.position();
        }

        void assignAnew() {
            stale.addAll(atWork);
            atWork.clear();
            completed.clear();
            partition = new AssignedPartition(NAME, false, commit);
            position = commit == null ? 0 : commit.offset();
        }

        void revokeAndReturn() {
            complete(0);
            commit();
            assignAnew();
        }

        void finish() {
            receive(Integer.MAX_VALUE);
            while (!atWork.isEmpty()) {
                complete(atWork.size() / 2);
            }
            commit();
            assertThat(committed).isEqualTo(log);
            assertThat(partition.open()).isZero();
            if (!log.isEmpty()) {
                assertThat(partition.position().offset()).isGreaterThan(log.last());
            }
        }
    }
}
