package io.pawline.ops.live;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Measures for how long each reader of ops-service is behind what it reads: since the moment at which the oldest record
 * that it has not read was there. One thread samples; any may ask. The answer is as exact as the time between two
 * samples, and never more than {@link #LONGEST}.
 */
final class ReaderDelays {

    /** A longer delay is shown as this one. */
    static final Duration LONGEST = Duration.ofMinutes(15);

    /** A marker of a transaction may be left behind the last record that was read. */
    private static final int MARKER = 1;

    private final List<Reader> readers;
    private final Offsets offsets;
    private final Clock clock;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Map<Position, Long> emptyUpTo = new HashMap<>();
    private volatile Map<String, Duration> delays = Map.of();

    ReaderDelays(List<Reader> readers, Offsets offsets, Clock clock) {
        this.readers = List.copyOf(readers);
        this.offsets = offsets;
        this.clock = clock;
    }

    /** A reader of topics, by its consumer group. */
    record Reader(String name, String group, List<String> topics) {}

    private record Position(String reader, TopicPartition partition) {}

    private record Sample(Instant at, Map<TopicPartition, Long> ends) {}

    /** What Kafka knows of offsets. Each method may throw if Kafka does not answer. */
    interface Offsets {
        /** Returns where the committed records of each partition of these topics end. */
        Map<TopicPartition, Long> ends(Collection<String> topics);

        /** Returns the first offset that the group has still to read, for each partition of its topics. */
        Map<TopicPartition, Long> next(Reader reader);

        /** Says whether there is a committed record from one offset on, before another. */
        boolean hasRecord(TopicPartition partition, long from, long before);
    }

    /** Looks at all offsets. If Kafka does not answer, the delays are unknown until the next time. */
    void sample() {
        Instant now = clock.instant();
        try {
            samples.addLast(new Sample(
                    now,
                    offsets.ends(readers.stream()
                            .flatMap(reader -> reader.topics().stream())
                            .collect(Collectors.toSet()))));
            while (samples.getFirst().at().isBefore(now.minus(LONGEST))) {
                samples.removeFirst();
            }
            Map<String, Duration> measured = new HashMap<>();
            for (Reader reader : readers) {
                measured.put(reader.name(), delay(reader, now));
            }
            delays = Map.copyOf(measured);
        } catch (RuntimeException noAnswer) {
            delays = Map.of();
        }
    }

    /** Returns for how long the reader is behind; empty if that is not known. */
    Optional<Duration> of(String reader) {
        return Optional.ofNullable(delays.get(reader));
    }

    /** Returns the delay of each reader that is known. */
    Map<String, Duration> all() {
        return delays;
    }

    private Duration delay(Reader reader, Instant now) {
        Map<TopicPartition, Long> next = offsets.next(reader);
        Duration longest = Duration.ZERO;
        for (Map.Entry<TopicPartition, Long> entry : next.entrySet()) {
            TopicPartition partition = entry.getKey();
            Position position = new Position(reader.name(), partition);
            long from = Math.max(entry.getValue(), emptyUpTo.getOrDefault(position, 0L));
            Optional<Instant> since = behindSince(partition, from);
            if (since.isPresent() && since.get().isBefore(now) && !reallyBehind(position, from)) {
                since = Optional.empty();
            }
            Duration delay =
                    since.map(instant -> Duration.between(instant, now)).orElse(Duration.ZERO);
            longest = delay.compareTo(longest) > 0 ? delay : longest;
        }
        return longest;
    }

    private Optional<Instant> behindSince(TopicPartition partition, long from) {
        return samples.stream()
                .filter(sample -> sample.ends().getOrDefault(partition, 0L) - from > MARKER)
                .map(Sample::at)
                .findFirst();
    }

    /** A transaction that was aborted leaves offsets behind that hold nothing to read. */
    private boolean reallyBehind(Position position, long from) {
        long end = samples.getLast().ends().getOrDefault(position.partition(), 0L);
        if (offsets.hasRecord(position.partition(), from, end)) {
            return true;
        }
        emptyUpTo.put(position, end);
        return false;
    }
}
