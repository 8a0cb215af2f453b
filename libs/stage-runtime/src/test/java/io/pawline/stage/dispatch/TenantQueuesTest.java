package io.pawline.stage.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.stage.Fairness;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.TenantUse;
import io.pawline.stage.provider.TestingClock;
import io.pawline.stage.provider.TestingStageControls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Has a fair queue serve permits in a time that is a number. */
class TenantQueuesTest {

    private final AssignedPartition fresh = new AssignedPartition(new TopicPartition("pawline.detect", 0), false, null);
    private final AssignedPartition retries =
            new AssignedPartition(new TopicPartition("pawline.detect.retry", 0), true, null);
    private long offset;

    @Property(tries = 200)
    void noTenantLagsByMoreThanATaskOfEach(
            @ForAll @Size(min = 2, max = 8) List<@DoubleRange(min = 0.5, max = 8) Double> weights,
            @ForAll @Size(min = 8, max = 8) List<@DoubleRange(min = 0.01, max = 30) Double> costs,
            @ForAll long seed) {
        Random random = new Random(seed);
        Permits permits = new Permits(1, tenant -> weights.get(Integer.parseInt(tenant)));
        for (int tenant = 0; tenant < weights.size(); tenant++) {
            double most = costs.get(tenant);
            permits.add(400, Integer.toString(tenant), () -> most * (0.2 + 0.8 * random.nextDouble()));
        }

        for (int turn = 0; turn < 300; turn++) {
            permits.step();
            for (int one = 0; one < weights.size(); one++) {
                for (int other = 0; other < weights.size(); other++) {
                    double bound = costs.get(one) / weights.get(one) + costs.get(other) / weights.get(other);
                    double lag = permits.hadByWeight(other) - permits.hadByWeight(one);
                    assertThat(lag).isLessThanOrEqualTo(bound + 1e-6);
                }
            }
        }
    }

