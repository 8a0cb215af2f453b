package io.pawline.ops.replay;

import io.pawline.ops.replay.ReplayStore.Running;
import io.pawline.ops.replay.ReplayStore.Taken;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the dead letters of the oldest running replay, at its rate, a few with each step, so that live tasks are
 * never behind many at once. It first opens the next generations in the database, for the dead letters of one second at
 * a time. It then publishes these together with how far the replay has come, and notes that in the database at last.
 * Whatever stops it between two steps, the next process to open the replay learns from Kafka what is published, and
 * goes on there. Thread-safe; of several processes, the one that opened the replay last goes on with it.
 */
final class ReplayRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReplayRunner.class);
    private static final int LARGEST_BATCH = 500;

    /** The replay that this process has open. */
    private static final class Open {
        private final Running replay;
        private final ReplayPublisher publisher;
        /** The dead letters that are taken and not published yet, in their order. */
        private final Deque<Taken> ahead = new ArrayDeque<>();

        private double allowance;
        private long allowedAt = System.nanoTime();

        Open(Running replay, ReplayPublisher publisher) {
            this.replay = replay;
            this.publisher = publisher;
        }

        /** Says how many dead letters may be published now. */
        int due() {
            long now = System.nanoTime();
            int perSecond = replay.perSecond();
            allowance = Math.min(perSecond, allowance + (now - allowedAt) / 1e9 * perSecond);
            allowedAt = now;
            return Math.min((int) allowance, ahead.size());
        }

        List<Taken> next(int count) {
            allowance -= count;
            return Stream.generate(ahead::removeFirst).limit(count).toList();
        }
    }

    private final ReplayStore replays;
    private final Function<UUID, ReplayPublisher> publishers;
    private @Nullable Open open;

    ReplayRunner(ReplayStore replays, Function<UUID, ReplayPublisher> publishers) {
        this.replays = replays;
        this.publishers = publishers;
    }

    /** Publishes the dead letters that are due. */
    synchronized void step() {
        try {
            if (open == null || open.ahead.isEmpty()) {
                takeSome();
            }
            Open session = open;
            if (session != null) {
                publish(session, session.next(session.due()));
            }
        } catch (RuntimeException e) {
            letGo();
            throw e;
        }
    }

    /** Takes the next dead letters of the replay that is to go on, if there is one. */
    private void takeSome() {
        Optional<Running> next = replays.running();
        if (open != null && !next.equals(Optional.of(open.replay))) {
            letGo();
        }
        if (next.isPresent()) {
            Running running = next.get();
            Open session = open == null ? opened(running) : open;
            replays.take(running.id(), Math.min(LARGEST_BATCH, running.perSecond()));
            // These include what another process took that has been shut out since.
            session.ahead.addAll(replays.taken(running.id()));
        }
    }

    /** Opens a replay, and finds out what is published of what was taken. */
    private Open opened(Running running) {
        UUID replay = running.id();
        Open session = new Open(running, publishers.apply(replay));
        open = session;
        OptionalInt published = session.publisher.published();
        if (published.isPresent()) {
            replays.markPublished(replay, published.getAsInt());
        } else if (replays.hasTaken(replay)) {
            // Kafka forgets the offsets of a group that nobody has used for long (offsets.retention.minutes).
            log.error(
                    "nobody can say whether {} dead letters of replay {} were published before it was left: look at their tasks",
                    replays.markInDoubt(replay),
                    replay);
        } else {
            session.publisher.publish(List.of(), 0);
        }
        return session;
    }

    private void publish(Open session, List<Taken> taken) {
        if (taken.isEmpty()) {
            return;
        }
        int last = taken.getLast().place();
        session.publisher.publish(taken.stream().map(Taken::work).toList(), last);
        if (session.ahead.isEmpty()) {
            replays.markPublished(session.replay.id(), last);
        }
    }

    /**
     * Publishes what has been taken, for its tasks wait for it, and lets go of the replay: another process may open it.
     */
    @Override
    public synchronized void close() {
        Open session = open;
        if (session != null) {
            try {
                publish(session, session.next(session.ahead.size()));
            } catch (RuntimeException e) {
                log.warn("what was taken of replay {} is left to the next to open it", session.replay.id(), e);
            }
            letGo();
        }
    }

    private void letGo() {
        if (open != null) {
            open.publisher.close();
            open = null;
        }
    }
}
