package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.provider.FleetNode.Load;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Shows that processes never have more than the limit between them, whatever becomes of them and of their messages.
 * Messages are lost, come twice, or come late, so that they overtake others. Processes are killed, frozen and started
 * again. They are cut off from messages in one direction or both, and go on calling. The controller changes, also while
 * it is cut off, so that two give leases. Each process has a clock of its own.
 */
class FleetLeasesTest {

    private static final int LIMIT = 20;
    private static final double RATE = 10;
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int STEPS = 4_000;
    private static final int QUIET_STEPS = 2_500;
    private static final long LONGEST_CALL = TimeUnit.SECONDS.toNanos(15);

    private final List<FleetMessage> log = new ArrayList<>();
    private final List<Sent> underWay = new ArrayList<>();
    private final List<Peer> processes = new ArrayList<>();
    private long now = 1_000_000;
    private boolean prompt;

    private record Sent(long arrives, FleetMessage message) {}

    private final class Peer {
        private final String instance;
        private final FleetShare share;
        private final FleetNode node;
        private final List<Long> calls = new ArrayList<>();
        private int read;
        private boolean frozen;
        private boolean deaf;
        private boolean mute;
        private boolean chosen;

        Peer(String instance, Random random) {
            long clock = random.nextLong() / 4;
            FleetMember self = new FleetMember(instance, Long.toHexString(random.nextLong()));
            this.instance = instance;
            this.share = new FleetShare(self, LIMIT, RATE, () -> now + clock);
            this.node = new FleetNode(self, share, new FleetPolicy(false, LIMIT, RATE), () -> now + clock);
        }

        void run(Random random, boolean quiet) {
            calls.removeIf(end -> end <= now);
            if (frozen) {
                return;
            }
            if (!deaf) {
                read(quiet ? Integer.MAX_VALUE : random.nextInt(8));
            }
            while (calls.size() < share.leased(now()) && (quiet || random.nextInt(3) > 0)) {
                calls.add(now + (long) (random.nextDouble() * LONGEST_CALL));
            }
            List<FleetMessage> due = node.due(chosen, new Load(calls.size(), 0, quiet ? LIMIT : random.nextInt(LIMIT)));
            if (!mute) {
                due.forEach(message -> send(message, random, quiet));
            }
        }

        /** It may be behind with reading. */
        private void read(int most) {
            for (int i = 0; i < most && read < log.size(); i++) {
                node.received(log.get(read++));
            }
            if (read == log.size()) {
                node.caughtUp();
            }
        }

        private long now() {
            return share.now();
        }

        int has() {
            return Math.max(share.leased(now()), calls.size());
        }
    }

    private void send(FleetMessage message, Random random, boolean quiet) {
        if (quiet || prompt) {
            underWay.add(new Sent(now, message));
            return;
        }
        for (int copies = random.nextInt(20) == 0 ? 2 : random.nextInt(10) == 0 ? 0 : 1; copies > 0; copies--) {
            long late = random.nextInt(4) == 0 ? TimeUnit.SECONDS.toNanos(random.nextInt(20)) : STEP;
            underWay.add(new Sent(now + late, message));
        }
    }

    /** @param allPrompt no message gets lost or comes late, so that no delay hides anything */
    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void processesNeverHaveMoreThanTheLimit(@ForAll long seed, @ForAll boolean allPrompt) {
        prompt = allPrompt;
        log.clear();
        underWay.clear();
        processes.clear();
        Random random = new Random(seed);
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(40) == 0) {
                disturb(random);
            }
            step(random, false);
        }
        // Then nothing disturbs them, so all that may be had is had
        processes.forEach(process -> {
            process.frozen = false;
            process.deaf = false;
            process.mute = false;
            process.chosen = false;
        });
        if (processes.isEmpty()) {
            processes.add(new Peer("1", random));
        }
        processes.getFirst().chosen = true;
        for (int i = 0; i < QUIET_STEPS; i++) {
            step(random, true);
        }
        assertThat(leased()).isEqualTo(LIMIT);
        assertThat(processes)
                .allSatisfy(process -> assertThat(process.share.leased(process.now()))
                        .isBetween(LIMIT / processes.size(), LIMIT / processes.size() + 1));
    }

    private void disturb(Random random) {
        Peer one = processes.isEmpty() ? null : processes.get(random.nextInt(processes.size()));
        int what = random.nextInt(11);
        if (one == null || what <= 1) {
            String instance = String.valueOf(random.nextInt(6));
            if (processes.stream().noneMatch(process -> process.instance.equals(instance))) {
                processes.add(new Peer(instance, random));
            }
        } else if (what == 2) {
            processes.remove(one);
        } else if (what == 3) {
            send(one.node.leave(new Load(0, 0, 0)), random, false);
            processes.remove(one);
        } else if (what == 4) {
            one.frozen = !one.frozen;
        } else if (what == 5) {
            // Nothing passes, in either direction
            one.deaf = !one.deaf;
            one.mute = one.deaf;
        } else if (what == 6) {
            one.deaf = !one.deaf;
        } else if (what == 7) {
            one.mute = !one.mute;
        } else {
            // The old one may not know yet, so there may be two for a while, or none
            processes.forEach(process -> process.chosen &= random.nextInt(4) == 0);
            one.chosen = true;
        }
    }

    private void step(Random random, boolean quiet) {
        now += STEP;
        underWay.removeIf(sent -> sent.arrives() <= now && log.add(sent.message()));
        processes.forEach(process -> process.run(random, quiet));
        assertThat(processes.stream().mapToInt(Peer::has).sum())
                .as("calls of all processes, and those that they may begin")
                .isLessThanOrEqualTo(LIMIT);
        assertThat(processes.stream()
                        .mapToDouble(process -> process.share.leasedRate(process.now()))
                        .sum())
                .as("calls a second of all processes")
                .isLessThanOrEqualTo(RATE + 1e-9);
    }

    private int leased() {
        return processes.stream()
                .mapToInt(process -> process.share.leased(process.now()))
                .sum();
    }
}
