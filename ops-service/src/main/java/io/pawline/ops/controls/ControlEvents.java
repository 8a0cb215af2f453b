package io.pawline.ops.controls;

import io.pawline.controls.ControlStateReader;
import io.pawline.events.ControlAction;
import io.pawline.events.ControlCommand;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Shows the events in the control topic that are in force. Thread-safe. */
final class ControlEvents {

    /** A process that has just started has not read the topic yet. */
    private static final Duration TO_READ = Duration.ofSeconds(2);

    private static final int MOST_TASKS = 200;

    private final ControlStateReader state;

    ControlEvents(ControlStateReader state) {
        this.state = state;
    }

    /**
     * What is in force.
     *
     * @param controls sorted by subject; behind them the newest cancelled tasks, 200 at most
     * @param cancelledTasks how many tasks are cancelled and could still be met by a stage
     */
    record InForce(List<ControlView> controls, long cancelledTasks) {}

    /** Returns what is in force; empty if the topic has not been read. */
    Optional<InForce> inForce() throws InterruptedException {
        if (!state.awaitRead(TO_READ)) {
            return Optional.empty();
        }
        List<ControlCommand> all = state.inForce();
        List<ControlCommand> tasks =
                all.stream().filter(ControlEvents::isOfTask).toList();
        Stream<ControlCommand> newest = tasks.stream()
                .sorted(Comparator.comparing(ControlCommand::getAt).reversed())
                .limit(MOST_TASKS);
        return Optional.of(new InForce(
                Stream.concat(all.stream().filter(control -> !isOfTask(control)), newest)
                        .map(ControlEvents::view)
                        .toList(),
                tasks.size()));
    }

    private static boolean isOfTask(ControlCommand control) {
        return control.getAction() == ControlAction.CANCEL;
    }

    private static ControlView view(ControlCommand control) {
        boolean ofWeight = control.getSubject().startsWith("weight:");
        return ControlView.of(
                control.getSubject(),
                ofWeight ? "weight" : control.getAction().name().toLowerCase(Locale.ROOT),
                control.getLimit().orElse(null),
                control.getUntil().orElse(null),
                control.getBy(),
                control.getWhy(),
                control.getAt());
    }
}
