package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.described;
import static io.pawline.testkit.TestingRecords.tasks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingRecords;
import io.pawline.testkit.TestingStage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shows that a task whose call hangs is done by a second call, of which the ledger and the metrics know. */
class HedgeIT {

    private static final String HANGS = "hangs";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final StageRuntime<TaskAccepted> stage = TestingStage.on(TestingKafka.connection())
            .meters(meters)
            .fallbacks(Fallbacks.NONE.hedging(0.02))
            .runtime(HedgeIT::call);

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    private static Outcome call(TaskAccepted in, Attempt attempt) throws InterruptedException {
        return attempt.hedged("", (_, requestId) -> {
            boolean hangs = in.getContext().getStyle().equals(HANGS) && requestId.equals(attempt.requestId());
            TimeUnit.MILLISECONDS.sleep(hangs ? TimeUnit.MINUTES.toMillis(10) : 1);
            return new OutsideCall.Answer<>(described(in), CallReport.succeeded(200, Optional.empty()));
        });
    }

    @Test
    void aCallThatHangsIsMadeASecondTimeAndCut() {
        stage.start();
        TestingKafka.send(tasks(100, "oil"));
        awaitRecords("pawline.generate", 100);
        long before = ends(true).size();

        TestingKafka.send(tasks(1, HANGS));

        awaitRecords("pawline.generate", 101);
        await().untilAsserted(() -> assertThat(ofHanging(ends(false))).hasSize(2));
        List<CallAttempt> ends = ofHanging(ends(false));
        assertThat(ends)
                .filteredOn(end -> !end.getHedge())
                .singleElement()
                .satisfies(end -> assertThat(end.getReason()).contains(Reason.SUPERSEDED.code()));
        assertThat(ends)
                .filteredOn(CallAttempt::getHedge)
                .singleElement()
                .satisfies(end -> assertThat(end.getReason()).isEmpty());
        assertThat(before).as("2 % of 100 calls at most").isLessThanOrEqualTo(2);
        assertThat(meters.get("pawline.stage.provider.hedges")
                        .tag("reason", "none")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(1);
        assertThat(meters.get("pawline.stage.in.flight").gauge().value()).isZero();
    }

    /** Returns the ends of calls, of hedges alone or of all. */
    private static List<CallAttempt> ends(boolean hedges) {
        return TestingRecords.ledger().stream()
                .filter(call -> call.getMoment() == CallMoment.END && (call.getHedge() || !hedges))
                .toList();
    }

    private static List<CallAttempt> ofHanging(List<CallAttempt> calls) {
        return calls.stream()
                .filter(call -> call.getContext().getStyle().equals(HANGS))
                .toList();
    }
}
