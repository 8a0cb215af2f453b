package io.pawline.stage.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.Fairness;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.ReceiverLimiters;
import io.pawline.stage.provider.TestingClock;
import io.pawline.stage.provider.TestingStageControls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReceiverQueuesTest {

    private static final long NOW = TimeUnit.HOURS.toNanos(1);
    private static final long SLOW = NOW + TimeUnit.SECONDS.toNanos(3);
    private static final long VERY_SLOW = NOW + TimeUnit.MINUTES.toNanos(2);

    private final AssignedPartition fresh =
            new AssignedPartition(new TopicPartition("pawline.callback", 0), false, null);
    private final AssignedPartition retries =
            new AssignedPartition(new TopicPartition("pawline.callback.retry", 0), true, null);
    private final TestingClock clock = new TestingClock();
    private final ReceiverLimiters receiverLimiters = new ReceiverLimiters(
            new ProviderPolicies(
                    "receiver",
                    true,
                    Optional.of(new BreakerPolicy(65, 4, Duration.ofSeconds(5), Duration.ofSeconds(60))),
                    0,
                    0),
            1_000,
            clock,
            System::nanoTime,
            new Random());
    private ConcurrencyLimiter stageLimiter = new ConcurrencyLimiter(
            Optional.empty(), 100, new TestingStageControls(), clock, System::nanoTime, new Random());
    private ReceiverQueues receiverQueues =
            new ReceiverQueues(stageLimiter, receiverLimiters, 0.25, Fairness.EVEN, () -> NOW);
    private long offset;

    @Test
    void receiversHaveTheirTurnsOneAfterTheOther() {
        add(fresh, "a", 50);
        add(fresh, "b", 2);
        add(fresh, "c", 1);

        assertThat(begin(6)).extracting(ReceiverQueuesTest::receiver).containsExactly("a", "b", "c", "a", "b", "a");
    }

    @Test
    void aReceiverThatHangsLeavesPermitsToEveryOther() {
        stageLimit(24);
        add(fresh, "hangs", 500);

        assertThat(begin(500)).hasSize(12);

        add(fresh, "too", 500);
        assertThat(begin(500))
                .hasSize(6)
                .extracting(ReceiverQueuesTest::receiver)
                .containsOnly("too");
        add(fresh, "good", 1);
        assertThat(begin(1)).extracting(ReceiverQueuesTest::receiver).containsExactly("good");
    }

    @Test
    void aLoneRecordBeginsWhereTheStageMayHaveOnlyOneAtWork() {
        stageLimit(1);
        add(fresh, "a", 1);

        assertThat(begin(1)).hasSize(1);
    }

    @Test
    void whatOneReceiverFailsWithClosesItsQueueAlone() {
        add(fresh, "broken", 10);
        add(fresh, "good", 10);

        for (int i = 0; i < 4; i++) {
            begin(2).forEach(begun -> {
                boolean broken = receiver(begun).equals("broken");
                end(
                        begun,
                        broken
                                ? CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT)
                                : CallReport.succeeded(200, Optional.empty()));
            });
        }

        assertThat(begin(20))
                .extracting(ReceiverQueuesTest::receiver)
                .doesNotContain("broken")
                .hasSizeGreaterThan(1);
        assertThat(receiverLimiters.closed()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(8));
        receiverQueues.timeHasPassed();
        List<ReadyQueue.Begun> probes = begin(20);
        assertThat(probes).extracting(ReceiverQueuesTest::receiver).contains("broken");
        assertThat(probes)
                .filteredOn(begun -> receiver(begun).equals("broken"))
                .allMatch(begun -> begun.permit().probe());
    }

    @Test
    void aReceiversRetryAfterHoldsForItsQueueAlone() {
        add(fresh, "busy", 2);
        add(fresh, "good", 2);
        begin(2).forEach(begun -> {
            boolean busy = receiver(begun).equals("busy");
            end(begun, busy ? busyFor(Duration.ofMinutes(1)) : CallReport.succeeded(200, Optional.empty()));
        });

        assertThat(begin(4)).extracting(ReceiverQueuesTest::receiver).containsExactly("good");
        clock.advance(Duration.ofSeconds(61));
        receiverQueues.timeHasPassed();
        List<ReadyQueue.Begun> begun = new ArrayList<>(begin(4));
        // It goes on at a moment of its own after that
        clock.advance(Duration.ofSeconds(6));
        receiverQueues.timeHasPassed();
        begun.addAll(begin(4));
        assertThat(begun).extracting(ReceiverQueuesTest::receiver).containsExactly("busy");
    }

    @Test
    void givesBackBothPermitsWhenARecordEnds() {
        add(fresh, "a", 1);

        begin(1).forEach(begun -> end(begun, CallReport.succeeded(200, Optional.empty())));

        assertThat(stageLimiter.inFlight()).isZero();
        assertThat(receiverLimiters.of("a").inFlight()).isZero();
    }

    @Test
    void aStalledReceiverKeepsHalfOfTheRoomAndItsOldest() {
        add(fresh, "hangs", 900);
        add(fresh, "good", 10);

        List<ReadyQueue.Overflow> overflow = overflow(SLOW);

        assertThat(receiversOf(overflow)).isEqualTo("hangs");
        assertThat(receiverQueues.size()).isBetween(240, 265);
        assertThat(overflow)
                .extracting(deferred -> deferred.item().data().offset())
                .allMatch(offset -> offset > 200 && offset < 900);
        assertThat(overflow).as("fresh ones come back at once").noneMatch(ReadyQueue.Overflow::forLong);
    }

    @Test
    void severalStalledReceiversLeaveRoomAsWell() {
        for (int i = 0; i < 10; i++) {
            add(fresh, "hangs-" + i, 300);
        }

        overflow(SLOW);

        assertThat(receiverQueues.size()).isLessThan(500);
    }

    @Test
    void aBacklogThatGetsOnIsLeftWhereItIs() {
        add(fresh, "busy", 5_000);

        assertThat(overflow(NOW + TimeUnit.SECONDS.toNanos(1))).isEmpty();
    }

    @Test
    void retriesHaveMoreRoomAndMoreTime() {
        add(retries, "hangs", 2_000);
        add(fresh, "good", 300);

        assertThat(receiversOf(overflow(SLOW))).doesNotContain("hangs");
        List<ReadyQueue.Overflow> overflow = overflow(VERY_SLOW);
        assertThat(receiversOf(overflow)).isEqualTo("hangs");
        assertThat(overflow).as("its turn would not come before").allMatch(ReadyQueue.Overflow::forLong);
        assertThat(receiverQueues.size()).isLessThan(1_250 + 300);
    }

    @Test
    void whatAReceiverComesToInTenMinutesIsBackSooner() {
        add(retries, "slow", 9_000);
        for (int done = 0; done < 1_000; done++) {
            end(begin(1).getFirst(), CallReport.succeeded(200, Optional.empty()));
        }

        // A thousand in two minutes are 5,000 in ten minutes. Behind so many of the 8,000, a record would
        // wait for longer.
        List<ReadyQueue.Overflow> overflow = overflow(VERY_SLOW);

        assertThat(overflow.stream().filter(ReadyQueue.Overflow::forLong)).hasSize(3_000);
        assertThat(overflow.stream().filter(deferred -> !deferred.forLong())).hasSizeGreaterThan(1_000);
    }

    @Test
    void keepsNothingOfAFencedPartition() {
        add(fresh, "a", 20);
        add(fresh, "b", 5);
        add(retries, "b", 3);
        begin(2);

        fresh.fence();
        receiverQueues.dropFenced();

        assertThat(receiverQueues.size()).isEqualTo(3);
        assertThat(begin(10))
                .hasSize(3)
                .extracting(ReceiverQueuesTest::receiver)
                .containsOnly("b");
    }

    private void stageLimit(int limit) {
        stageLimiter = new ConcurrencyLimiter(
                Optional.empty(), limit, new TestingStageControls(), clock, System::nanoTime, new Random());
        receiverQueues = new ReceiverQueues(stageLimiter, receiverLimiters, 0.25, Fairness.EVEN, () -> NOW);
    }

    private void add(AssignedPartition partition, String receiver, int count) {
        for (int i = 0; i < count; i++) {
            ConsumerRecord<byte[], byte[]> data =
                    new ConsumerRecord<>(partition.name().topic(), 0, offset++, new byte[0], new byte[0]);
            data.headers().add(RecordHeaders.LANE, receiver.getBytes(UTF_8));
            receiverQueues.add(new WorkItem(partition, data), NOW);
        }
    }

    private List<ReadyQueue.Begun> begin(int most) {
        List<ReadyQueue.Begun> begun = new ArrayList<>();
        while (begun.size() < most) {
            Permit permit = stageLimiter.tryAcquire().orElseThrow();
            ReadyQueue.Begun next = receiverQueues.next(permit);
            if (next == null) {
                permit.close();
                return begun;
            }
            begun.add(next);
        }
        return begun;
    }

    private void end(ReadyQueue.Begun begun, CallReport report) {
        begun.permit().called(report, 0, 1_000_000);
        begun.permit().close();
        receiverQueues.ended(begun);
    }

    private List<ReadyQueue.Overflow> overflow(long nanos) {
        List<ReadyQueue.Overflow> all = new ArrayList<>();
        // The stage does the same, again and again.
        for (int i = 0; i < 20; i++) {
            all.addAll(receiverQueues.overflow(nanos));
        }
        return all;
    }

    private static CallReport busyFor(Duration time) {
        return new CallReport(
                Optional.of(Reason.OVERLOADED),
                CallPhase.DONE,
                Optional.of(503),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new TestingClock().instant().plus(time)));
    }

    private static String receiversOf(List<ReadyQueue.Overflow> overflow) {
        return overflow.stream()
                .map(deferred -> receiver(deferred.item()))
                .distinct()
                .collect(Collectors.joining(","));
    }

    private static String receiver(ReadyQueue.Begun begun) {
        return receiver(begun.item());
    }

    private static String receiver(WorkItem item) {
        return Routing.receiverQueue(item.data().headers());
    }
}
