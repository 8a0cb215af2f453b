package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.ProviderOutage;
import io.pawline.testkit.Scale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Shows whether an overload outlives its cause. */
@Tag("against-latency")
class ProviderOutageIT {

    @Test
    void requestsAreAnsweredInTimeAgainAfterAnOutageUnderOverload() throws Exception {
        ProviderOutage.Figures figures = ProviderOutage.withPawlinesPolicies(Scale.SMALL);

        assertThat(figures.goodputBefore()).as("%s", figures).isGreaterThan(0.6);
        assertThat(figures.goodputInOutage()).as("%s", figures).isLessThan(0.5);
        assertThat(figures.goodputAfterTwiceTheOutage()).as("%s", figures).isGreaterThan(0.7);
        assertThat(figures.callsPerSuccess()).as("%s", figures).isLessThan(3);
    }

    @Test
    void theyAreNotIfCallsAreGivenUpOnSoonAndMadeAgainAtOnce() throws Exception {
        ProviderOutage.Figures figures = ProviderOutage.withImpatientPolicies(Scale.SMALL);

        assertThat(figures.goodputBefore()).as("%s", figures).isGreaterThan(0.6);
        assertThat(figures.goodputAfterTwiceTheOutage()).as("%s", figures).isLessThan(0.4);
    }
}
