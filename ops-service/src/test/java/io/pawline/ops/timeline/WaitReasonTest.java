package io.pawline.ops.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.timeline.Timeline.Event;
import io.pawline.schemas.Stage;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitReasonTest {

    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");

    private final Map<Stage, String> stages = new EnumMap<>(Stage.class);
    private final Set<String> outOfMoney = new HashSet<>();
    private final Set<String> withTheirShare = new HashSet<>();
    private final WaitReason wait =
            new WaitReason(new KnownStages(), outOfMoney::contains, Clock.fixed(NOW, ZoneOffset.UTC));

    private final class KnownStages implements WaitReason.Stages {
        @Override
        public Optional<String> of(Stage stage) {
            return Optional.ofNullable(stages.get(stage));
        }

        @Override
        public boolean hasItsShare(Stage stage, String tenant) {
            return withTheirShare.contains(tenant);
        }
    }

    @Test
    void aTaskMayStartLater() throws InterruptedException {
        assertThat(wait.of(task(), NOW.plusSeconds(1), false)).isEqualTo("start");
    }

    @Test
    void aTaskInTheOutboxWaitsForItsTenantsShare() throws InterruptedException {
        assertThat(wait.of(task(), null, false)).isEqualTo("fairness");
    }

    @Test
    void aTaskWaitsForWhatItsStageWaitsFor() throws InterruptedException {
        stages.put(Stage.GENERATE, "capacity");
        stages.put(Stage.DETECT, "paused");

        assertThat(wait.of(task(reached("generate")), null, true)).isEqualTo("capacity");
        assertThat(wait.of(task(), null, true)).isEqualTo("paused");
        assertThat(wait.of(task(reached("matting")), null, true)).isNull();
    }

    @Test
    void aTaskOfATenantWithItsShareWaitsForItsTurn() throws InterruptedException {
        stages.put(Stage.GENERATE, "rate");
        assertThat(wait.of(task(reached("generate")), null, true)).isEqualTo("rate");

        withTheirShare.add("shop");
        assertThat(wait.of(task(reached("generate")), null, true)).isEqualTo("fairness");
        assertThat(wait.of(task(reached("matting")), null, true)).isNull();
        stages.put(Stage.GENERATE, "breaker");
        assertThat(wait.of(task(reached("generate")), null, true)).isEqualTo("breaker");
    }

    @Test
    void aTaskWithACallUnderWayWaitsForNothing() throws InterruptedException {
        stages.put(Stage.GENERATE, "capacity");
        outOfMoney.add("shop");

        assertThat(wait.of(task(reached("generate"), call("generate", "unknown")), null, true))
                .isNull();
    }

    @Test
    void moneyIsMissingForStagesThatCostSome() throws InterruptedException {
        outOfMoney.add("shop");

        assertThat(wait.of(task(), null, false)).isEqualTo("budget");
        assertThat(wait.of(task(reached("matting")), null, true)).isEqualTo("budget");
        assertThat(wait.of(task(reached("finalize")), null, true)).isNull();
    }

    @Test
    void aFailedCallIsMadeAgainUnlessItsStageIsClosed() throws InterruptedException {
        Timeline task = task(reached("generate"), call("generate", "failed"));
        stages.put(Stage.GENERATE, "capacity");
        assertThat(wait.of(task, null, true)).isEqualTo("retry");

        stages.put(Stage.GENERATE, "breaker");
        assertThat(wait.of(task, null, true)).isEqualTo("breaker");
    }

    private static Timeline task(Event... events) {
        return new Timeline(
                new UUID(1, 2),
                "shop",
                "ink",
                null,
                "accepted",
                null,
                null,
                NOW.minusSeconds(60),
                NOW.plusSeconds(600),
                null,
                null,
                1,
                null,
                BigDecimal.ZERO,
                Stream.concat(Stream.of(event("accepted", null, null)), List.of(events).stream())
                        .toList());
    }

    private static Event reached(String stage) {
        return event("reached", stage, null);
    }

    private static Event call(String stage, String outcome) {
        return event("call", stage, outcome);
    }

    private static Event event(String kind, @Nullable String stage, @Nullable String outcome) {
        return new Event(
                NOW, kind, stage, 1, null, null, null, outcome, null, null, null, null, null, null, null, null, null);
    }
}
