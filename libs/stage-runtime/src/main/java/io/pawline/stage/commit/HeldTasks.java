package io.pawline.stage.commit;

import io.pawline.stage.Scheduler;
import io.pawline.stage.commit.CommitBatches.Finished;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the finished tasks of topics that take nothing now, by these topics, so that all others go on. Used by the
 * thread of its {@link GroupCommit}.
 *
 * <p>Two things look alike at first: a topic that is gone, and a broker that is. If others are committed meanwhile, it
 * is the topic, and it is tried again seldom, for a try may hold up the others until it times out. If nothing is
 * committed, it may be the broker, and it is tried again at once, with short pauses.
 */
final class HeldTasks {

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A topic is tried again after so many times as long as the last try took. */
    private static final int PAUSE_BY_DURATION = 3;

    private final class Held {
        private final List<Finished> tasks = new ArrayList<>();
        private long failedAt;
        private long pauseNanos;
        private long waitMillis = TransactionalPublisher.FIRST_WAIT_MILLIS;
        private long commitsBefore;
        private @Nullable CompletableFuture<Boolean> lookUp;

        boolean due(Set<String> topics) {
            long pause = commits == commitsBefore ? TimeUnit.MILLISECONDS.toNanos(waitMillis) : pauseNanos;
            if (nanoTime.getAsLong() - failedAt < pause) {
                return false;
            }
            // Not here, for the client may wait long for a topic that does not exist
            CompletableFuture<Boolean> asked = lookUp;
            if (asked == null) {
                lookUp = CompletableFuture.supplyAsync(() -> known.test(topics), lookUps);
                return false;
            }
            if (!asked.isDone()) {
                return false;
            }
            lookUp = null;
            if (!asked.resultNow()) {
                failedAt = nanoTime.getAsLong();
            }
            return asked.resultNow();
        }
    }

    private final Predicate<Set<String>> known;
    private final Executor lookUps;
    private final LongSupplier nanoTime;
    private final Map<Set<String>, Held> byTopics = new HashMap<>();
    private long commits;

    /** @param known says whether the broker knows these topics; may wait for its answer; any thread may call it */
    HeldTasks(Predicate<Set<String>> known, Scheduler scheduler) {
        this.known = known;
        this.lookUps = scheduler.virtualThreads("topic-look-up-");
        this.nanoTime = scheduler::nanoTime;
    }

    /** Keeps a task if its topics take nothing now. */
    boolean takes(Finished task) {
        Held held = byTopics.isEmpty() ? null : byTopics.get(task.topics());
        return held != null && held.tasks.add(task);
    }

    /**
     * Keeps these tasks, whose topics are the same.
     *
     * @param tookNanos time that the try took
     */
    void hold(List<Finished> tasks, Exception refusal, long tookNanos) {
        Set<String> topics = tasks.getFirst().topics();
        Held held = byTopics.get(topics);
        if (held == null) {
            held = new Held();
            byTopics.put(topics, held);
            log.error(
                    "{} finished tasks are held, for a topic of {} takes no records; others go on. Create the topic, or"
                            + " give the stage's user the right to write to it: {}",
                    tasks.size(),
                    topics,
                    refusal.toString());
        } else {
            held.waitMillis = TransactionalPublisher.longer(held.waitMillis);
        }
        held.tasks.addAll(tasks);
        held.commitsBefore = commits;
        held.failedAt = nanoTime.getAsLong();
        held.pauseNanos = Math.clamp(PAUSE_BY_DURATION * tookNanos, SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
    }

    /** Returns held tasks, at most so many, that are to be tried again; empty if it is time for none. */
    Optional<List<Finished>> due(int most) {
        for (Map.Entry<Set<String>, Held> entry : byTopics.entrySet()) {
            List<Finished> tasks = entry.getValue().tasks;
            if (!tasks.isEmpty() && entry.getValue().due(entry.getKey())) {
                List<Finished> first = tasks.subList(0, Math.min(most, tasks.size()));
                List<Finished> batch = new ArrayList<>(first);
                first.clear();
                return Optional.of(batch);
            }
        }
        return Optional.empty();
    }

    /** Takes note that a transaction carried these tasks. Returns the held ones of the same topics, which can go now. */
    List<Finished> committed(List<Finished> batch) {
        commits++;
        if (byTopics.isEmpty() || batch.isEmpty()) {
            return List.of();
        }
        List<Finished> free = new ArrayList<>();
        batch.stream().map(Finished::topics).distinct().forEach(topics -> {
            Held held = byTopics.remove(topics);
            if (held != null) {
                log.info("the topics {} take records again", topics);
                free.addAll(held.tasks);
            }
        });
        return free;
    }

    /** Counts the held tasks. */
    int size() {
        return byTopics.values().stream().mapToInt(held -> held.tasks.size()).sum();
    }

    /** Returns the held tasks by topics, for the caller to remove those of no use from the lists. */
    List<List<Finished>> all() {
        return byTopics.values().stream().map(held -> held.tasks).toList();
    }
}
