package io.pawline.controls;

import io.pawline.events.ControlCommand;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps the controls that hold, by subject. One thread writes, in the order of the topic; any may read. */
final class ActiveControls {

    private final Map<String, ControlCommand> bySubject = new ConcurrentHashMap<>();

    /**
     * Takes the next control.
     *
     * @return whether it changes anything: a cool-down that ends before the one in force does not
     * @throws IllegalArgumentException if the control is none that is understood here; nothing has changed then
     */
    boolean apply(String subject, ControlCommand control, Instant now) {
        requireSense(subject, control);
        return switch (control.getAction()) {
            case PAUSE -> put(subject, control);
            case RESUME -> remove(subject);
            case LIMIT -> control.getLimit().isPresent() ? put(subject, control) : remove(subject);
            case COOL_DOWN -> !endsBefore(control, bySubject.get(subject)) && putUnlessOver(subject, control, now);
            case CANCEL -> putUnlessOver(subject, control, now);
        };
    }

    /** Takes a tombstone: no control holds for the subject. */
    boolean remove(String subject) {
        return bySubject.remove(subject) != null;
    }

    /** Forgets the controls that are over. */
    void dropOver(Instant now) {
        bySubject.values().removeIf(control -> isOver(control, now));
    }

    Optional<ControlCommand> of(String subject) {
        return Optional.ofNullable(bySubject.get(subject));
    }

    /** Returns all controls in force, sorted by subject. */
    List<ControlCommand> all(Instant now) {
        return bySubject.values().stream()
                .filter(control -> !isOver(control, now))
                .sorted(Comparator.comparing(ControlCommand::getSubject))
                .toList();
    }

    private boolean put(String subject, ControlCommand control) {
        bySubject.put(subject, control);
        return true;
    }

    private boolean putUnlessOver(String subject, ControlCommand control, Instant now) {
        return isOver(control, now) ? remove(subject) : put(subject, control);
    }

    private static boolean endsBefore(ControlCommand control, @Nullable ControlCommand earlier) {
        return earlier != null && !end(control).isAfter(end(earlier));
    }

    private static boolean isOver(ControlCommand control, Instant now) {
        return !end(control).isAfter(now);
    }

    private static Instant end(ControlCommand control) {
        return control.getUntil().orElse(Instant.MAX);
    }

    private static void requireSense(String subject, ControlCommand control) {
        boolean sense = subject.equals(control.getSubject())
                && Subject.actions(subject).contains(control.getAction())
                && switch (control.getAction()) {
                    case PAUSE, RESUME -> true;
                    case LIMIT -> control.getLimit().orElse(1) > 0;
                    case COOL_DOWN, CANCEL -> control.getUntil().isPresent();
                };
        if (!sense) {
            throw new IllegalArgumentException("no instruction for %s: %s".formatted(subject, control));
        }
    }
}
