package io.pawline.stage.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.Fairness;
import io.pawline.stage.Outcome;
import io.pawline.stage.Preparation.Prepared;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.TestingClock;
import io.pawline.stage.provider.TestingStageControls;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PreparerTest {

    private static final int PLACES = 64;

    private final AssignedPartition partition =
            new AssignedPartition(new TopicPartition("pawline.detect", 0), false, null);
    private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(
            Optional.empty(), 4, new TestingStageControls(), new TestingClock(), () -> 0, new Random(1));
    private final List<Preparer.Place> begun = new ArrayList<>();
    /** Holds what has a permit; running it gives the permit back. */
    private final Deque<Runnable> calls = new ArrayDeque<>();

    private final AtomicInteger closed = new AtomicInteger();
    private boolean held;

    private final Preparer preparer =
            new Preparer(limiter, 0.25, Fairness.EVEN, Runnable::run, () -> 0, this::begins, () -> held);
    private final Dispatcher dispatcher = new Dispatcher(
            limiter,
            new FairQueue("test", limiter, 0.25, Fairness.EVEN, () -> 0),
            calls::add,
            () -> 0,
            Optional.of(preparer),
            (item, _) -> item.letGo(),
            () -> held,
            new StageMetrics(new SimpleMeterRegistry(), Stage.DETECT, new TestingClock()));
    private int offset;

    private void begins(Preparer.Place place) {
        place.item().partition().end();
        begun.add(place);
    }

    @Test
    void slowAddressesOfATenantLeavePlacesToOthers() {
        for (int address = 0; address < 1_000; address++) {
            dispatcher.add(items(1, "slow", "host-" + address));
        }
        assertThat(begun).hasSize(PLACES / 2);

        dispatcher.add(items(PLACES / 8, "light", "photos"));

        assertThat(begunOf("light")).isEqualTo(PLACES / 8);
    }

    @Test
    void aSlowHostLeavesPlacesToOtherHostsOfItsTenant() {
        dispatcher.add(items(1_000, "one", "slow"));
        assertThat(begun).hasSize(PLACES / 4);

        dispatcher.add(items(PLACES / 8, "one", "photos"));

        assertThat(begun).hasSize(PLACES / 4 + PLACES / 8);
    }

    @Test
    void aSlowHostOfManyTenantsLeavesPlacesToOtherHosts() {
        for (int tenant = 0; tenant < 50; tenant++) {
            dispatcher.add(items(20, "tenant-" + tenant, "slow"));
        }
        assertThat(begun).hasSize(PLACES / 4);

        dispatcher.add(items(PLACES / 8, "light", "photos"));

        assertThat(begunOf("light")).isEqualTo(PLACES / 8);
    }

    @Test
    void tenantsHaveTheirTurnsOneAfterTheOther() {
        held = true;
        dispatcher.add(items(100, "heavy", "photos"));
        dispatcher.add(items(100, "heavy", "pictures"));
        dispatcher.add(items(5, "light", "photos"));
        held = false;

        dispatcher.add(List.of());

        assertThat(begun.subList(0, 10))
                .filteredOn(place -> tenant(place).equals("light"))
                .hasSize(5);
    }

    @Test
    void preparesFewAheadOfTheirPermits() {
        dispatcher.add(items(1_000, "one", "photos"));
        for (int next = 0; next < begun.size(); next++) {
            prepared(begun.get(next));
        }

        assertThat(calls).as("the permits are in use").hasSize(4);
        assertThat(begun.size()).as("the ready ones, and those at work then").isLessThanOrEqualTo(8 + PLACES / 4);
        assertThat(dispatcher.waiting()).isEqualTo(1_000 - 4);
    }

    @Test
    void beginsNothingWhileItIsHeld() {
        held = true;
        dispatcher.add(items(3, "one", "photos"));
        assertThat(begun).isEmpty();

        held = false;
        dispatcher.add(List.of());

        assertThat(begun).hasSize(3);
    }

    @Test
    void closesWhatWasPreparedOfAFencedPartition() {
        dispatcher.add(items(10, "one", "photos"));
        List.copyOf(begun).subList(0, 9).forEach(this::prepared);
        assertThat(calls).hasSize(4);

        partition.fence();
        dispatcher.dropFenced();
        assertThat(closed).as("what waited for a permit").hasValue(5);
        prepared(begun.get(9));
        assertThat(closed).as("what was prepared when the partition had left").hasValue(6);
        List.copyOf(calls).forEach(Runnable::run);

        assertThat(closed).hasValue(10);
        assertThat(dispatcher.waiting()).isZero();
        assertThat(places()).as("places that were given back").isEqualTo(PLACES / 4);
    }

    @Test
    void closesWhatWasPreparedOfAPartitionOnItsWayOut() {
        dispatcher.add(items(6, "one", "photos"));
        List.copyOf(begun).subList(0, 4).forEach(this::prepared);
        assertThat(calls).hasSize(4);
        partition.stopAdmitting();
        prepared(begun.get(4));
        assertThat(closed).hasValue(0);

        calls.remove().run();

        assertThat(closed)
                .as("the one that has ended, and the one that begins no more")
                .hasValue(2);
    }

    @Test
    void aPlaceIsGivenBackOnce() {
        dispatcher.add(items(1, "one", "photos"));
        Preparer.Place place = begun.getFirst();

        place.release();
        place.release();

        assertThat(places()).isEqualTo(PLACES / 4);
    }

    @Test
    void whatMayWaitNoLongerLeavesUnprepared() {
        held = true;
        List<WorkItem> items = items(3, "one", "photos");
        items.getFirst().data().headers().add(RecordHeaders.DEADLINE, "1000".getBytes(UTF_8));
        dispatcher.add(items);

        assertThat(dispatcher.overdue(Instant.ofEpochMilli(2_000))).containsExactly(items.getFirst());
        assertThat(dispatcher.waiting()).isEqualTo(2);
    }

    /** Counts how many preparations of another tenant's host may begin now. */
    private int places() {
        AssignedPartition other = new AssignedPartition(new TopicPartition("pawline.detect", 1), false, null);
        int before = begun.size();
        dispatcher.add(items(other, 1_000, "another", "host"));
        return begun.size() - before;
    }

    private void prepared(Preparer.Place place) {
        dispatcher.add(List.of(place.prepared(new Prepared() {
            @Override
            public Outcome handle(Attempt attempt) {
                return Outcome.done();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        })));
    }

    private long begunOf(String tenant) {
        return begun.stream().filter(place -> tenant(place).equals(tenant)).count();
    }

    private static String tenant(Preparer.Place place) {
        return new String(
                place.item().data().headers().lastHeader(RecordHeaders.TENANT).value(), UTF_8);
    }

    private List<WorkItem> items(int count, String tenant, String host) {
        return items(partition, count, tenant, host);
    }

    private List<WorkItem> items(AssignedPartition of, int count, String tenant, String host) {
        return IntStream.range(0, count)
                .mapToObj(_ -> {
                    ConsumerRecord<byte[], byte[]> data =
                            new ConsumerRecord<>("pawline.detect", 0, offset++, new byte[0], new byte[0]);
                    data.headers().add(RecordHeaders.TENANT, tenant.getBytes(UTF_8));
                    data.headers().add(RecordHeaders.LANE, host.getBytes(UTF_8));
                    return new WorkItem(of, data);
                })
                .toList();
    }
}
