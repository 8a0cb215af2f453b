package io.pawline.ops.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.audit.Audit;
import io.pawline.ops.canary.Canary.Decision;
import io.pawline.ops.canary.SequentialComparison.Tally;
import io.pawline.ops.canary.SequentialComparison.Verdict;
import io.pawline.ops.canary.TestingComparison.Fate;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.ledger.Prices;
import io.pawline.schemas.Reason;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Judges canaries with a real PostgreSQL. */
class CanaryJudgeIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();

    private Instant now = TestingTasks.NOW;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final CallLedger ledger = new CallLedger(DATABASE, new Prices(Map.of()), Duration.ofDays(30), clock);
    private final CanaryStore store = new CanaryStore(DATABASE);
    private final TestingSwitches switches = new TestingSwitches();
    private CanaryJudge judge = judge();

    /** Says what an operator would see of the switches, a moment after they were used. */
    private static final class TestingSwitches implements CanaryJudge.Switches {
        private final Set<String> off = new HashSet<>();
        private final List<String> given = new ArrayList<>();
        private boolean known = true;
        private boolean lost;

        @Override
        public Optional<Boolean> off(String provider) {
            return known ? Optional.of(off.contains(provider)) : Optional.empty();
        }

        @Override
        public void switchOff(String provider, String why) {
            if (lost) {
                throw new IllegalStateException("Kafka does not answer");
            }
            given.add(provider + ": " + why);
            off.add(provider);
        }
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle ->
                handle.execute("truncate canary, canary_task, call_attempt, task, dead_letter, audit cascade"));
    }

    @Test
    void aCanaryWhosePicturesAreImplausibleIsSwitchedOff() {
        play(8, Fate.IMPLAUSIBLE, Fate.GOOD);

        judge.round();

        Canary canary = canary();
        assertThat(verdict()).isEqualTo(Verdict.WORSE);
        assertThat(canary.counts().results().canary().results()).isLessThanOrEqualTo(8);
        assertThat(canary.counts().causes()).containsOnlyKeys("implausible");
        assertThat(switches.given)
                .singleElement()
                .asString()
                .startsWith("new-model: ")
                .contains("results are bad (implausible ", "of the others 0 of ");
        judge.round();
        assertThat(switches.given).hasSize(1);
    }

    @Test
    void aGoodCanaryStaysAndTheAuditSaysSo() {
        play(300, Fate.GOOD, Fate.GOOD);

        rounds();

        assertThat(verdict()).isEqualTo(Verdict.AS_GOOD);
        assertThat(switches.given).isEmpty();
        assertThat(new Audit(DATABASE).newest(10)).singleElement().satisfies(audited -> {
            assertThat(audited.entry().who()).isEqualTo("canary");
            assertThat(audited.entry().action()).isEqualTo("as_good");
            assertThat(audited.entry().why()).contains("0 of ");
        });
        assertThat(new Audit(DATABASE).lastControls())
                .as("a verdict is no control")
                .isEmpty();
        assertThat(compared()).as("rows of tasks").isZero();
    }

    @Test
    void aRestartKeepsWhatWasCountedAndRepeatsChangeNothing() {
        TestingComparison first = new TestingComparison().with(2, Fate.IMPLAUSIBLE, Fate.GOOD, now);
        first.noteIn(ledger, store);
        first.endIn(DATABASE);
        judge.round();
        Canary before = canary();
        assertThat(before.counts().results().canary()).isEqualTo(new Tally(2, 2));

        judge = judge();
        first.noteIn(ledger, store);
        judge.round();
        assertThat(canary()).isEqualTo(before);

        play(4, Fate.IMPLAUSIBLE, Fate.GOOD);
        judge.round();
        assertThat(verdict()).isEqualTo(Verdict.WORSE);
        assertThat(canary().counts().results().canary().results()).isLessThan(6);
    }

    @Test
    void whatWasDecidedIsDoneByTheNextProcess() {
        play(8, Fate.IMPLAUSIBLE, Fate.GOOD);
        switches.lost = true;
        assertThatThrownBy(judge::round).hasMessage("Kafka does not answer");
        assertThat(verdict()).isEqualTo(Verdict.WORSE);

        switches.lost = false;
        judge = judge();
        judge.round();

        assertThat(switches.given).hasSize(1);
    }

    @Test
    void nothingIsJudgedBeforeItIsKnownWhatIsOff() {
        play(8, Fate.IMPLAUSIBLE, Fate.GOOD);
        switches.known = false;

        judge.round();

        assertThat(canary().decision()).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"MODERATED_IMAGE", "NO_PET", "READ_TIMEOUT", "PROVIDER_ERROR", "MALFORMED_ANSWER", "CONFIGURATION"
            })
    void callsThatFailForReasonsOfTheProviderAreBadAtOnce(Reason failure) {
        TestingComparison played = new TestingComparison().with(8, Fate.callFailed(failure), Fate.GOOD, now);
        played.noteIn(ledger, store);

        judge.round();
        assertThat(canary().decision()).as("the others have not ended").isNull();
        played.endIn(DATABASE);
        judge.round();

        assertThat(verdict()).isEqualTo(Verdict.WORSE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {
                "RATE_LIMITED",
                "OVERLOADED",
                "STORAGE_UNAVAILABLE",
                "DEADLINE_PASSED",
                "CANCELLED",
                "BUDGET_EXCEEDED"
            })
    void whatSaysNothingOfTheProviderDoesNotCount(Reason failure) {
        play(10, Fate.callFailed(failure), Fate.GOOD);
        play(10, new Fate(null, 1_000, 0, failure == Reason.CANCELLED ? "cancelled" : "failed", failure), Fate.GOOD);

        rounds();

        assertThat(canary().decision()).isNull();
        assertThat(canary().counts().results().canary()).isEqualTo(Tally.NONE);
    }

    @ParameterizedTest
    @CsvSource({"2500, 30000, slow", "1000, 90000, costly"})
    void farSlowerAndFarDearerIsBad(int millis, long costMicros, String cause) {
        play(2, Fate.GOOD, Fate.GOOD);
        judge.round();

        play(12, new Fate(null, millis, costMicros, "success", null), Fate.GOOD);
        rounds();

        assertThat(verdict()).isEqualTo(Verdict.WORSE);
        assertThat(canary().counts().causes()).containsOnlyKeys(cause);
    }

    @Test
    void aLittleSlowerAndALittleDearerIsNot() {
        play(2, Fate.GOOD, Fate.GOOD);
        judge.round();

        play(12, new Fate(null, 1_900, 59_000, "success", null), Fate.GOOD);
        rounds();

        assertThat(canary().counts().results().canary()).isEqualTo(new Tally(14, 0));
    }

    @Test
    void whatWasReplayedCountsAsWhatItsFirstGenerationCameTo() {
        play(8, new Fate(null, 1_000, 30_000, "success", null), Fate.GOOD);
        DATABASE.with(handle -> handle.execute("""
                with replayed as (update task set generation = 2, state = 'accepted', ended_at = null, result = null
                    where id in (select task_id from canary_task where of_canary) returning id)
                insert into dead_letter (topic, partition, record_offset, stage, reason, detail, failed_at, attempts,
                    task_id, generation)
                select 'pawline.finalize.dlt', 0, row_number() over (), 'finalize', 'inconsistent_result', '', now(), 1,
                    id, 1 from replayed
                """));

        judge.round();

        assertThat(verdict()).isEqualTo(Verdict.WORSE);
    }

    @Test
    void switchedOnAgainItIsComparedAnew() {
        play(8, Fate.IMPLAUSIBLE, Fate.GOOD);
        judge.round();
        judge.round();
        TestingComparison late = new TestingComparison().with(3, Fate.IMPLAUSIBLE, Fate.GOOD, now);
        now = now.plus(Duration.ofMinutes(5));
        switches.off.clear();

        judge.round();
        assertThat(canary().round()).isEqualTo(2);
        assertThat(canary().decision()).isNull();
        late.noteIn(ledger, store);
        late.endIn(DATABASE);
        judge.round();
        assertThat(canary().counts().results())
                .as("calls of the last comparison")
                .isEqualTo(SequentialComparison.NEW);

        play(3, Fate.GOOD, Fate.GOOD);
        judge.round();
        assertThat(canary().counts().results().canary()).isEqualTo(new Tally(3, 0));
        assertThat(switches.given).hasSize(1);
    }

    @Test
    void switchedOnWhileNobodyLookedItIsComparedAnew() {
        play(8, Fate.IMPLAUSIBLE, Fate.GOOD);
        judge.round();
        switches.off.clear();
        judge.round();
        assertThat(canary().round()).as("the control may not be known yet").isEqualTo(1);

        now = now.plus(Duration.ofMinutes(2));
        judge.round();

        assertThat(canary().round()).isEqualTo(2);
    }

    @Test
    void aCanaryThatAnOperatorSwitchedOffIsComparedAnewAsWell() {
        play(2, Fate.IMPLAUSIBLE, Fate.GOOD);
        judge.round();
        switches.off.add(TestingComparison.CANARY);
        judge.round();
        assertThat(canary().decision()).isNull();
        switches.off.clear();
        judge.round();

        assertThat(canary().round()).isEqualTo(2);
        assertThat(canary().counts().results()).isEqualTo(SequentialComparison.NEW);
    }

    private void play(int ofCanary, Fate its, Fate others) {
        TestingComparison played = new TestingComparison().with(ofCanary, its, others, now);
        played.noteIn(ledger, store);
        played.endIn(DATABASE);
    }

    /** A round judges some thousand results. */
    private void rounds() {
        for (int round = 0; round < 5; round++) {
            judge.round();
        }
    }

    private CanaryJudge judge() {
        return new CanaryJudge(store, switches, new CanaryProperties(2, 2), clock);
    }

    private Canary canary() {
        return store.all().getFirst();
    }

    private @Nullable Verdict verdict() {
        Decision decision = canary().decision();
        return decision == null ? null : decision.verdict();
    }

    private static long compared() {
        return DATABASE.with(handle -> handle.createQuery("select count(*) from canary_task")
                .mapTo(Long.class)
                .one());
    }
}
