package io.pawline.controls;

import io.pawline.events.ControlCommand;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The instructions that hold, by subject. One thread writes, in the order of the topic; any may read. */
final class ActiveControls {

    private final Map<String, ControlCommand> bySubject = new ConcurrentHashMap<>();

    /**
     * Takes the next instruction.
     *
     * @return whether it says anything new: a cool-down that ends before the one in force does not
     * @throws IllegalArgumentException if the instruction is none that is understood here; nothing has changed then
     */
    boolean apply(String subject, ControlCommand said, Instant now) {
        requireSense(subject, said);
        return switch (said.getAction()) {
            case PAUSE -> put(subject, said);
            case RESUME -> remove(subject);
            case LIMIT -> said.getLimit().isPresent() ? put(subject, said) : remove(subject);
            case COOL_DOWN -> !endsBefore(said, bySubject.get(subject)) && putUnlessOver(subject, said, now);
            case CANCEL -> putUnlessOver(subject, said, now);
        };
    }

    /** Takes a tombstone: nothing is said about the subject. */
    boolean remove(String subject) {
        return bySubject.remove(subject) != null;
    }

    /** Forgets what cannot matter any more. */
    void dropOver(Instant now) {
        bySubject.values().removeIf(said -> isOver(said, now));
    }

    Optional<ControlCommand> of(String subject) {
        return Optional.ofNullable(bySubject.get(subject));
    }

    /** Sorted by subject. */
    List<ControlCommand> all(Instant now) {
        return bySubject.values().stream()
                .filter(said -> !isOver(said, now))
                .sorted(Comparator.comparing(ControlCommand::getSubject))
                .toList();
    }

    private boolean put(String subject, ControlCommand said) {
        bySubject.put(subject, said);
        return true;
    }

    private boolean putUnlessOver(String subject, ControlCommand said, Instant now) {
        return isOver(said, now) ? remove(subject) : put(subject, said);
    }

    private static boolean endsBefore(ControlCommand said, @Nullable ControlCommand earlier) {
        return earlier != null && !end(said).isAfter(end(earlier));
    }

    private static boolean isOver(ControlCommand said, Instant now) {
        return !end(said).isAfter(now);
    }

    private static Instant end(ControlCommand said) {
        return said.getUntil().orElse(Instant.MAX);
    }

    private static void requireSense(String subject, ControlCommand said) {
        boolean sense = subject.equals(said.getSubject())
                && Subject.actions(subject).contains(said.getAction())
                && switch (said.getAction()) {
                    case PAUSE, RESUME -> true;
                    case LIMIT -> said.getLimit().orElse(1) > 0;
                    case COOL_DOWN, CANCEL -> said.getUntil().isPresent();
                };
        if (!sense) {
            throw new IllegalArgumentException("no instruction for %s: %s".formatted(subject, said));
        }
    }
}
