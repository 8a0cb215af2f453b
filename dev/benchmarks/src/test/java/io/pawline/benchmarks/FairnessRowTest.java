package io.pawline.benchmarks;

import static io.pawline.benchmarks.FairnessRow.p95;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.benchmarks.FairnessRow.Mechanisms;
import io.pawline.simulation.TenantTasks.Times;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the time of a light tenant's tasks to bounds. The worlds are in virtual time, so no machine is too slow. */
class FairnessRowTest {

    /** More than the process reads ahead. */
    private static final int HEAVY = 18_000;

    private static double alone;
    private static Times unfair;

    @BeforeAll
    static void compareWith() {
        alone = p95(FairnessRow.run(1, 0, 1, Mechanisms.ALL));
        unfair = FairnessRow.run(1, HEAVY, 1, Mechanisms.NONE);
    }

    @Test
    void aLightTenantWaitsHardlyLongerThanAlone() {
        Times times = FairnessRow.run(1, HEAVY, 20, Mechanisms.ALL);

        assertThat(p95(times)).isLessThanOrEqualTo(2 * alone);
        assertThat(times.all())
                .isLessThanOrEqualTo(unfair.all().multipliedBy(101).dividedBy(100));
        assertThat(p95(unfair)).isGreaterThan(10 * alone);
    }

    @Test
    void aLightTenantWaitsHardlyLongerBesideManyProcessesToo() {
        assertThat(p95(FairnessRow.run(6, 6_000, 1, Mechanisms.ALL))).isLessThanOrEqualTo(2 * alone);
    }

    @Test
    void withoutTheFairReleaseItStandsBehindTheMany() {
        assertThat(p95(FairnessRow.run(1, HEAVY, 1, new Mechanisms(false, true))))
                .isGreaterThan(10 * alone);
    }

    @Test
    void withoutTheFairQueueItStandsBehindAMinuteOfWork() {
        assertThat(p95(FairnessRow.run(1, HEAVY, 1, new Mechanisms(true, false))))
                .isGreaterThan(10 * alone);
    }
}
