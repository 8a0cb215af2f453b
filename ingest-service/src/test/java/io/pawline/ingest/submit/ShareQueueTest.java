package io.pawline.ingest.submit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Tests the queue in virtual time, with crowds of clients that come back and that do not. */
class ShareQueueTest {

    private static final long MEMORY = 100_000_000;
    private static final long OF_TENANT = MEMORY / 2;
    private static final long LARGEST = 20_000_000;
    private static final double WAIT = 5;
    private static final double WAIT_IN_TIME = 20;

    /** However long each takes, and whoever comes meanwhile. */
    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void everybodyWhoComesBackGetsIn(
            @ForAll long seed,
            @ForAll @IntRange(min = 20, max = 300) int crowd,
            @ForAll @DoubleRange(min = 0.3, max = 3) double seconds,
            @ForAll @DoubleRange(min = 0, max = 1.1) double load,
            @ForAll @DoubleRange(min = 0, max = 0.5) double lost,
            @ForAll boolean alike) {
        Simulation simulation = crowded(seed, crowd, seconds, load, lost, alike);
        for (int at = 0; at < 60; at += 5) {
            simulation.client("quiet", LARGEST, at);
        }

        simulation.run();

        assertThat(simulation.clients).filteredOn(client -> client.comesBack).allSatisfy(client -> {
            assertThat(client.served).isTrue();
            assertThat(client.requests).isLessThanOrEqualTo(5);
        });
        assertThat(simulation.clients)
                .as("another tenant")
                .filteredOn(client -> client.tenant.equals("quiet"))
                .allSatisfy(client -> {
                    assertThat(client.served).isTrue();
                    assertThat(client.requests).isOne();
                });
        assertThat(simulation.queue.held()).isZero();
        assertThat(simulation.queue.waiting()).isZero();
    }

    /** A time is an estimate, so it is wrong now and then. */
    @Test
    void hardlyAnyoneWhoIsInTimeIsRefusedAgain() {
        int came = 0;
        int refused = 0;
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Simulation simulation = crowded(
                    seed,
                    random.nextInt(100, 300),
                    random.nextDouble(0.3, 3),
                    random.nextDouble(0, 1.1),
                    random.nextDouble(0, 0.5),
                    random.nextBoolean());
            simulation.run();
            came += simulation.cameInTime;
            refused += simulation.refusedInTime;
        }

