package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.TaskId;
import io.pawline.schemas.budget.BudgetAccount;
import io.pawline.schemas.budget.BudgetAnswer;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.taskstore.BudgetStore.DayState;
import io.pawline.taskstore.BudgetStore.Life;
import io.pawline.taskstore.BudgetStore.Limits;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BudgetStoreIT {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 29);
    private static final Duration LEFT = Duration.ofHours(3);
    private static final BudgetAccount SHOP = BudgetAccount.ofDay("shop");
    private static final TaskId TASK = TaskId.next();
    private static final Limits LIMITS = new Limits(tenant -> tenant.equals("shop") ? 100 : 0, _ -> 50);

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static BudgetStore store;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        store = new BudgetStore(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        database.jdbi().useHandle(handle -> handle.execute("truncate budget_account, budget_life, budget_lease"));
    }

    @Test
    void grantsWhatIsWantedAndThenWhatIsLeft() {
        assertThat(ask("one", 1, 0, 0, 70).granted()).isEqualTo(70);
        BudgetAnswer.Grant rest = ask("two", 1, 0, 0, 70);

        assertThat(rest.granted()).isEqualTo(30);
        assertThat(rest.exhausted()).as("it may be given back").isFalse();
        assertThat(rest.day()).contains(DAY);
        assertThat(rest.left()).isEqualTo(LEFT);
        assertThat(store.ofDay("shop", DAY)).isEqualTo(new DayState(100, 0, 0));
    }

    @Test
    void whatIsSpentIsExhausted() {
        ask("one", 1, 0, 0, 70);
        ask("two", 1, 0, 0, 30);
        spends("one", 70, 70);

        assertThat(spends("two", 30, 25).exhausted()).isTrue();

        assertThat(store.ofDay("shop", DAY)).isEqualTo(new DayState(100, 95, 10));
        assertThat(store.ofDay("shop", DAY).exhausted(100)).isTrue();
        assertThat(store.ofDay("shop", DAY).exhausted(110)).isFalse();
    }

    @Test
    void anAskThatComesAgainIsAnsweredAndGrantsNothing() {
        ask("one", 1, 0, 0, 70);

        BudgetAnswer.Grant again = ask("one", 1, 0, 0, 70);

        assertThat(again.granted()).isEqualTo(70);
        assertThat(again.version()).isEqualTo(1);
        assertThat(store.ofDay("shop", DAY).granted()).isEqualTo(70);
    }

    @Test
    void whatIsGivenBackIsThereForOthers() {
        ask("one", 1, 0, 0, 100);
        ask("one", 2, 1, 20, 0);

        assertThat(ask("two", 1, 0, 0, 100).granted()).isEqualTo(80);
    }

    @Test
    void partsOfACallAreGrantedToNobody() {
        ask("one", 1, 0, 0, 85);

        BudgetAnswer.Grant rest = ask("two", 1, 0, 0, 40);

        assertThat(rest.granted()).as("a call costs 10").isEqualTo(10);
    }

    @Test
    void aCeilingOfBeforeAGrantTakesItNotBack() {
        ask("one", 1, 0, 0, 10);
        ask("one", 2, 1, 10, 40);

        assertThat(ask("one", 3, 1, 0, 0).granted()).isEqualTo(50);
    }

    @Test
    void aDayThatIsOverIsSaidToBeOver() {
        ask("one", 1, 0, 0, 70);

        BudgetAnswer.Grant next = store.answer(
                        new BudgetAsk("one", 2, "p", List.of(need(SHOP, Optional.of(DAY), 1, 70, 30))),
                        LIMITS,
                        DAY.plusDays(1),
                        LEFT)
                .grants()
                .getFirst();

        assertThat(next.over()).isTrue();
        assertThat(next.granted()).isEqualTo(70);
        assertThat(store.ofDay("shop", DAY.plusDays(1)).granted()).isZero();
    }

    @Test
    void aTaskHasItsMoneyOnceWhoeverCallsForIt() {
        BudgetAccount account = BudgetAccount.ofTask("shop", TASK);
        for (String life : List.of("one", "two")) {
            store.answer(
                    new BudgetAsk(life, 1, "p", List.of(need(account, Optional.empty(), 0, 0, 25))), LIMITS, DAY, LEFT);
        }

        BudgetAnswer.Grant third = store.answer(
                        new BudgetAsk("three", 1, "p", List.of(need(account, Optional.empty(), 0, 0, 25))),
                        LIMITS,
                        DAY.plusDays(30),
                        LEFT)
                .grants()
                .getFirst();

        assertThat(third.granted()).isZero();
        assertThat(third.exhausted()).as("the others may not spend it").isFalse();
        assertThat(third.day()).isEmpty();
    }

    @Test
    void aTenantWithoutALimitGetsWhatItWants() {
        BudgetAnswer.Grant grant = store.answer(
                        new BudgetAsk(
                                "one",
                                1,
                                "p",
                                List.of(need(BudgetAccount.ofDay("other"), Optional.empty(), 0, 0, 1_000_000))),
                        LIMITS,
                        DAY,
                        LEFT)
                .grants()
                .getFirst();

        assertThat(grant.granted()).isEqualTo(1_000_000);
    }

    @Test
    void manyWhoAskAtOnceNeverGetMoreThanThereIs() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Long>> asks = IntStream.range(0, 40)
                    .<Callable<Long>>mapToObj(
                            life -> () -> ask("life-" + life, 1, 0, 0, 20).granted())
                    .toList();
            long granted = 0;
            for (Future<Long> each : threads.invokeAll(asks)) {
                granted += each.get();
            }
            assertThat(granted).isEqualTo(100);
        }
    }

    @Test
    void onlyALifeThatHasNotAskedSinceIsClosed() {
        ask("one", 7, 0, 0, 70);

        assertThat(store.close("one", 6)).isFalse();
        assertThat(store.close("one", 7)).isTrue();

        assertThat(store.unsettled()).containsExactly(new Life("one", 7, true));
        BudgetAnswer late = store.answer(
                new BudgetAsk("one", 8, "p", List.of(need(SHOP, Optional.of(DAY), 1, 70, 10))), LIMITS, DAY, LEFT);
        assertThat(late.closed()).isTrue();
        assertThat(late.grants()).isEmpty();
    }

    @Test
    void whatADeadLifeDidNotSpendIsGivenBack() {
        ask("one", 1, 0, 0, 70);
        store.close("one", 1);

        store.settle("one", Map.of(BudgetStore.ofDay(DAY, "shop"), 25L));

        assertThat(store.unsettled()).isEmpty();
        assertThat(store.ofDay("shop", DAY)).isEqualTo(new DayState(25, 25, 0));
        assertThat(ask("two", 1, 0, 0, 75).granted()).isEqualTo(75);
    }

    @Test
    void whatNobodyHasAskedForLatelyIsForgotten() {
        ask("one", 1, 0, 0, 70);
        store.close("one", 1);
        store.settle("one", Map.of());

        store.forget(Instant.now().minus(Duration.ofHours(1)));
        assertThat(count("budget_lease")).isEqualTo(1);
        store.forget(Instant.now().plus(Duration.ofHours(1)));

        assertThat(count("budget_lease") + count("budget_account") + count("budget_life"))
                .isZero();
    }

    private static BudgetAnswer.Grant ask(String life, long number, long version, long ceiling, long wanted) {
        Optional<LocalDate> day = version == 0 ? Optional.empty() : Optional.of(DAY);
        return store.answer(
                        new BudgetAsk(life, number, "p", List.of(need(SHOP, day, version, ceiling, wanted))),
                        LIMITS,
                        DAY,
                        LEFT)
                .grants()
                .getFirst();
    }

    /** Says that so much is spent of a lease, and asks for another call. */
    private static BudgetAnswer.Grant spends(String life, long ceiling, long spent) {
        return store.answer(
                        new BudgetAsk(
                                life,
                                2,
                                "p",
                                List.of(new BudgetAsk.Need(SHOP, Optional.of(DAY), 1, 1, ceiling, spent, 10, 10))),
                        LIMITS,
                        DAY,
                        LEFT)
                .grants()
                .getFirst();
    }

    private static BudgetAsk.Need need(
            BudgetAccount account, Optional<LocalDate> day, long version, long ceiling, long wanted) {
        return new BudgetAsk.Need(account, day, 1, version, ceiling, 0, wanted, 10);
    }

    private static int count(String table) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from " + table)
                        .mapTo(Integer.class)
                        .one());
    }
}