    @Property(tries = 100)
    void permitsAreNeverFreeWhileSomethingWaits(
            @ForAll @IntRange(min = 1, max = 20) int limit,
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = 5) Integer> tenants,
            @ForAll long seed) {
        Random random = new Random(seed);
        Permits permits = new Permits(limit, _ -> 1);
        for (int tenant : tenants) {
            permits.add(1 + random.nextInt(5), Integer.toString(tenant), () -> random.nextDouble(3));
            for (int step = random.nextInt(4); step > 0; step--) {
                permits.step();
                assertThat(permits.inUse() == limit || permits.queue.isEmpty()).isTrue();
            }
        }
        while (permits.step()) {
            assertThat(permits.inUse() == limit || permits.queue.isEmpty()).isTrue();
        }
        assertThat(permits.queue.idle()).isTrue();
    }

    @Property(tries = 100)
    void theRecordsOfATenantKeepTheirOrder(@ForAll @Size(min = 1, max = 200) List<@IntRange(max = 4) Integer> tenants) {
        Permits permits = new Permits(3, _ -> 1);
        Random random = new Random(1);
        tenants.forEach(tenant -> permits.add(1, Integer.toString(tenant), () -> random.nextDouble(2)));
        while (permits.step()) {
            // until all have had their turn
        }
        Map<String, Long> last = new HashMap<>();
        permits.begun.forEach(record -> assertThat(record.item().data().offset())
                .isGreaterThan(last.getOrDefault(record.tenant(), -1L))
                .satisfies(at -> last.put(record.tenant(), at)));
        assertThat(permits.begun).hasSameSizeAs(tenants);
    }

    @Example
    void saysWhatTheTenantsWithTheMostTasksHaveAndWant() {
        Permits permits = new Permits(3, tenant -> tenant.equals("double") ? 2 : 1);
        permits.add(10, "many", () -> 1);
        permits.add(5, "double", () -> 1);
        permits.add(1, "few", () -> 1);

        List<TenantUse> uses = permits.queue.tenants(2);

        assertThat(uses).extracting(TenantUse::tenant).containsExactly("many", "double");
        assertThat(uses).extracting(TenantUse::share).containsExactly(0.25, 0.5);
        assertThat(uses)
                .allSatisfy(use -> assertThat(use.atWork() + use.waiting())
                        .isEqualTo(use.tenant().equals("many") ? 10 : 5));
        assertThat(uses.stream().mapToInt(TenantUse::atWork).sum()).isBetween(2, 3);
        while (permits.step()) {
            // until all have had their turn
        }
        assertThat(permits.queue.tenants(2)).isEmpty();
    }

    @Example
    void aLightTenantWaitsHardlyLongerThanAlone() {
        Random random = new Random(7);
        Permits both = new Permits(16, _ -> 1);
        both.add(20_000, "heavy", () -> 1 + random.nextDouble(2));
        double[] alone = new double[200];
        for (int i = 0; i < alone.length; i++) {
            both.until(5.0 * i);
            alone[i] = 1 + random.nextDouble(2);
            double cost = alone[i];
            both.add(1, "light", () -> cost);
        }
        while (both.step()) {
            // until all have had their turn
        }

        List<Double> times = both.timesOf("light");
        assertThat(percentile(times, 0.95))
                .isLessThan(2 * percentile(Arrays.stream(alone).boxed().toList(), 0.95));
        assertThat(both.now).as("the time that all of it takes").isLessThan(1.01 * both.work / 16);
    }

    @Example
    void aTenantWithSlowCallsHoldsNoMoreThanItsShare() {
        Permits permits = new Permits(16, _ -> 1);
        permits.add(5_000, "slow", () -> 60.0);
        permits.add(50_000, "quick", () -> 1.0);

        permits.until(1_200);

        assertThat(permits.had("quick")).isGreaterThan(0.45 * 16 * 1_200);
    }

    @Example
    void callsThatHangAreChargedWhileTheyLast() {
        Permits permits = new Permits(16, _ -> 1);
        permits.add(50_000, "quick", () -> 1.0);
        permits.add(1_000, "hanging", () -> 3_600.0);

        permits.until(600);

        assertThat(permits.had("quick"))
                .as("nobody has to wait for the end of a call that hangs")
                .isGreaterThan(2_000);
    }

    @Example
    void aTenantThatWasAwaySavesNothingUp() {
        Permits permits = new Permits(1, _ -> 1);
        permits.add(1_000, "busy", () -> 1.0);
        permits.until(500);
        permits.add(1_000, "new", () -> 1.0);
        int before = permits.begun.size();
        permits.until(600);

        long busy = permits.begun.stream()
                .skip(before)
                .filter(record -> record.tenant().equals("busy"))
                .count();
        assertThat(busy).isBetween(48L, 52L);
    }

    @Example
    void aNewWeightHoldsAtOnce() {
        Map<String, Double> weights = new HashMap<>(Map.of("small", 0.001, "other", 1.0));
        Permits permits = new Permits(4, tenant -> weights.getOrDefault(tenant, 1.0));
        permits.add(10_000, "small", () -> 1.0);
        permits.add(10_000, "other", () -> 1.0);
        permits.until(100);
        double before = permits.had("small");
        assertThat(before).isLessThan(8);

        weights.put("small", 1.0);
        permits.until(200);

        assertThat(permits.had("small") - before).isBetween(190.0, 210.0);
    }

    @Example
    void comingAndGoingGetsNobodyMore() {
        Permits permits = new Permits(1, _ -> 1);
        permits.add(10_000, "steady", () -> 1.0);
        int sent = 0;
        for (int second = 0; second < 1_000; second++) {
            permits.until(second);
            if (permits.timesOf("coming").size() == sent) {
                permits.add(1, "coming", () -> 5.0);
                sent++;
            }
        }
        assertThat(permits.had("coming")).isLessThan(0.55 * permits.now);
    }

    @Example
    void retriesOfATenantCountForItsShareAndKeepTheirs() {
        Permits permits = new Permits(1, _ -> 1);
        permits.add(1_000, "failing", () -> 1.0);
        permits.add(1_000, "failing", () -> 1.0, retries, false);
        permits.add(1_000, "sound", () -> 1.0);

        permits.until(400);

        assertThat(permits.had("sound")).isBetween(198.0, 202.0);
        assertThat(permits.begun.stream()
                        .filter(record -> record.item().isRetry())
                        .count())
                .isBetween(95L, 105L);
    }

    @Example
    void bulkRecordsThatHaveWaitedForLongCountAsInteractive() {
        Permits permits = new Permits(1, _ -> 1);
        permits.add(1_000, "one", () -> 1.0, fresh, true);
        permits.add(1_000, "one", () -> 1.0);
        permits.until(100);
        long bulk = permits.bulkBegun();
        assertThat(bulk).isBetween(8L, 12L);

        permits.until(500);
        bulk = permits.bulkBegun();
        permits.until(550);
        assertThat(permits.bulkBegun() - bulk).as("they are the oldest").isEqualTo(50);
    }

    @Example
    void manyTenantsCostLittle() {
        Permits permits = new Permits(8, _ -> 1);
        for (int tenant = 0; tenant < 50_000; tenant++) {
            permits.add(2, "tenant-" + tenant, () -> 1.0);
        }
        while (permits.step()) {
            // a look at each tenant for each turn would take minutes
        }
        assertThat(permits.begun).hasSize(100_000);
    }

    @Example
    void nothingIsKeptOfTenantsThatAreDone() {
        Permits permits = new Permits(2, _ -> 1);
        permits.add(5, "one", () -> 1.0);
        permits.add(5, "two", () -> 9.0);
        while (permits.step()) {
            // until all have had their turn
        }
        assertThat(permits.queue.tenants()).isZero();
    }

    private static double percentile(List<Double> values, double part) {
        return values.stream().sorted().toList().get((int) (part * (values.size() - 1)));
    }

    private interface Cost {
        double seconds();
    }

    private record Begun(WorkItem item, String tenant, double at) {}

    /** Holds so many permits in a time of its own. */
    private final class Permits {

        static final Duration BULK_AGES_AFTER = Duration.ofSeconds(500);

        private record Running(WorkItem item, String tenant, double began, double ends) {}

        private final int limit;
        private final ToDoubleFunction<String> weights;
        private final PriorityQueue<Running> running = new PriorityQueue<>(Comparator.comparingDouble(Running::ends));
        private final Map<WorkItem, Double> costs = new HashMap<>();
        private final Map<WorkItem, Double> came = new HashMap<>();
        private final Map<String, Double> had = new HashMap<>();
        private final Map<String, List<Double>> times = new HashMap<>();
        private final List<Begun> begun = new ArrayList<>();
        private final FairQueue queue;
        private double now;
        private double work;

        Permits(int limit, ToDoubleFunction<String> weights) {
            this.limit = limit;
            this.weights = weights;
            ConcurrencyLimiter limiter = new ConcurrencyLimiter(
                    Optional.empty(),
                    limit,
                    new TestingStageControls(),
                    new TestingClock(),
                    this::nanos,
                    new Random(1));
            this.queue = new FairQueue("test", limiter, 0.25, new Fairness(weights, BULK_AGES_AFTER), this::nanos);
        }

        private long nanos() {
            return Math.round(now * 1e9);
        }

        void add(int count, String tenant, Cost cost) {
            add(count, tenant, cost, fresh, false);
        }

        void add(int count, String tenant, Cost cost, AssignedPartition partition, boolean bulk) {
            for (int i = 0; i < count; i++) {
                ConsumerRecord<byte[], byte[]> data =
                        new ConsumerRecord<>(partition.name().topic(), 0, offset++, new byte[0], new byte[0]);
                data.headers().add(RecordHeaders.TENANT, tenant.getBytes(UTF_8));
                if (bulk) {
                    data.headers().add(RecordHeaders.PRIORITY, Routing.BULK.getBytes(UTF_8));
                }
                WorkItem item = new WorkItem(partition, data);
                double seconds = cost.seconds();
                work += seconds;
                costs.put(item, seconds);
                came.put(item, now);
                queue.add(item, nanos());
            }
            begin();
        }

        private void begin() {
            queue.timeHasPassed();
            while (running.size() < limit) {
                FairQueue.Waiting next = queue.take();
                if (next == null) {
                    return;
                }
                WorkItem item = next.item();
                String tenant = Routing.tenant(item.data().headers());
                begun.add(new Begun(item, tenant, now));
                running.add(new Running(item, tenant, now, now + costs.getOrDefault(item, 0.0)));
            }
        }

        /** Ends the next record; false if there is none. */
        boolean step() {
            Running next = running.poll();
            if (next == null) {
                return false;
            }
            now = next.ends();
            had.merge(next.tenant(), next.ends() - next.began(), Double::sum);
            times.computeIfAbsent(next.tenant(), _ -> new ArrayList<>()).add(now - came.getOrDefault(next.item(), now));
            queue.ended(next.item());
            begin();
            return true;
        }

        /** Goes on until this moment, second by second, as the poll thread does. */
        void until(double moment) {
            while (now < moment) {
                Running next = running.peek();
                double second = Math.min(moment, now + 1);
                if (next != null && next.ends() <= second) {
                    step();
                } else {
                    now = second;
                    begin();
                }
            }
        }

        int inUse() {
            return running.size();
        }

        double had(String tenant) {
            return had.getOrDefault(tenant, 0.0);
        }

        double hadByWeight(int tenant) {
            String name = Integer.toString(tenant);
            return had(name) / weights.applyAsDouble(name);
        }

        long bulkBegun() {
            return begun.stream()
                    .filter(record -> Routing.isBulk(record.item().data().headers()))
                    .count();
        }

        List<Double> timesOf(String tenant) {
            return times.getOrDefault(tenant, List.of());
        }
    }
}
