package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.live.ConsumerLag.Lag;
import io.pawline.schemas.CommitMetadata;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class ConsumerLagTest {

    @Test
    void whatIsCompletedAboveTheCommittedOffsetIsLagButNotNet() {
        OffsetAndMetadata committed = committed(10, 25, List.of(10L, 17L));

        assertThat(ConsumerLag.lag(true, true, 30, committed))
                .as("from 10 on, of which 2 below 25 and the 5 from there on are not completed")
                .isEqualTo(new Lag(20, 7, 0));
    }

    @Test
    void theMarkerOfTheLastTransactionIsNoWork() {
        assertThat(ConsumerLag.lag(true, true, 11, new OffsetAndMetadata(10))).isEqualTo(new Lag(0, 0, 0));
        assertThat(ConsumerLag.lag(true, true, 26, committed(10, 25, List.of(10L))))
                .isEqualTo(new Lag(15, 1, 0));
        assertThat(ConsumerLag.lag(true, false, 11, new OffsetAndMetadata(10)))
                .as("where there are no transactions it is a record")
                .isEqualTo(new Lag(1, 1, 0));
    }

    @Test
    void ofRetriesOnlyWhatIsNotCompletedCounts() {
        assertThat(ConsumerLag.lag(false, true, 30, committed(10, 25, List.of(10L, 17L))))
                .isEqualTo(new Lag(0, 0, 7));
    }

    @Test
    void whereNothingIsCommittedEverythingIsLeft() {
        assertThat(ConsumerLag.lag(true, true, 30, null)).isEqualTo(new Lag(30, 30, 0));
        assertThat(ConsumerLag.lag(true, true, 0, null)).isEqualTo(new Lag(0, 0, 0));
    }

    @Test
    void whatAnotherProgramWroteIsIgnored() {
        assertThat(ConsumerLag.lag(true, true, 30, new OffsetAndMetadata(10, "somebody else's")))
                .isEqualTo(new Lag(20, 20, 0));
    }

    private static OffsetAndMetadata committed(long base, long end, Collection<Long> open) {
        return new OffsetAndMetadata(base, new CommitMetadata(end, new TreeSet<>(open)).encode(base));
    }
}
