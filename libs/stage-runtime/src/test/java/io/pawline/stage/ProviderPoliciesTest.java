package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderPoliciesTest {

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "19, 0, 19", "0, 600, 9.92", "5, 600, 5", "19, 600, 9.92"})
    void theLowerOfTwoRatesHolds(double perSecond, double perMinute, double rate) {
        assertThat(policies(perSecond, perMinute, 0).rate()).isEqualTo(rate);
    }

    @ParameterizedTest
    @CsvSource({"19, 0, 1", "5, 600, 1", "0, 600, 6", "19, 600, 6"})
    void aRateBySecondsIsComparedWithEachSecond(double perSecond, double perMinute, double window) {
        assertThat(policies(perSecond, perMinute, 0).rateWindow()).isEqualTo(window);
    }

    @Test
    void anotherNameChangesNothingElse() {
        ProviderPolicies policies = policies(5, 600, 30);

        assertThat(policies.named("other"))
                .isEqualTo(new ProviderPolicies("other", true, Optional.empty(), 5, 600, 0, 30, 0));
    }

    @Test
    void saysWhichValueIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policies(0, -1, 0))
                .withMessage("calls-per-minute must be from 0 to 1000000, was -1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policies(0, 0, -1))
                .withMessage("provider-capacity must be >= 0, was -1");
    }

    private static ProviderPolicies policies(double perSecond, double perMinute, int capacity) {
        return new ProviderPolicies("seedream", true, Optional.empty(), perSecond, perMinute, 0, capacity, 0);
    }
}
