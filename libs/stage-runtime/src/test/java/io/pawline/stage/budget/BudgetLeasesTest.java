package io.pawline.stage.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.TaskId;
import io.pawline.schemas.budget.BudgetAnswer;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.stage.BudgetPolicy;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What several processes do together is in {@code BudgetWorldTest}. */
class BudgetLeasesTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 29);
    private static final TaskId TASK = TaskId.next();
    private static final long PRICE = 30;

    private long now;
    private int lives;

    private final BudgetLeases leases = new BudgetLeases(
            "one", new BudgetPolicy("limited"::equals, _ -> false, true), () -> "life-" + ++lives, () -> now);

    @Test
    void aTenantWithoutALimitAsksForNothing() {
        assertThat(leases.reserve("other", TASK, PRICE)).isEqualTo(new Money.Reserved(Reservation.UNLIMITED));
        assertThat(leases.due()).isEmpty();
    }

    @Test
    void aCallThatCostsNothingNeedsNoMoney() {
        assertThat(leases.reserve("limited", TASK, 0)).isEqualTo(new Money.Reserved(Reservation.UNLIMITED));
    }

    @Test
    void moneyIsAskedForAndThenSpent() {
        assertThat(leases.reserve("limited", TASK, PRICE)).isEqualTo(new Money.Awaited());
        grant(ask(), 1, 70, false);

        assertThat(reserved()).isTrue();
        assertThat(reserved()).isTrue();
        assertThat(reserved()).as("10 are left").isFalse();
    }

    @Test
    void whatAnEndedCallDidNotCostIsThereAgain() {
        leases.reserve("limited", TASK, PRICE);
        grant(ask(), 1, PRICE, false);
        Money money = leases.reserve("limited", TASK, PRICE);
        Reservation reservation = ((Money.Reserved) money).reservation();
        assertThat(reserved()).isFalse();

        reservation.settle(0);
        reservation.settle(0);

        assertThat(leases.freeOf("limited")).isEqualTo(PRICE);
        assertThat(reserved()).isTrue();
    }

    @Test
    void aGrantThatComesTwiceIsOneGrant() {
        leases.reserve("limited", TASK, PRICE);
        BudgetAsk ask = ask();
        grant(ask, 1, PRICE, false);
        assertThat(reserved()).isTrue();

        grant(ask, 1, PRICE, false);

        assertThat(reserved()).isFalse();
    }

    @Test
    void anEarlierGrantTakesNothingBack() {
        leases.reserve("limited", TASK, PRICE);
        BudgetAsk first = ask();
        now += Duration.ofSeconds(1).toNanos();
        leases.reserve("limited", TASK, PRICE);
        BudgetAsk second = ask();
        grant(second, 2, 4 * PRICE, false);

        grant(first, 1, PRICE, false);

        assertThat(leases.freeOf("limited")).isEqualTo(4 * PRICE);
    }

    @Test
    void moneyIsNotSpentAMinuteAfterItWasAskedFor() {
        leases.reserve("limited", TASK, PRICE);
        BudgetAsk ask = ask();
        now += BudgetLeases.HOLDS.toNanos() - 1;
        grant(ask, 1, 10 * PRICE, false);
        Reservation reservation = ((Money.Reserved) leases.reserve("limited", TASK, PRICE)).reservation();
        assertThat(reservation.covered()).isTrue();

        now++;

        assertThat(reservation.covered()).isFalse();
        assertThat(reserved()).isFalse();
    }

    @Test
    void whoeverHasNoUseForMoneyGivesItBack() {
        leases.reserve("limited", TASK, PRICE);
        BudgetAsk first = ask();
        grant(first, 1, 10 * PRICE, false);
        Reservation reservation = ((Money.Reserved) leases.reserve("limited", TASK, PRICE)).reservation();
        reservation.settle(PRICE);
        now += Duration.ofSeconds(6).toNanos();

        BudgetAsk.Need need = ask().needs().getFirst();

        assertThat(need.ceiling()).isEqualTo(PRICE);
        assertThat(need.wanted()).isZero();
        assertThat(reserved()).as("it is bound by what it said").isFalse();
        grant(first, 1, 10 * PRICE, false);
        assertThat(reserved()).as("a grant of before gives nothing back to it").isFalse();
    }

    @Test
    void aLifeThatIsClosedBeginsAnotherWithNothing() {
        leases.reserve("limited", TASK, PRICE);
        BudgetAsk ask = ask();
        grant(ask, 1, 10 * PRICE, false);
        Reservation reservation = ((Money.Reserved) leases.reserve("limited", TASK, PRICE)).reservation();

        leases.received(new BudgetAnswer(ask.life(), ask.number(), true, List.of()));

        assertThat(reservation.covered()).isFalse();
        assertThat(reserved()).isFalse();
        now += Duration.ofSeconds(1).toNanos();
        assertThat(ask().life()).isNotEqualTo(ask.life());
    }

    @Test
    void whoeverIsToldThatNothingIsLeftSaysSoAtOnce() {
        leases.reserve("limited", TASK, PRICE);
        grant(ask(), 0, 0, true);

        assertThat(leases.reserve("limited", TASK, PRICE)).isEqualTo(new Money.DaySpent(Duration.ofHours(3)));
        assertThat(leases.foresee("limited", TASK, PRICE)).contains(new Money.DaySpent(Duration.ofHours(3)));
        assertThat(leases.exhausted()).isEqualTo(1);
        assertThat(leases.due()).as("it does not ask all the time").isEmpty();
        now += Duration.ofSeconds(1).toNanos();
        assertThat(leases.due()).as("but a limit may be raised").isPresent();
    }

    private boolean reserved() {
        return leases.reserve("limited", TASK, PRICE) instanceof Money.Reserved;
    }

    private BudgetAsk ask() {
        return leases.due().orElseThrow();
    }

    private void grant(BudgetAsk ask, long version, long granted, boolean exhausted) {
        BudgetAsk.Need need = ask.needs().getFirst();
        leases.received(new BudgetAnswer(
                ask.life(),
                ask.number(),
                false,
                List.of(new BudgetAnswer.Grant(
                        need.account(),
                        Optional.of(DAY),
                        need.lease(),
                        version,
                        granted,
                        exhausted,
                        false,
                        Duration.ofHours(3)))));
    }
}
