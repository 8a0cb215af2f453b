package io.pawline.ops.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.ledger.Prices;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.budget.BudgetAccount;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.BudgetStore.DayState;
import io.pawline.taskstore.BudgetStore.Limits;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BudgetSettlementIT {

    private static final Instant NOW = Instant.parse("2026-11-29T10:15:30Z");
    private static final LocalDate DAY = LocalDate.of(2026, 11, 29);
    private static final TaskDatabase DATABASE = TestingDatabase.open();
    private static final BudgetStore STORE = new BudgetStore(DATABASE);
    private static final CallLedger LEDGER =
            new CallLedger(DATABASE, new Prices(Map.of()), Duration.ofDays(30), Clock.fixed(NOW, ZoneOffset.UTC));

    private final TestingPosition position = new TestingPosition();
    private long nanos;
    private final BudgetSettlement settlement = new BudgetSettlement(STORE, DATABASE, position, () -> nanos);

    /** The topic has one partition of so many events, of which the ledger has read so many. */
    private static final class TestingPosition implements BudgetSettlement.Position {
        private long end = 5;
        private long read = 5;

        @Override
        public Map<TopicPartition, Long> ends() {
            return Map.of(new TopicPartition("calls", 0), end);
        }

        @Override
        public boolean hasRead(Map<TopicPartition, Long> ends) {
            return ends.values().stream().allMatch(each -> read >= each);
        }
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate budget_account, budget_life, budget_lease"));
        DATABASE.with(handle -> handle.execute("delete from call_attempt"));
    }

    @Test
    void whatADeadProcessDidNotSpendIsGivenBack() {
        leased("dead", 1, 1_000);
        call("dead", end(30L, "yes"));
        call("dead", end(30L, "no"));
        call("dead", null);
        call("other", end(30L, "yes"));
        settlement.round();
        passes(BudgetSettlement.SILENT);

        settlement.round();
        settlement.round();

        assertThat(STORE.ofDay("shop", DAY))
                .as("a call without an end may have been paid")
                .isEqualTo(new DayState(60, 60, 0));
        assertThat(STORE.unsettled()).isEmpty();
    }

    @Test
    void aProcessThatAsksNowAndThenKeepsWhatItHas() {
        leased("alive", 1, 1_000);
        for (int number = 2; number < 6; number++) {
            settlement.round();
            passes(BudgetSettlement.SILENT.minusSeconds(1));
            asks("alive", number, 1, 1_000, 0);
        }
        settlement.round();

        assertThat(STORE.ofDay("shop", DAY).granted()).isEqualTo(1_000);
        assertThat(STORE.unsettled())
                .singleElement()
                .satisfies(life -> assertThat(life.closed()).isFalse());
    }

    @Test
    void nothingIsGivenBackBeforeTheLedgerHasReadAll() {
        leased("dead", 1, 1_000);
        settlement.round();
        passes(BudgetSettlement.SILENT);
        position.end = 9;
        settlement.round();
        call("dead", end(30L, "yes"));
        position.read = 8;
        // Written by others meanwhile: nothing of it is the dead process's
        position.end = 100;

        settlement.round();
        assertThat(STORE.ofDay("shop", DAY).granted()).isEqualTo(1_000);

        call("dead", end(50L, "yes"));
        position.read = 9;
        settlement.round();
        assertThat(STORE.ofDay("shop", DAY)).isEqualTo(new DayState(80, 80, 0));
    }

    @Test
    void anotherOpsServiceSettlesWhatOneClosed() {
        leased("dead", 1, 1_000);
        STORE.close("dead", 1);
        BudgetSettlement next = new BudgetSettlement(STORE, DATABASE, position, () -> 0);

        next.round();
        next.round();

        assertThat(STORE.ofDay("shop", DAY)).isEqualTo(new DayState(0, 0, 0));
    }

    private void passes(Duration time) {
        nanos += time.toNanos();
    }

    private static void leased(String life, long number, long micros) {
        asks(life, number, 0, 0, micros);
    }

    private static void asks(String life, long number, long version, long ceiling, long wanted) {
        STORE.answer(
                new BudgetAsk(
                        life,
                        number,
                        "generate-0",
                        List.of(new BudgetAsk.Need(
                                BudgetAccount.ofDay("shop"),
                                version == 0 ? Optional.empty() : Optional.of(DAY),
                                1,
                                version,
                                ceiling,
                                0,
                                wanted,
                                30))),
                new Limits(_ -> 10_000, _ -> 0),
                DAY,
                Duration.ofHours(1));
    }

    private static void call(String life, Call.@Nullable End end) {
        LEDGER.note(List.of(new Call(
                TestingCallIds.idAt(NOW),
                TaskId.at(NOW).value(),
                1,
                "shop",
                "generate",
                "seedream",
                1,
                end,
                false,
                new Call.Money(life, DAY, 30),
                false)));
    }

    private static Call.End end(long cost, String billed) {
        return new Call.End(NOW, "succeeded", null, "done", 200, null, null, 5L, cost, billed);
    }
}
