package io.pawline.ops.controls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.controls.ControlPublishException;
import io.pawline.controls.ControlPublisher;
import io.pawline.ops.TestingDatabase;
import io.pawline.ops.audit.Audit;
import io.pawline.ops.controls.OperatorControls.Cancelled;
import io.pawline.ops.controls.OperatorControls.Order;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Cancellations;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingSerde;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Gives controls while Kafka is away. */
class OperatorControlsIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();
    private static final Order ORDER = new Order("ann", "the pictures are wrong");

    private static final ControlPublisher AWAY = new ControlPublisher(
            Map.of("bootstrap.servers", "127.0.0.1:1"),
            new TestingSerde.ToBytes(),
            Clock.systemUTC(),
            Duration.ofMillis(200));

    private final OperatorControls controls =
            new OperatorControls(DATABASE, new Cancellations(DATABASE), AWAY, Clock.systemUTC());

    @AfterAll
    static void close() {
        AWAY.close();
        DATABASE.close();
    }

    @Test
    void aControlThatKafkaDoesNotTakeIsNotInTheAudit() {
        assertThatThrownBy(() -> controls.pause(Stage.DETECT, ORDER)).isInstanceOf(ControlPublishException.class);

        assertThat(new Audit(DATABASE).lastControls()).isEmpty();
    }

    @Test
    void aCancellationHoldsAndIsLeftToIngestServiceToPublish() {
        Submission task = TestingTasks.submission();
        new TaskDao(DATABASE).accept(task);

        assertThat(controls.cancel(task.id(), ORDER)).isInstanceOf(Cancelled.Now.class);

        assertThat(new Cancellations(DATABASE).unpublished(10))
                .extracting(unpublished -> unpublished.id())
                .containsExactly(task.id());
    }
}
