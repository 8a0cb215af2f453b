package io.pawline.schemas;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.Objects;
import java.util.UUID;

/**
 * A task's name: a UUIDv7 (<a href="https://www.rfc-editor.org/rfc/rfc9562">RFC 9562</a>), so that ids sort by the time
 * of acceptance. Also the key of every record of the task.
 */
public record TaskId(UUID value) implements Comparable<TaskId> {

    private static final TimeBasedEpochGenerator GENERATOR = Generators.timeBasedEpochGenerator();

    public TaskId {
        Objects.requireNonNull(value, "value");
    }

    /** A new id; safe for use by many threads. */
    public static TaskId next() {
        return new TaskId(GENERATOR.generate());
    }

    /**
     * The id in its usual text form, upper or lower case.
     *
     * @throws IllegalArgumentException if the text is no UUID
     */
    public static TaskId parse(String text) {
        if (text.length() != 36) {
            throw new IllegalArgumentException("a task id is a UUID of 36 characters");
        }
        return new TaskId(UUID.fromString(text));
    }

    @Override
    public int compareTo(TaskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
