package io.pawline.ops.replay;

import io.pawline.ops.replay.ReplayPublisher.Batch;
import io.pawline.ops.replay.ReplayStore.Running;
import io.pawline.ops.replay.ReplayStore.Taken;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the dead letters of all running replays, each at its rate, a few with each step, so that live tasks are
 * never behind many at once. It first opens the next generations in the database, for the dead letters of one second at
 * a time. It then publishes these together with how far each replay has come, and notes that in the database at last.
 * Whatever stops it between two steps, the next process to open the replays learns from Kafka what is published, and
 * goes on there. Thread-safe; of several processes, the one that opened them last goes on, and the one that it shut out
 * stands back for a while: if both opened them at once again, neither would get to publish much.
 */
final class ReplayRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReplayRunner.class);
    private static final int LARGEST_BATCH = 500;
    private static final long SECOND = 1_000_000_000;

    /** A replay that this process has open. */
    private static final class Session {
        private final Running replay;
        /** The dead letters that are taken and not published yet, in their order. */
        private final Deque<Taken> ahead = new ArrayDeque<>();

        private long tookAt = System.nanoTime() - SECOND;
        private double allowance;
        private long allowedAt = System.nanoTime();

        Session(Running replay) {
            this.replay = replay;
        }

        UUID id() {
            return replay.id();
        }

        /** Says whether the dead letters of a second more may be taken. Taken tasks that restart are under way at once. */
        boolean mayTake() {
            return ahead.isEmpty() && (!replay.restarts() || System.nanoTime() - tookAt >= SECOND);
        }

        /** Says how many dead letters may be published now, of a replay that gets this share of its rate. */
        int due(double share) {
            long now = System.nanoTime();
            double perSecond = replay.perSecond() * share;
            allowance = Math.min(Math.max(1, perSecond), allowance + (now - allowedAt) / 1e9 * perSecond);
            allowedAt = now;
            return Math.min((int) allowance, ahead.size());
        }

        List<Taken> next(int count) {
            allowance -= count;
            return Stream.generate(ahead::removeFirst).limit(count).toList();
        }
    }

    private final ReplayStore replays;
    private final ReplayStore.Check check;
    private final Supplier<ReplayPublisher> publishers;
    private final int together;
    private final long standBackNanos;
    /** Until this process may open the replays again, in nanoseconds of the system's clock; it may if there is none. */
    private @Nullable Long standsBackUntil;

    private final Map<UUID, Session> sessions = new LinkedHashMap<>();
    private @Nullable ReplayPublisher publisher;
    /** Whether Kafka has refused a record of a transaction, and each is sent by itself until it is known which. */
    private boolean oneByOne;

    /**
     * Opens nothing yet.
     *
     * @param together most dead letters a second of all replays; above it, each gets its share by its rate
     * @param standBack how long this opens no replay once another process has shut it out; if that one dies meanwhile,
     *     the replays rest for as long
     */
    ReplayRunner(
            ReplayStore replays,
            ReplayStore.Check check,
            Supplier<ReplayPublisher> publishers,
            int together,
            Duration standBack) {
        this.replays = replays;
        this.check = check;
        this.publishers = publishers;
        this.together = together;
        this.standBackNanos = standBack.toNanos();
    }

    /** Publishes the dead letters that are due. */
    synchronized void step() {
        if (standsBackUntil != null && System.nanoTime() - standsBackUntil < 0) {
            return;
        }
        standsBackUntil = null;
        try {
            takeSome();
            publishDue();
        } catch (RuntimeException e) {
            letGo();
            if (ReplayPublisher.shutOut(e)) {
                standsBackUntil = System.nanoTime() + standBackNanos;
            }
            throw e;
        }
    }

    /** Takes the next dead letters of each replay that has none ahead. */
    private void takeSome() {
        if (!sessions.isEmpty() && sessions.values().stream().noneMatch(session -> session.ahead.isEmpty())) {
            return;
        }
        List<Running> running = replays.running();
        if (running.isEmpty()) {
            letGo();
            return;
        }
        ReplayPublisher open = opened();
        List<UUID> goOn = running.stream().map(Running::id).toList();
        for (UUID replay : List.copyOf(sessions.keySet())) {
            if (!goOn.contains(replay)) {
                sessions.remove(replay);
                open.forget(replay);
            }
        }
        for (Running replay : running) {
            Session session = sessions.get(replay.id());
            if (session == null) {
                session = opened(open, replay);
            }
            if (session.mayTake()) {
                session.tookAt = System.nanoTime();
                replays.take(session.id(), Math.min(LARGEST_BATCH, replay.perSecond()), check);
                // These include what another process took that has been shut out since.
                session.ahead.addAll(replays.taken(session.id()));
            }
        }
    }

    private ReplayPublisher opened() {
        ReplayPublisher open = publisher == null ? publishers.get() : publisher;
        publisher = open;
        return open;
    }

    /** Opens a replay, and finds out what is published of what was taken. */
    private Session opened(ReplayPublisher open, Running running) {
        UUID replay = running.id();
        OptionalInt published = open.published(replay);
        if (published.isPresent()) {
            replays.markPublished(replay, published.getAsInt());
        } else if (replays.hasTaken(replay)) {
            // Kafka forgets the offsets of a group that nobody has used for long (offsets.retention.minutes).
            log.error(
                    "nobody can say whether {} dead letters of replay {} were published before it was left: look at their tasks",
                    replays.markInDoubt(replay),
                    replay);
        } else {
            open.publish(List.of(new Batch(replay, List.of(), 0)));
        }
        Session session = new Session(running);
        sessions.put(replay, session);
        return session;
    }

    private void publishDue() {
        long rates = sessions.values().stream()
                .mapToLong(session -> session.replay.perSecond())
                .sum();
        double share = Math.min(1, (double) together / Math.max(1, rates));
        Map<Session, List<Taken>> due = new LinkedHashMap<>();
        sessions.values().forEach(session -> due.put(session, session.next(session.due(share))));
        publish(due);
        if (sessions.values().stream().allMatch(session -> session.ahead.isEmpty())) {
            oneByOne = false;
        }
    }

    private void publish(Map<Session, List<Taken>> due) {
        due.values().removeIf(List::isEmpty);
        if (due.isEmpty()) {
            return;
        }
        if (oneByOne) {
            due.forEach(this::publishOneByOne);
        } else {
            List<Batch> batches = new ArrayList<>();
            due.forEach((session, taken) -> batches.add(batch(session, taken)));
            try {
                opened().publish(batches);
            } catch (RuntimeException e) {
                oneByOne = ReplayPublisher.refused(e);
                throw e;
            }
        }
        due.forEach(this::markIfAllArePublished);
    }

    private static Batch batch(Session session, List<Taken> taken) {
        return new Batch(
                session.id(),
                taken.stream().map(Taken::work).toList(),
                taken.getLast().place());
    }

    private void publishOneByOne(Session session, List<Taken> taken) {
        for (Taken each : taken) {
            try {
                opened().publish(List.of(batch(session, List.of(each))));
            } catch (RuntimeException e) {
                if (ReplayPublisher.refused(e)) {
                    log.error(
                            "Kafka refuses place {} of replay {}, task {}: it is set aside",
                            each.place(),
                            session.id(),
                            each.work().taskId(),
                            e);
                    replays.setAside(session.id(), each.place());
                    oneByOne = false;
                }
                throw e;
            }
        }
    }

    private void markIfAllArePublished(Session session, List<Taken> taken) {
        if (session.ahead.isEmpty()) {
            replays.markPublished(session.id(), taken.getLast().place());
        }
    }

    /**
     * Publishes what has been taken, for its tasks wait for it, and lets go of the replays: another process may open
     * them.
     */
    @Override
    public synchronized void close() {
        try {
            Map<Session, List<Taken>> left = new LinkedHashMap<>();
            sessions.values().forEach(session -> left.put(session, session.next(session.ahead.size())));
            publish(left);
        } catch (RuntimeException e) {
            log.warn("what was taken of the replays {} is left to the next to open them", sessions.keySet(), e);
        }
        letGo();
    }

    private void letGo() {
        sessions.clear();
        if (publisher != null) {
            publisher.close();
            publisher = null;
        }
    }
}
