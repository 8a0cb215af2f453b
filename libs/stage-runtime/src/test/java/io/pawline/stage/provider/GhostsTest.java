package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GhostsTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Ghosts ghosts = new Ghosts();

    @Test
    void aCallGivenUpCountsAsLongAsOthersTake() {
        for (int i = 0; i < 150; i++) {
            ghosts.succeededAfter(10 * SECOND);
        }

        ghosts.gaveUp(2 * SECOND, 100 * SECOND);

        assertThat(ghosts.count(108 * SECOND - 1)).isEqualTo(1);
        assertThat(ghosts.count(108 * SECOND)).isZero();
    }

    @Test
    void aFewVerySlowCallsProlongNone() {
        for (int i = 0; i < 99; i++) {
            ghosts.succeededAfter(SECOND);
        }
        ghosts.succeededAfter(60 * SECOND);

        ghosts.gaveUp(0, 0);

        assertThat(ghosts.count(SECOND)).isZero();
    }

    @Test
    void aCallThatWasSlowGoesOnForAQuarterOfItsTime() {
        ghosts.succeededAfter(SECOND);

        ghosts.gaveUp(60 * SECOND, 0);

        assertThat(ghosts.count(15 * SECOND - 1)).isEqualTo(1);
        assertThat(ghosts.count(15 * SECOND)).isZero();
    }

    @Test
    void noCallCountsForLongerThanHalfAMinute() {
        ghosts.gaveUp(300 * SECOND, 0);

        assertThat(ghosts.count(30 * SECOND - 1)).isEqualTo(1);
        assertThat(ghosts.count(30 * SECOND)).isZero();
    }

    @Test
    void eachEndsAtItsOwnTime() {
        ghosts.gaveUp(40 * SECOND, 0);
        ghosts.gaveUp(4 * SECOND, 0);
        ghosts.gaveUp(8 * SECOND, 0);

        assertThat(ghosts.count(0)).isEqualTo(3);
        assertThat(ghosts.count(SECOND)).isEqualTo(2);
        assertThat(ghosts.count(2 * SECOND)).isEqualTo(1);
    }
}
