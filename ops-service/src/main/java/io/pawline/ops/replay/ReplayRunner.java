package io.pawline.ops.replay;

import io.pawline.ops.replay.ReplayStore.Running;
import io.pawline.ops.replay.ReplayStore.Taken;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the letters of the oldest running replay, at its rate. First the next generations are opened in the database,
 * then their letters are published together with how far the replay has come, then that is noted. Whatever stops this
 * between two steps, the next one to open the replay learns from Kafka what is published, and goes on there. Thread-safe;
 * of several processes, the one that opened the replay last goes on with it.
 */
public final class ReplayRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReplayRunner.class);
    private static final int LARGEST_BATCH = 500;

    /** A replay that this process has open. */
    private static final class Open {
        private final UUID replay;
        private final ReplayPublisher publisher;
        private double allowance;
        private long allowedAt;

        Open(UUID replay, ReplayPublisher publisher, long now) {
            this.replay = replay;
            this.publisher = publisher;
            this.allowedAt = now;
        }

        /** How many letters may be published now. */
        int allowed(int perSecond, long now) {
            allowance = Math.min(perSecond, allowance + (now - allowedAt) / 1e9 * perSecond);
            allowedAt = now;
            return Math.min(LARGEST_BATCH, (int) allowance);
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
            Optional<Running> next = replays.running();
            if (open != null
                    && next.filter(running -> running.id().equals(openReplay())).isEmpty()) {
                close();
            }
            if (next.isPresent()) {
                publishSome(next.get());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private @Nullable UUID openReplay() {
        return open == null ? null : open.replay;
    }

    private void publishSome(Running running) {
        Open session = open == null ? opened(running.id()) : open;
        int allowed = session.allowed(running.perSecond(), System.nanoTime());
        if (allowed == 0) {
            return;
        }
        int last = replays.take(running.id(), allowed);
        session.allowance -= publish(session, last);
    }

    /** Finds out what is published, and publishes what was taken and is not. */
    private Open opened(UUID replay) {
        Open session = new Open(replay, publishers.apply(replay), System.nanoTime());
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
        publish(session, 0);
        return session;
    }

    /** Publishes all that is taken, were it by another process that has been shut out since. */
    private int publish(Open session, int lookedAt) {
        List<Taken> taken = replays.taken(session.replay);
        int last =
                taken.isEmpty() ? lookedAt : Math.max(lookedAt, taken.getLast().place());
        if (last > 0) {
            session.publisher.publish(taken.stream().map(Taken::work).toList(), last);
            replays.markPublished(session.replay, last);
        }
        return taken.size();
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
