package io.pawline.controls;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingEvents;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks what is refused before Kafka is asked. */
class ControlPublisherTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final ControlPublisher controlPublisher = new ControlPublisher(
            Map.of("bootstrap.servers", "127.0.0.1:1"), TestingEvents.serializer(), Clock.fixed(NOW, ZoneOffset.UTC));

    @AfterEach
    void close() {
        controlPublisher.close();
    }

    @Test
    void asksWhoAndWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> controlPublisher.pause(Stage.DETECT, " ", "test"))
                .withMessage("by must not be blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> controlPublisher.cancel(TaskId.next(), NOW, "ann", ""))
                .withMessage("why must not be blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> controlPublisher.liftCoolDown("", "ann", "test"))
                .withMessage("provider must not be blank");
    }

    @Test
    void refusesALimitThatStopsTheStage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> controlPublisher.limit(Stage.DETECT, OptionalInt.of(0), "ann", "test"))
                .withMessage("a limit must be > 0, was 0; to stop the stage, pause it");
    }

    @Test
    void refusesACoolDownLongerThanTheTopicCanCompare() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> controlPublisher.coolDown(
                        "ark", NOW.plus(ControlPublisher.LONGEST_COOL_DOWN).plusMillis(1), "ann", "test"))
                .withMessageContaining("≤ 24 h");
    }
}
