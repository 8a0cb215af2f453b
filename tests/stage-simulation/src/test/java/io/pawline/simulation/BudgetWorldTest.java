package io.pawline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody spends more than there is, whatever becomes of processes and messages. */
class BudgetWorldTest {

    private static final int PROCESSES = 6;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void moneyOfADayIsNeverOverdrawn(long seed) {
        BudgetWorld world = started(seed, 4_000 * BudgetWorld.PRICE, 0, 170);
        world.disturb(20, Duration.ofMinutes(20));

        world.run(Duration.ofMinutes(40));

        assertThat(world.overdrawn()).isEmpty();
        assertThat(world.mostInFlight()).isGreaterThan(900);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32})
    void littleMoneyIsNeverOverdrawn(long seed) {
        BudgetWorld world = started(seed, 40 * BudgetWorld.PRICE + 7, 0, 10);
        world.disturb(20, Duration.ofMinutes(20));

        world.run(Duration.ofMinutes(40));

        assertThat(world.overdrawn()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46, 47, 48})
    void moneyOfATaskIsNeverOverdrawn(long seed) {
        BudgetWorld world = started(seed, 0, 50 * BudgetWorld.PRICE, 8);
        world.disturb(20, Duration.ofMinutes(20));

        world.run(Duration.ofMinutes(40));

        assertThat(world.overdrawn()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63, 64})
    void bothLimitsHoldTogether(long seed) {
        BudgetWorld world = started(seed, 300 * BudgetWorld.PRICE, 50 * BudgetWorld.PRICE, 8);
        world.disturb(20, Duration.ofMinutes(20));

        world.run(Duration.ofMinutes(40));

        assertThat(world.overdrawn()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83, 84})
    void whatDeadProcessesDidNotSpendIsGivenBack(long seed) {
        BudgetWorld world = started(seed, 4_000 * BudgetWorld.PRICE, 0, 30);
        world.disturb(20, Duration.ofMinutes(5));
        world.run(Duration.ofMinutes(6));
        world.processes().forEach(BudgetWorld.Spender::rest);
        world.calm();
        world.run(Duration.ofMinutes(10));

        // Of the dead, only calls whose end nobody knows count as spent beyond what was paid
        long inDoubt = world.inDoubtToday();
        assertThat(inDoubt).isBetween(0L, 20 * 30 * BudgetWorld.PRICE);
        world.processes().getFirst().work();
        world.run(Duration.ofMinutes(60));

        assertThat(world.paidToday()).isGreaterThan(4_000 * BudgetWorld.PRICE - inDoubt - BudgetWorld.PRICE);
        assertThat(world.overdrawn()).isEmpty();
    }

    @Test
    void everyDayHasItsOwnMoney() {
        BudgetWorld world = started(101, 200 * BudgetWorld.PRICE, 0, 20);
        world.calm();
        world.run(Duration.ofMinutes(10));
        assertThat(world.paidToday()).isEqualTo(200 * BudgetWorld.PRICE);

        world.nextDay();
        world.run(Duration.ofMinutes(10));

        assertThat(world.paidToday()).isEqualTo(200 * BudgetWorld.PRICE);
        assertThat(world.overdrawn()).isEmpty();
    }

    private static BudgetWorld started(long seed, long perDay, long perTask, int inFlight) {
        BudgetWorld world = new BudgetWorld(seed, perDay, perTask, inFlight);
        for (int process = 0; process < PROCESSES; process++) {
            world.start();
        }
        return world;
    }
}
