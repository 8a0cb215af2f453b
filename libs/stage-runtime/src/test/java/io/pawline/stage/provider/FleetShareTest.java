package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.provider.FleetNode.Load;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetShareTest {

    private static final FleetMember SELF = new FleetMember("a", "1");
    private static final FleetMember CONTROLLER = new FleetMember("b", "1");
    private static final Load BUSY = new Load(1, 0, 10);

    private long now = 1_000;
    private final FleetShare share = new FleetShare(SELF, 64, 16, () -> now);
    private final FleetNode node = new FleetNode(SELF, share, new FleetPolicy(true, 0, 16), () -> now);

    @Test
    void noCallBeginsWithoutALease() {
        assertThat(share.limit()).isZero();
        assertThat(share.callsPerSecond()).hasValue(0);
    }

    @Test
    void aLeaseRunsFromWhenItWasAskedFor() {
        long asked = ask();
        pass(Duration.ofSeconds(10));

        give(1, 1, asked, 10);

        assertThat(share.limit()).isEqualTo(10);
        pass(Duration.ofSeconds(5));
        assertThat(share.limit()).isEqualTo(10);
        pass(Duration.ofSeconds(30));
        assertThat(share.limit()).isEqualTo(5);
        assertThat(share.callsPerSecond()).hasValue(5);
    }

    @Test
    void anEarlierLeaseDoesNotComeBack() {
        long first = ask();
        long second = ask();

        give(1, 2, second, 3);
        give(1, 1, first, 10);

        assertThat(share.limit()).isEqualTo(3);
    }

    @Test
    void aLeaseOfAControllerThatIsNoMoreInOfficeIsVoid() {
        long asked = ask();
        FleetMember next = new FleetMember("c", "1");
        node.received(new FleetGrants(next, new GrantKey(2, 1), 10, 16, LimitState.UNKNOWN, List.of()));

        give(1, 7, asked, 10);

        assertThat(share.limit()).isZero();
    }

    @Test
    void aLeaseForAnEarlierLifeOfTheProcessIsVoid() {
        long asked = ask();

        node.received(new FleetGrants(
                CONTROLLER,
                new GrantKey(1, 1),
                10,
                16,
                LimitState.UNKNOWN,
                List.of(new FleetGrants.Grant(new FleetMember("a", "0"), asked, 10, 1))));

        assertThat(share.limit()).isZero();
    }

    @Test
    void aProcessWithoutNewsMakesOneCallAtATime() {
        give(1, 1, ask(), 10);

        pass(Duration.ofMinutes(10));

        assertThat(share.limit()).isEqualTo(1);
        assertThat(share.callsPerSecond()).hasValue(1);
    }

    @Test
    void aProcessThatHasLeftTakesNoLeaseAnyMore() {
        long asked = ask();
        node.leave(BUSY);

        give(1, 1, asked, 10);
        pass(Duration.ofMinutes(10));

        assertThat(share.limit()).isZero();
    }

    @Test
    void beginsLowUntilTheControllerHasHeardOfIt() {
        give(1, 1, ask(), 20);
        long before = ask();
        share.startAgain(2, 0);
        assertThat(share.limit()).isEqualTo(6);

        give(1, 2, before, 20);
        assertThat(share.limit()).isEqualTo(6);
        give(1, 3, ask(), 12);

        assertThat(share.limit()).isEqualTo(12);
    }

    @Test
    void theFleetsLimitBeginsLowWithAProcess() {
        node.caughtUp();
        exchange(new Load(0, 0, 10));
        assertThat(share.limit()).isEqualTo(16);
        share.startAgain(0, 0);

        exchange(new Load(4, 0, 10));

        assertThat(share.limit()).isEqualTo(4);
        assertThat(node.fleetLimit()).isEqualTo(4);
    }

    /** Lets the process work as the only one, with nothing between it and itself. */
    private void exchange(Load load) {
        for (int i = 0; i < 10; i++) {
            node.due(true, load).forEach(node::received);
            pass(Duration.ofMillis(100));
        }
    }

    @Test
    void aProcessClaimsNothingBeforeItHasReadAll() {
        assertThat(node.due(true, BUSY)).noneMatch(FleetGrants.class::isInstance);

        node.caughtUp();

        assertThat(node.due(true, BUSY)).anyMatch(FleetGrants.class::isInstance);
    }

    /** Returns the number of a report that the process has sent. */
    private long ask() {
        return share.report(1, 0, 10).number();
    }

    private void give(long epoch, long number, long report, int slots) {
        node.received(new FleetGrants(
                CONTROLLER,
                new GrantKey(epoch, number),
                64,
                16,
                LimitState.UNKNOWN,
                List.of(new FleetGrants.Grant(SELF, report, slots, slots))));
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
