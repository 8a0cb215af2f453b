package io.pawline.ops.timeline;

import io.pawline.ops.timeline.Timeline.Event;
import io.pawline.schemas.Stage;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Says why a task waits: the answer to the question that somebody asks who looks at its timeline. Thread-safe. */
final class WaitReason {

    /** A stage that waits for this works all the same. */
    private static final Set<String> OPEN = Set.of("capacity", "rate");

    private final Stages stages;
    private final Predicate<String> outOfMoney;
    private final Clock clock;

    /** Knows what the work of a stage waits for. */
    interface Stages {
        Optional<String> of(Stage stage) throws InterruptedException;

        /** Says whether a tenant has its share of the stage's permits, and others have the rest. */
        default boolean hasItsShare(Stage stage, String tenant) {
            return false;
        }
    }

    /** @param outOfMoney says whether a tenant has spent what it may spend in a day */
    WaitReason(Stages stages, Predicate<String> outOfMoney, Clock clock) {
        this.stages = stages;
        this.outOfMoney = outOfMoney;
        this.clock = clock;
    }

    /**
     * Decides why a task that has no final state waits.
     *
     * @param notBefore null: it starts at once
     * @param relayed whether the stages have it
     * @return {@code start}, {@code fairness}, {@code budget}, {@code retry}, or what its stage waits for; null: nothing that
     *     is known, or a call for it is under way
     */
    @Nullable
    String of(Timeline task, @Nullable Instant notBefore, boolean relayed) throws InterruptedException {
        if (notBefore != null && notBefore.isAfter(clock.instant())) {
            return "start";
        }
        if (!relayed) {
            return outOfMoney.test(task.tenant()) ? "budget" : "fairness";
        }
        Stage stage = stageOf(task);
        Optional<Event> last = lastCall(task, stage);
        if (last.filter(call -> "unknown".equals(call.outcome())).isPresent()) {
            return null;
        }
        if (stage.paid() && outOfMoney.test(task.tenant())) {
            return "budget";
        }
        Optional<String> stageWaits = stages.of(stage);
        if (stageWaits.filter(why -> !OPEN.contains(why)).isPresent()) {
            return stageWaits.get();
        }
        if (last.filter(call -> "failed".equals(call.outcome())).isPresent()) {
            return "retry";
        }
        return stageWaits
                .map(why -> stages.hasItsShare(stage, task.tenant()) ? "fairness" : why)
                .orElse(null);
    }

    private static Stage stageOf(Timeline task) {
        return task.events().stream()
                .filter(event -> event.kind().equals("reached") && isOfNow(event, task))
                .map(Event::stage)
                .reduce((_, later) -> later)
                .flatMap(Stage::ofCode)
                .orElse(Stage.DETECT);
    }

    private static Optional<Event> lastCall(Timeline task, Stage stage) {
        return task.events().stream()
                .filter(event -> event.kind().equals("call")
                        && isOfNow(event, task)
                        && stage.code().equals(event.stage()))
                .reduce((_, later) -> later);
    }

    private static boolean isOfNow(Event event, Timeline task) {
        Integer generation = event.generation();
        return generation != null && generation == task.generation();
    }
}
