package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.provider.FleetNode.Load;
import io.pawline.stage.provider.TestingProvider.Client;
import io.pawline.stage.provider.TestingProvider.Counts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shows how a fleet finds the capacity of its provider together, in virtual time. */
class FleetLimitTest {

    /** A message takes so long, in seconds. */
    private static final double WAY = 0.02;

    private static final double LOOK = 0.05;
    private static final int MOST = 64;

    private static final int WORLDS = 8;

    private TestingProvider provider = new TestingProvider(1);
    private final List<Peer> fleet = new ArrayList<>();

    private final class Peer {
        private final FleetShare share;
        private final FleetNode node;
        private final Client client;

        Peer(int number) {
            FleetMember self = new FleetMember("process-" + number, "1");
            share = new FleetShare(self, MOST, 0, this::nanos);
            node = new FleetNode(self, share, new FleetPolicy(true, 0, 0), this::nanos);
            node.caughtUp();
            client = provider.client(share::limit, share::ended);
            provider.schedule(0, this::turn);
        }

        private long nanos() {
            return (long) (provider.now() * 1e9);
        }

        private void turn() {
            client.goOn();
            node.due(fleet.getFirst().equals(this), new Load(client.inFlight(), 0, 1_000))
                    .forEach(message -> provider.schedule(
                            WAY, () -> List.copyOf(fleet).forEach(process -> process.node.received(message))));
            provider.schedule(LOOK, this::turn);
        }
    }

    private void start(int processes) {
        for (int i = 0; i < processes; i++) {
            fleet.add(new Peer(i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 10})
    void aFleetFillsItsProviderAsOneProcessDoes(int processes) {
        double use = 0;
        double filled = 0;
        double mostFilled = 0;
        for (int seed = 1; seed <= WORLDS; seed++) {
            provider = new TestingProvider(seed);
            fleet.clear();
            provider.capacity = 30;
            provider.timeout = 60;
            provider.service = TestingProvider.logNormal(3, 0.3);
            start(processes);
            assertThat(provider.run(120).counts().mostFilled).isLessThanOrEqualTo(90);
            Counts then = provider.run(900).counts();
            use += then.use / WORLDS;
            filled += then.filled / WORLDS;
            mostFilled += then.mostFilled / 30.0 / WORLDS;
        }

        assertThat(filled).isLessThanOrEqualTo(1.2);
        assertThat(mostFilled).isLessThanOrEqualTo(1.5);
        assertThat(use).isGreaterThan(0.95);
    }

    @Test
    void aNewControllerGoesOnFromWhatTheOldOneHadLearned() {
        provider.capacity = 30;
        provider.service = TestingProvider.logNormal(3, 0.3);
        start(3);
        provider.run(300);
        int before = fleet.getFirst().node.fleetLimit();

        Collections.swap(fleet, 0, 1);
        provider.run(10);

        assertThat(fleet.getFirst().node.inOffice()).isTrue();
        assertThat(fleet.get(1).node.inOffice()).isFalse();
        assertThat(before).isBetween(20, 50);
        assertThat(fleet.getFirst().node.fleetLimit()).isBetween(before / 2, before * 3 / 2);
    }
}
