package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.benchmarks.FairnessRow.Figures;
import io.pawline.benchmarks.FairnessWorld.Mechanisms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the time of a light tenant's tasks to bounds. The worlds are in virtual time, so no machine is too slow. */
class FairnessRowTest {

    /** More than the processes of the stage read ahead together. */
    private static final int HEAVY = 20_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void aLightTenantWaitsHardlyLongerThanAlone(int keys) throws InterruptedException {
        Figures figures = FairnessRow.figures(HEAVY, keys, Mechanisms.ALL);

        assertThat(figures.reached()).as("%s", figures).isTrue();
    }

    @Test
    void withoutTheFairReleaseItStandsBehindTheMany() throws InterruptedException {
        Figures figures = FairnessRow.figures(HEAVY, 1, new Mechanisms(false, true));

        assertThat(figures.p95S()).isGreaterThan(10 * figures.aloneP95S());
    }

    @Test
    void withoutTheFairQueueItStandsBehindAMinuteOfWork() throws InterruptedException {
        Figures figures = FairnessRow.figures(HEAVY, 1, new Mechanisms(true, false));

        assertThat(figures.p95S()).isGreaterThan(10 * figures.aloneP95S());
    }
}
