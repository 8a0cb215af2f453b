package io.pawline.controls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pawline.events.ControlAction;
import io.pawline.events.ControlCommand;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActiveControlsTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final ActiveControls activeControls = new ActiveControls();

    @Test
    void aPauseHoldsUntilTheStageIsResumed() {
        assertThat(apply(said("stage:generate", ControlAction.PAUSE))).isTrue();
        assertThat(activeControls.of("stage:generate")).isPresent();
        assertThat(activeControls.of("stage:matting")).isEmpty();

        assertThat(apply(said("stage:generate", ControlAction.RESUME))).isTrue();
        assertThat(activeControls.of("stage:generate")).isEmpty();
        assertThat(apply(said("stage:generate", ControlAction.RESUME)))
                .as("says nothing new")
                .isFalse();
    }

    @Test
    void theNewestOfASubjectWinsWhateverItsClockSays() {
        apply(said("limit:generate", ControlAction.LIMIT).setLimit(5).setAt(NOW));
        apply(said("limit:generate", ControlAction.LIMIT).setLimit(7).setAt(NOW.minusSeconds(3_600)));

        assertThat(activeControls.of("limit:generate").flatMap(ControlCommand::getLimit))
                .contains(7);
    }

    @Test
    void aLimitWithoutANumberIsTheConfiguredOne() {
        apply(said("limit:generate", ControlAction.LIMIT).setLimit(5));
        apply(said("limit:generate", ControlAction.LIMIT));

        assertThat(activeControls.of("limit:generate")).isEmpty();
    }

    @Test
    void aWeightHoldsUntilItIsTheConfiguredOneAgain() {
        apply(said("weight:big shop", ControlAction.LIMIT).setLimit(2_500));
        assertThat(activeControls.of("weight:big shop").flatMap(ControlCommand::getLimit))
                .contains(2_500);

        apply(said("weight:big shop", ControlAction.LIMIT));
        assertThat(activeControls.of("weight:big shop")).isEmpty();
    }

    @Test
    void ofTwoCoolDownsTheOneThatEndsLaterHolds() {
        assertThat(apply(coolDown(60))).isTrue();
        assertThat(apply(coolDown(30))).as("ends sooner").isFalse();
        assertThat(apply(coolDown(-5))).as("is over").isFalse();
        assertThat(coolDownUntil()).isEqualTo(NOW.plusSeconds(60));

        assertThat(apply(coolDown(90))).isTrue();
        assertThat(coolDownUntil()).isEqualTo(NOW.plusSeconds(90));
    }

    @Test
    void aCoolDownOfAClockThatIsAheadLastsNoLongerThanItSays() {
        ControlCommand ahead = said("provider:ark", ControlAction.COOL_DOWN)
                .setAt(NOW.plus(Duration.ofHours(3)))
                .setUntil(NOW.plus(Duration.ofHours(3)).plusSeconds(30))
                .build();

        assertThat(ControlStateReader.bounded(ahead, NOW).getUntil()).contains(NOW.plusSeconds(30));
    }

    @Test
    void noCoolDownLastsLongerThanADay() {
        ControlCommand endless = said("provider:ark", ControlAction.COOL_DOWN)
                .setAt(NOW)
                .setUntil(NOW.plus(Duration.ofDays(400)))
                .build();

        assertThat(ControlStateReader.bounded(endless, NOW).getUntil()).contains(NOW.plus(Duration.ofDays(1)));
    }

    @Test
    void aLiftedCoolDownMayBeFollowedByAShorterOne() {
        apply(coolDown(60));
        apply(said("provider:ark", ControlAction.RESUME));
        assertThat(activeControls.of("provider:ark")).isEmpty();

        apply(coolDown(10));
        assertThat(coolDownUntil()).isEqualTo(NOW.plusSeconds(10));
    }

    @Test
    void aCoolDownDoesNotSwitchAProviderOn() {
        apply(said("off:ark", ControlAction.PAUSE));
        apply(coolDown(60));
        apply(said("provider:ark", ControlAction.RESUME));
        assertThat(activeControls.of("off:ark")).isPresent();

        apply(said("off:ark", ControlAction.RESUME));
        assertThat(activeControls.of("off:ark")).isEmpty();
    }

    @Test
    void whatIsOverIsForgotten() {
        apply(coolDown(60));
        apply(said("task:a", ControlAction.CANCEL).setUntil(NOW.plusSeconds(60)));
        apply(said("task:b", ControlAction.CANCEL).setUntil(NOW.plusSeconds(61)));
        apply(said("task:c", ControlAction.CANCEL).setUntil(NOW));
        apply(said("stage:generate", ControlAction.PAUSE));
        assertThat(activeControls.of("task:c")).isEmpty();

        activeControls.dropOver(NOW.plusSeconds(60));

        assertThat(activeControls.all(NOW))
                .extracting(ControlCommand::getSubject)
                .containsExactly("stage:generate", "task:b");
    }

    @Test
    void whatIsOverIsNotShownThoughItIsNotForgottenYet() {
        apply(coolDown(60));

        assertThat(activeControls.all(NOW.plusSeconds(60))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "stage:generate, COOL_DOWN, , 2027-01-01T00:00:00Z",
        "limit:generate, LIMIT, 0,",
        "limit:generate, PAUSE, ,",
        "provider:ark, COOL_DOWN, ,",
        "task:a, CANCEL, ,",
        "task:a, PAUSE, ,",
        "planet:earth, PAUSE, ,",
        "nonsense, PAUSE, ,",
        "'', PAUSE, ,",
    })
    void whatMakesNoSenseChangesNothing(String subject, ControlAction action, Integer limit, Instant until) {
        ControlCommand.Builder said = said(subject, action).setLimit(limit).setUntil(until);

        assertThatIllegalArgumentException().isThrownBy(() -> apply(said));
        assertThat(activeControls.all(NOW)).isEmpty();
    }

    @Test
    void aRecordWhoseKeyIsAnotherSubjectMakesNoSense() {
        ControlCommand said = said("stage:generate", ControlAction.PAUSE).build();

        assertThatIllegalArgumentException().isThrownBy(() -> activeControls.apply("stage:matting", said, NOW));
    }

    private boolean apply(ControlCommand.Builder said) {
        return activeControls.apply(said.getSubject(), said.build(), NOW);
    }

    private Instant coolDownUntil() {
        return activeControls
                .of("provider:ark")
                .flatMap(ControlCommand::getUntil)
                .orElseThrow();
    }

    private static ControlCommand.Builder coolDown(int seconds) {
        return said("provider:ark", ControlAction.COOL_DOWN).setUntil(NOW.plusSeconds(seconds));
    }

    private static ControlCommand.Builder said(String subject, ControlAction action) {
        return ControlCommand.newBuilder()
                .setSubject(subject)
                .setAction(action)
                .setBy("ann")
                .setWhy("test")
                .setAt(NOW);
    }
}
