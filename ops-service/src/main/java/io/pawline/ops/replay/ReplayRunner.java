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
 * Publishes the letters of the oldest running replay, at its rate, a few with each step, so that live tasks are never
 * behind many at once. First the next generations are opened in the database, for a second's letters at a time; then
 * these are published together with how far the replay has come, and at last that is noted. Whatever stops this between
 * two steps, the next one to open the replay learns from Kafka what is published, and goes on there. Thread-safe; of
 * several processes, the one that opened the replay last goes on with it.
 */
public final class ReplayRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReplayRunner.class);
    private static final int LARGEST_BATCH = 500;

    /** A replay that this process has open. */
    private static final class Open {
        private final Running replay;
        private final ReplayPublisher publisher;
        /** Taken and not published yet, in their order. */
        private final Deque<Taken> ahead = new ArrayDeque<>();

        private double allowance;
        private long allowedAt = System.nanoTime();

        Open(Running replay, ReplayPublisher publisher) {
            this.replay = replay;
            this.publisher = publisher;
        }

        /** Takes out the letters that may be published now. */
        List<Taken> due() {
            long now = System.nanoTime();
            int perSecond = replay.perSecond();
            allowance = Math.min(perSecond, allowance + (now - allowedAt) / 1e9 * perSecond);
            allowedAt = now;
            int count = Math.min((int) allowance, ahead.size());
            allowance -= count;
            return Stream.generate(ahead::removeFirst).limit(count).toList();
        }
    }

    private final ReplayStore replays;
    private final Function<UUID, ReplayPublisher> publishers;
    private @Nullable Open open;

    public ReplayRunner(ReplayStore replays, Function<UUID, ReplayPublisher> publishers) {
        this.replays = replays;
        this.publishers = publishers;
    }

    /** Publishes what is due. */
    public synchronized void step() {
        try {
            if (open == null || open.ahead.isEmpty()) {
                takeSome();
            }
            if (open != null) {
                publishDue(open);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Takes the next letters of the replay that is to go on, if there is one. */
    private void takeSome() {
        Optional<Running> next = replays.running();
        if (open != null && next.filter(running -> running.equals(openReplay())).isEmpty()) {
            close();
        }
        if (next.isPresent()) {
            Running running = next.get();
            Open session = open == null ? opened(running) : open;
            replays.take(running.id(), Math.min(LARGEST_BATCH, running.perSecond()));
            // With those that another process has taken, which has been shut out since
            session.ahead.addAll(replays.taken(running.id()));
        }
    }

    private @Nullable Running openReplay() {
        return open == null ? null : open.replay;
    }

    /** Finds out what is published of what was taken. */
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
                    "nobody can say whether {} letters of replay {} were published before it was left: look at their tasks",
                    replays.markInDoubt(replay),
                    replay);
        } else {
            session.publisher.publish(List.of(), 0);
        }
        return session;
    }

    private void publishDue(Open session) {
        List<Taken> due = session.due();
        if (due.isEmpty()) {
            return;
        }
        int last = due.getLast().place();
        session.publisher.publish(due.stream().map(Taken::work).toList(), last);
        if (session.ahead.isEmpty()) {
            replays.markPublished(session.replay.id(), last);
        }
    }

    /** Lets go of the open replay, if there is one; another process, or this one, may open it. */
    @Override
    public synchronized void close() {
        if (open != null) {
            open.publisher.close();
            open = null;
        }
    }
}
