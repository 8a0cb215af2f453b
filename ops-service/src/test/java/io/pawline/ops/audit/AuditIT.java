package io.pawline.ops.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.audit.Audit.ControlEntry;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditIT {

    private final TaskDatabase database = TestingDatabase.open();
    private final Instant now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aDeploymentIsNotedOnceUntilThereIsAnotherOne() {
        assertThat(deployed("0.1.0, values 11111111", 0)).isTrue();
        assertThat(deployed("0.1.0, values 11111111", 1)).as("a restart").isFalse();
        assertThat(deployed("0.1.0, values 22222222", 2)).isTrue();
        assertThat(deployed("0.1.0, values 11111111", 3)).as("a rollback").isTrue();

        assertThat(changes())
                .extracting(ControlEntry::why)
                .containsExactly("0.1.0, values 11111111", "0.1.0, values 22222222", "0.1.0, values 11111111");
    }

    @Test
    void aDeploymentIsNoControlThatIsInForce() {
        deployed("0.1.0", 0);
        database.inTransaction(handle -> {
            Audit.note(handle, new ControlEntry(now, "ann", "pause", "tested", "stage:generate", null, null));
            return true;
        });

        assertThat(new Audit(database).lastControls())
                .extracting(ControlEntry::subject)
                .containsExactly("stage:generate");
        assertThat(changes()).hasSize(2);
    }

    private boolean deployed(String what, int minute) {
        return database.inTransaction(
                handle -> Audit.noteDeployment(handle, what, now.plus(Duration.ofMinutes(minute))));
    }

    private List<ControlEntry> changes() {
        return database.with(handle -> Audit.controls(handle, now, now.plus(Duration.ofHours(1)), 100));
    }
}
