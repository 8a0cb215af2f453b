package io.pawline.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.Billed;
import io.pawline.events.CallPhase;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallReportTest {

    @Test
    void whatWasDoneIsBilledAndWhatWasRefusedIsNot() {
        assertThat(CallReport.succeeded(200, Optional.of("id")).billed()).isEqualTo(Billed.YES);
        assertThat(CallReport.refused(Reason.OVERLOADED, 429).billed()).isEqualTo(Billed.NO);
        assertThat(CallReport.refused(Reason.PROVIDER_ERROR, 500).billed()).isEqualTo(Billed.NO);
    }

    @Test
    void whatGotLostAfterAPartWasSentMayHaveBeenBilled() {
        assertThat(CallReport.died(Reason.CONNECT_TIMEOUT, CallPhase.CONNECT).billed())
                .isEqualTo(Billed.NO);
        assertThat(CallReport.died(Reason.CONNECTION_LOST, CallPhase.SEND).billed())
                .isEqualTo(Billed.UNKNOWN);
        assertThat(CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT).billed())
                .isEqualTo(Billed.UNKNOWN);
        assertThat(CallReport.died(Reason.CONNECTION_LOST, CallPhase.READ).billed())
                .isEqualTo(Billed.UNKNOWN);
    }

    @Test
    void anAnswerOfNoUseMayHaveBeenBilled() {
        CallReport report = CallReport.succeeded(200, Optional.of("id")).butFailed(Reason.MALFORMED_ANSWER);

        assertThat(report.billed()).isEqualTo(Billed.UNKNOWN);
        assertThat(report.requestId()).contains("id");
    }

    @Test
    void aRefusalIsNotBilledThoughItComesAsAnHttpSuccess() {
        CallReport report = new CallReport(
                Optional.of(Reason.MODERATED_IMAGE),
                CallPhase.DONE,
                Optional.of(200),
                Optional.of("OutputImageSensitiveContentDetected"),
                Optional.empty(),
                Optional.empty());

        assertThat(report.billed()).isEqualTo(Billed.NO);
    }
}
