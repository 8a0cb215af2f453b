package io.pawline.ops.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.alerts.Alert.Severity;
import io.pawline.ops.alerts.AlertJournal.Measured;
import io.pawline.ops.alerts.AlertJournal.Notified;
import io.pawline.ops.alerts.AlertJournal.Past;
import io.pawline.ops.alerts.AlertJournal.State;
import io.pawline.taskstore.TaskDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AlertJournalIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();
    private static final Map<String, Severity> RECEIVERS = Map.of("night", Severity.CRITICAL, "team", Severity.WARNING);

    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private final AlertJournal journal = new AlertJournal(DATABASE, RECEIVERS);

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate alert, alert_history, alert_notification"));
    }

    @Test
    void whatFiredIsKeptWithItsTimeItsValueAndItsEnd() {
        Instant fired = now;
        note(State.FIRES, 7);
        note(State.FIRES, 9);
        Instant ok = now;
        note(State.OK, 0);
        assertThat(only().endedAt()).as("it may fire again at once").isNull();
        now = now.plus(AlertJournal.QUIET);
        note(State.OK, 0);

        assertThat(only().firedAt()).isEqualTo(fired);
        assertThat(only().endedAt()).isEqualTo(ok);
        assertThat(only().value()).isEqualTo(7);
    }

    @Test
    void aFigureCloseToItsThresholdIsOneAlert() {
        for (int i = 0; i < 5; i++) {
            note(State.FIRES, 6);
            note(State.OK, 5);
        }
        note(State.FIRES, 6);

        assertThat(only().notifications()).extracting(Notified::event).containsOnly("fired");
    }

    @Test
    void anAlertThatFiresAgainLaterIsAnother() {
        note(State.FIRES, 6);
        note(State.OK, 5);
        now = now.plus(AlertJournal.QUIET);
        Instant again = now;

        assertThat(note(State.FIRES, 6)).containsEntry(Alert.BREAKER_OPEN, again);
        assertThat(journal.newest(10)).hasSize(2);
    }

    @Test
    void whatCannotBeMeasuredStaysAsItWas() {
        assertThat(note(State.UNKNOWN, 0)).isEmpty();
        Instant fired = now;
        note(State.FIRES, 6);
        now = now.plus(Duration.ofHours(1));

        assertThat(note(State.UNKNOWN, 0)).containsEntry(Alert.BREAKER_OPEN, fired);
        assertThat(only().endedAt()).isNull();
    }

    @Test
    void eachReceiverIsNotifiedOfWhatIsSevereEnoughForIt() {
        note(State.FIRES, 6);
        journal.note(now, List.of(measured(Alert.OPS_BEHIND, State.FIRES, 200)));

        assertThat(journal.newest(10))
                .flatExtracting(Past::notifications)
                .extracting(Notified::receiver)
                .containsExactlyInAnyOrder("night", "team", "team");
    }

    @Test
    void severalProcessesNoteAnAlertOnce() throws Exception {
        try (ExecutorService processes = Executors.newFixedThreadPool(4)) {
            List<Measured> fires = List.of(measured(Alert.BREAKER_OPEN, State.FIRES, 6));
            for (var noted : processes.invokeAll(IntStream.range(0, 40)
                    .<Callable<Map<Alert, Instant>>>mapToObj(
                            _ -> () -> new AlertJournal(DATABASE, RECEIVERS).note(now, fires))
                    .toList())) {
                assertThat(noted.get()).containsKey(Alert.BREAKER_OPEN);
            }
        }

        assertThat(only().notifications()).hasSize(2);
    }

    private Map<Alert, Instant> note(State state, double value) {
        Map<Alert, Instant> firing = journal.note(now, List.of(measured(Alert.BREAKER_OPEN, state, value)));
        now = now.plusSeconds(10);
        return firing;
    }

    private static Measured measured(Alert alert, State state, double value) {
        return new Measured(alert, state, value, 5.0, "min", "no calls to seedream but probes");
    }

    private Past only() {
        List<Past> all = journal.newest(10);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }
}
