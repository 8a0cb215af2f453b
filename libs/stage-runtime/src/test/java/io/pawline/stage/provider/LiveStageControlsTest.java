package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.TaskAccepted;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.ControlChannel;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Fallback;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import io.pawline.stage.StageSpec;
import io.pawline.stage.SystemScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LiveStageControlsTest {

    private static final Fallback SECOND = new Fallback(policies("second"), 8);

    private final TestingChannel channel = new TestingChannel();
    private final LiveStageControls controls = new LiveStageControls(
            new StageSpec<>(
                    Stage.DETECT,
                    TaskAccepted.class,
                    TaskAccepted::getContext,
                    new StagePolicies(
                            64,
                            Duration.ZERO,
                            Duration.ZERO,
                            0.25,
                            new RetryPolicy(1, Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofSeconds(1))),
                    Optional.of(policies("first")),
                    false,
                    new Fallbacks(Fallbacks.Policy.STANDBY, Duration.ofSeconds(1), List.of(SECOND))),
            "test",
            channel,
            new SystemScheduler());

    @Test
    void theLimitOfAStageRaisesNoFurtherProviderAboveItsOwn() {
        assertThat(controls.of(SECOND).limit()).isEmpty();

        channel.limit = OptionalInt.of(100);
        assertThat(controls.limit()).hasValue(100);
        assertThat(controls.of(SECOND).limit()).hasValue(8);

        channel.limit = OptionalInt.of(5);
        assertThat(controls.of(SECOND).limit()).hasValue(5);
    }

    @Test
    void whatIsSaidOfOneProviderConcernsNoOther() {
        channel.off = "second";
        assertThat(controls.off()).isFalse();
        assertThat(controls.of(SECOND).off()).isTrue();

        channel.coolsDown = "first";
        assertThat(controls.coolDownUntil()).isEqualTo(Instant.MAX);
        assertThat(controls.of(SECOND).coolDownUntil()).isEqualTo(Instant.EPOCH);
    }

    private static ProviderPolicies policies(String name) {
        return new ProviderPolicies(name, false, Optional.empty(), 0, 0);
    }

    private static final class TestingChannel implements ControlChannel {

        private OptionalInt limit = OptionalInt.empty();
        private String off = "";
        private String coolsDown = "";

        @Override
        public void start() {}

        @Override
        public boolean awaitRead(Duration longest) {
            return true;
        }

        @Override
        public boolean paused(Stage stage) {
            return false;
        }

        @Override
        public OptionalInt limit(Stage stage) {
            return limit;
        }

        @Override
        public OptionalDouble weight(String tenant) {
            return OptionalDouble.empty();
        }

        @Override
        public Instant coolDownUntil(String provider) {
            return provider.equals(coolsDown) ? Instant.MAX : Instant.EPOCH;
        }

        @Override
        public boolean off(String provider) {
            return provider.equals(off);
        }

        @Override
        public boolean cancelled(TaskId task) {
            return false;
        }

        @Override
        public void coolDown(String provider, Instant until, String by, String why) {
            throw new AssertionError("nobody asked for it");
        }

        @Override
        public void close() {}
    }
}
