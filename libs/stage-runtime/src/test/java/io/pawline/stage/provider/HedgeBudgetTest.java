package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HedgeBudgetTest {

    /** What can happen to the account of a process. */
    enum Step {
        CALL,
        MANY_CALLS,
        HEDGE,
        HEDGE_BUT_NOT_THE_LAST,
        HEDGE_THAT_IS_NOT_MADE
    }

    @Property(tries = 2_000)
    void noMoreIsHedgedThanTheShareOfAllCallsSoFar(
            @ForAll @IntRange(min = 1, max = 10) int percent, @ForAll @Size(min = 1, max = 300) List<Step> steps) {
        HedgeBudget budget = new HedgeBudget(percent / 100.0);
        int calls = 0;
        int hedges = 0;

        for (Step step : steps) {
            switch (step) {
                case CALL, MANY_CALLS -> {
                    int more = step == Step.CALL ? 1 : 60;
                    for (int i = 0; i < more; i++) {
                        budget.called();
                    }
                    calls += more;
                }
                case HEDGE -> hedges += budget.take(true) ? 1 : 0;
                case HEDGE_BUT_NOT_THE_LAST -> hedges += budget.take(false) ? 1 : 0;
                case HEDGE_THAT_IS_NOT_MADE -> {
                    if (budget.take(true)) {
                        budget.notMade();
                    }
                }
            }
            assertThat(100 * hedges).isLessThanOrEqualTo(percent * calls);
        }
    }

    @Test
    void theFiftiethCallPaysForTheFirstHedge() {
        HedgeBudget budget = after(49);
        assertThat(budget.take(true)).isFalse();

        budget.called();

        assertThat(budget.take(true)).isTrue();
        assertThat(budget.take(true)).isFalse();
    }

    @Test
    void theLastHedgeIsNotForAll() {
        HedgeBudget budget = after(100);

        assertThat(budget.take(false)).isTrue();
        assertThat(budget.take(false)).isFalse();
        assertThat(budget.take(true)).isTrue();
    }

    @Test
    void aQuietNightSavesUpFewHedges() {
        HedgeBudget budget = after(100_000);
        assertThat(budget.scarcity()).isZero();

        int hedges = 0;
        while (budget.take(true)) {
            hedges++;
        }

        assertThat(hedges).isEqualTo(10);
        assertThat(budget.scarcity()).isEqualTo(1);
    }

    /** Returns the account after so many calls, of which 2 % may be hedged. */
    private static HedgeBudget after(int calls) {
        HedgeBudget budget = new HedgeBudget(0.02);
        for (int i = 0; i < calls; i++) {
            budget.called();
        }
        return budget;
    }
}
