package io.pawline.schemas;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Identifies a task by a UUIDv7 (<a href="https://www.rfc-editor.org/rfc/rfc9562">RFC 9562</a>), so that ids sort by
 * the time of acceptance. The id is also the key of every record of the task. Nobody can guess an id from another one,
 * even of the same microsecond. That matters because pictures are found by it.
 */
public record TaskId(UUID value) implements Comparable<TaskId> {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The time in an id has 48 bits. */
    private static final Instant LATEST = Instant.ofEpochMilli((1L << 48) - 1);

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    public TaskId {
        Objects.requireNonNull(value, "value");
    }

    /** A new id. Many threads may call the method at once. */
    public static TaskId next() {
        return at(CLOCK.instant());
    }

    /** A new id of a task that is accepted at this moment. Many threads may call the method at once. */
    public static TaskId at(Instant accepted) {
        return at(accepted, RANDOM.nextLong());
    }

    /**
     * The bound between the ids of tasks accepted before this moment, which are less, and those of all others. So a
     * span of time is a range of ids. The time of acceptance is that of the id, to the millisecond.
     *
     * <p>A moment before 1970 is bounded by the least id, one that no id can have by the greatest.
     */
    public static TaskId bound(Instant moment) {
        if (moment.isBefore(Instant.EPOCH)) {
            return new TaskId(new UUID(0, 0));
        }
        if (moment.isAfter(LATEST)) {
            return new TaskId(new UUID(-1, -1));
        }
        Instant passed = moment.truncatedTo(ChronoUnit.MILLIS);
        Instant first = passed.equals(moment) ? passed : passed.plusMillis(1);
        return new TaskId(new UUID(first.toEpochMilli() << 16, 0));
    }

    /** The time in the id, to the millisecond. It is the time of acceptance if the id was made here. */
    public Instant time() {
        return Instant.ofEpochMilli(value.getMostSignificantBits() >>> 16);
    }

    /**
     * An id of this time. Twelve bits after the milliseconds hold their fraction (method 3 of the RFC's section 6.2),
     * and the rest is random. A generator that counts up within a millisecond would make ids guessable.
     */
    static TaskId at(Instant time, long random) {
        Duration fraction = Duration.between(time.truncatedTo(ChronoUnit.MILLIS), time);
        long twelveBits = fraction.toNanos() * 4096 / NANOS_PER_MILLI;
        long version = 7L << 12;
        long variant = 2L << 62;
        return new TaskId(new UUID(time.toEpochMilli() << 16 | version | twelveBits, variant | random >>> 2));
    }

    /**
     * The id in its usual text form, upper or lower case.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static TaskId parse(String text) {
        if (text.length() != 36) {
            throw new IllegalArgumentException("a task id is a UUID of 36 characters");
        }
        return new TaskId(UUID.fromString(text));
    }

    /** Orders ids as the database does, and so by their time. {@link UUID#compareTo} takes the greatest for negative. */
    @Override
    public int compareTo(TaskId other) {
        int byTime = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return byTime != 0
                ? byTime
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