        assertThat(came).isGreaterThan(5_000);
        assertThat(refused).isLessThan(came / 50);
    }

    /**
     * A crowd that comes at once, and others that come later.
     *
     * @param load of the others, by what the tenant's memory can do
     * @param alike whether all of the crowd have the same size, so that nobody can tell who comes back
     */
    private static Simulation crowded(long seed, int crowd, double seconds, double load, double lost, boolean alike) {
        Simulation simulation = new Simulation(seed, seconds, lost);
        for (int i = 0; i < crowd; i++) {
            simulation.client("crowded", alike ? 10_000_000 : simulation.anySize(), simulation.random.nextDouble());
        }
        double perSecond = load * OF_TENANT / (LARGEST * 0.625) / (seconds * 1.1);
        for (double at = 1; perSecond > 0 && at < 60; at += simulation.exponential(perSecond)) {
            simulation.client("crowded", simulation.anySize(), at);
        }
        return simulation;
    }

    @Test
    void knowsWhoIsBackInTime() {
        long[] now = {0};
        ShareQueue queue = new ShareQueue(100, 50, Duration.ofSeconds(60), () -> now[0]);
        queue.join("a", 50, () -> {});
        Duration told = queue.refuse(queue.join("a", 30, () -> {}));
        now[0] += told.toNanos() - 1;
        ShareQueue.Place early = queue.join("a", 30, () -> {});
        assertThat(early.isInTime()).isFalse();
        Duration rest = queue.refuse(early);
        now[0] += rest.toNanos();
        assertThat(queue.join("b", 30, () -> {}).isInTime()).isFalse();
        assertThat(queue.join("a", 29, () -> {}).isInTime()).isFalse();
        assertThat(queue.join("a", 30, () -> {}).isInTime()).isTrue();
        assertThat(queue.join("a", 30, () -> {}).isInTime()).isFalse();
    }

    @Test
    void givesWhatOneWaitedForToTheNextWhenItLeaves() {
        ShareQueue queue = new ShareQueue(100, 100, Duration.ofSeconds(60), () -> 0);
        queue.join("a", 60, () -> {});
        ShareQueue.Place large = queue.join("b", 50, () -> {});
        List<String> granted = new ArrayList<>();
        queue.join("c", 40, () -> granted.add("c"));
        assertThat(granted).as("the large one is before it").isEmpty();

        queue.leave(large);

        assertThat(granted).containsExactly("c");
        assertThat(queue.held()).isEqualTo(100);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void countsWhatIsHeldBeyondTheBoundAndGivesNothingMeanwhile() {
        ShareQueue queue = new ShareQueue(100, 50, Duration.ofSeconds(60), () -> 0);
        ShareQueue.Place first = queue.join("a", 50, () -> {});
        ShareQueue.Place beyond = queue.hold("b", 70);
        ShareQueue.Place own = queue.join("b", 10, () -> {});
        ShareQueue.Place other = queue.join("c", 10, () -> {});
        assertThat(queue.held()).isEqualTo(120);

        queue.giveBack(first, true);

        assertThat(own.isGranted()).as("its tenant holds more than its part").isFalse();
        assertThat(other.isGranted()).isTrue();
        queue.giveBack(beyond, true);
        assertThat(own.isGranted()).isTrue();
        assertThat(queue.held()).isEqualTo(20);
    }

    @Test
    void forgetsIdleTenantsAndPlacesOfThoseWhoDoNotComeBack() {
        long[] now = {0};
        ShareQueue queue = new ShareQueue(100, 50, Duration.ofSeconds(60), () -> now[0]);
        ShareQueue.Place held = queue.join("a", 50, () -> {});
        queue.giveBack(queue.join("b", 10, () -> {}), true);
        assertThat(queue.tenants()).as("one holds something").isEqualTo(1);
        ShareQueue.Place waiting = queue.join("a", 30, () -> {});
        Duration told = queue.refuse(waiting);
        queue.giveBack(held, true);
        assertThat(queue.tenants()).as("one is expected").isEqualTo(1);

        // Half as long again, and 10 s at least
        now[0] += told.plusSeconds(10).toNanos();
        queue.giveBack(queue.join("b", 10, () -> {}), true);
        assertThat(queue.tenants()).as("not later yet").isEqualTo(1);
        now[0]++;
        queue.giveBack(queue.join("b", 10, () -> {}), true);

        assertThat(queue.tenants()).isZero();
    }

    @Test
    void keepsNoMorePlacesThanFitTheHeap() {
        long[] now = {0};
        ShareQueue queue = new ShareQueue(100_000, 50_000, Duration.ofSeconds(60), () -> now[0]);
        queue.join("a", 50_000, () -> {});
        Duration longest = Duration.ZERO;
        for (int bytes = 1; bytes <= 10_001; bytes++) {
            Duration told = queue.refuse(queue.join("a", bytes, () -> {}));
            longest = told.compareTo(longest) > 0 ? told : longest;
        }
        now[0] += longest.toNanos();

        assertThat(queue.join("a", 10_000, () -> {}).isInTime()).isTrue();
        assertThat(queue.join("a", 10_001, () -> {}).isInTime()).isFalse();
    }

    /** What is given back while nobody waits says nothing: nobody knows how long another would have waited for it. */
    @Test
    void measuresThePaceOnlyWhileSomebodyWaits() {
        long[] now = {0};
        ShareQueue queue = new ShareQueue(100, 50, Duration.ofSeconds(60), () -> now[0]);
        ShareQueue.Place alone = queue.join("a", 50, () -> {});
        now[0] += Duration.ofSeconds(30).toNanos();
        queue.giveBack(alone, true);
        ShareQueue.Place first = queue.join("a", 50, () -> {});
        ShareQueue.Place second = queue.join("a", 50, () -> {});
        now[0] += Duration.ofSeconds(2).toNanos();
        queue.giveBack(first, true);
        ShareQueue.Place third = queue.join("a", 50, () -> {});

        assertThat(second.isGranted()).isTrue();
        assertThat(queue.refuse(third)).as("50 bytes took 2 s").isEqualTo(Duration.ofSeconds(2));
    }

    private static final class Client {

        private final String tenant;
        private final long bytes;
        private final boolean comesBack;
        private int requests;
        private boolean served;

        private Client(String tenant, long bytes, boolean comesBack) {
            this.tenant = tenant;
            this.bytes = bytes;
            this.comesBack = comesBack;
        }
    }

    private record Event(double at, long number, Runnable action) {}

    private static final class Simulation {

        private final Random random;
        private final double seconds;
        private final double lost;
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparingLong(Event::number));
        private final List<Client> clients = new ArrayList<>();
        private final Set<ShareQueue.Place> waiting = new HashSet<>();
        private final ShareQueue queue;
        private double now;
        private long scheduled;
        private int cameInTime;
        private int refusedInTime;

        /**
         * A service whose memory is taken for so many seconds on average, for a tenth of the longest time at least.
         *
         * @param lost the part of the clients that do not come back
         */
        private Simulation(long seed, double seconds, double lost) {
            this.random = new Random(seed);
            this.seconds = seconds;
            this.lost = lost;
            this.queue = new ShareQueue(MEMORY, OF_TENANT, Duration.ofSeconds(60), () -> (long) (now * 1e9));
        }

        private long anySize() {
            return random.nextLong(LARGEST / 4, LARGEST);
        }

        private double exponential(double rate) {
            return -Math.log(1 - random.nextDouble()) / rate;
        }

        private void client(String tenant, long bytes, double at) {
            Client client = new Client(tenant, bytes, random.nextDouble() >= lost);
            clients.add(client);
            schedule(at, () -> arrive(client));
        }

        private void schedule(double at, Runnable action) {
            events.add(new Event(at, scheduled++, action));
        }

        private void run() {
            for (Event next = events.poll(); next != null; next = events.poll()) {
                now = next.at;
                next.action.run();
                assertThat(queue.held()).isLessThanOrEqualTo(MEMORY);
                waiting.removeIf(ShareQueue.Place::isGranted);
                if (!waiting.isEmpty()) {
                    assertThat(queue.held())
                            .as("nobody waits beside free memory")
                            .isGreaterThan(OF_TENANT - LARGEST);
                }
            }
        }

        private void arrive(Client client) {
            client.requests++;
            boolean back = client.requests > 1;
            cameInTime += back ? 1 : 0;
            ShareQueue.Place[] place = new ShareQueue.Place[1];
            place[0] = queue.join(client.tenant, client.bytes, () -> {
                client.served = true;
                schedule(now + seconds * (0.2 + 1.8 * random.nextDouble()), () -> queue.giveBack(place[0], true));
            });
            if (!client.served) {
                waiting.add(place[0]);
                schedule(now + (place[0].isInTime() ? WAIT_IN_TIME : WAIT), () -> giveUp(client, place[0], back));
            }
        }

        private void giveUp(Client client, ShareQueue.Place place, boolean back) {
            if (client.served) {
                return;
            }
            waiting.remove(place);
            refusedInTime += back ? 1 : 0;
            double told = Math.ceil(queue.refuse(place).toNanos() / 1e9);
            if (client.comesBack) {
                schedule(now + told * (1 + 0.25 * random.nextDouble()), () -> arrive(client));
            }
        }
    }
}
