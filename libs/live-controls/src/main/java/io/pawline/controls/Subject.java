package io.pawline.controls;

import io.pawline.events.ControlAction;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.util.Set;

/**
 * Names what a control is about: the key of its record. A stage's pause and its limit are two subjects, for each
 * survives alone.
 */
final class Subject {

    private static final String STAGE = "stage:";
    private static final String LIMIT = "limit:";
    private static final String PROVIDER = "provider:";
    private static final String OFF = "off:";
    private static final String TASK = "task:";
    private static final String WEIGHT = "weight:";

    private Subject() {}

    static String stage(Stage stage) {
        return STAGE + stage.code();
    }

    static String limit(Stage stage) {
        return LIMIT + stage.code();
    }

    static String provider(String name) {
        return PROVIDER + name;
    }

    /** A provider's switch is a subject besides its cool-down, which a process may give while the provider is off. */
    static String off(String provider) {
        return OFF + provider;
    }

    static String task(TaskId id) {
        return TASK + id;
    }

    static String weight(String tenant) {
        return WEIGHT + tenant;
    }

    static boolean isWeight(String subject) {
        return subject.startsWith(WEIGHT);
    }

    static boolean isTask(String subject) {
        return subject.startsWith(TASK);
    }

    /** Returns the controls that a subject can have; none if it is of no kind known here. */
    static Set<ControlAction> actions(String subject) {
        return switch (subject.substring(0, subject.indexOf(':') + 1)) {
            case STAGE, OFF -> Set.of(ControlAction.PAUSE, ControlAction.RESUME);
            case LIMIT, WEIGHT -> Set.of(ControlAction.LIMIT);
            case PROVIDER -> Set.of(ControlAction.COOL_DOWN, ControlAction.RESUME);
            case TASK -> Set.of(ControlAction.CANCEL);
            default -> Set.of();
        };
    }
}
