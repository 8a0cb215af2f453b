package io.pawline.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which thread runs and what time it is. Exactly one actor runs at a time: it has the baton. When it has to
 * wait, the next one is drawn from those that can run, by the seed. When none can, time jumps to the next event. So a
 * seed always gives the same history, however busy the machine is. All methods are for the holder of the baton, but for
 * {@link #run}.
 */
final class World {

    /** The moment at which every world begins. */
    static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private static final long FIRST_NANOS = 1_000_000_000_000L;
    private static final long HASH_PRIME = 0x100000001b3L;

    private record Event(long at, long order, Runnable action) {}

    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final List<Actor> runnable = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private final @Nullable Consumer<String> story;
    private final CountDownLatch over = new CountDownLatch(1);

    private @Nullable Actor main;
    private @Nullable Actor current;
    private long now = FIRST_NANOS;
    private long orders;
    private long switches;
    private long hash = 0xcbf29ce484222325L;
    private boolean ending;
    private @Nullable Throwable failure;

    /** @param story takes each event as a sentence; null if nobody reads it */
    World(long seed, @Nullable Consumer<String> story) {
        this.random = new Random(seed);
        this.story = story;
    }

    /** Runs a script as the first actor, until it ends or something fails. Then every other actor is unwound. */
    void run(Runnable script) {
        Actor first = new Actor(this, null, "main", () -> {
            try {
                script.run();
            } catch (Throwable failed) {
                fail(failed);
            }
            end();
        });
        main = first;
        first.handBaton();
        boolean interrupted = false;
        while (true) {
            try {
                over.await();
                break;
            } catch (InterruptedException wait) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Unwinds all actors, so that no thread outlives the world. */
    private void end() {
        ending = true;
        kill(actors);
        Actor self = self();
        while (actors.stream().anyMatch(actor -> !actor.finished())) {
            self.waiting = true;
            hand(self, next());
        }
    }

    /** Lets these actors do nothing more. */
    void kill(List<Actor> killed) {
        for (Actor actor : killed) {
            if (!actor.finished() && !actor.dead) {
                actor.dead = true;
                SimulatedProcess process = actor.process();
                if (process != null && process.unfreeze(actor)) {
                    runnable.add(actor);
                }
                wake(actor);
            }
        }
        actors.removeIf(Actor::finished);
    }

    /** Returns why the world failed; null if it did not. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Takes note that something does not hold. The world ends at the next switch. */
    void fail(Throwable failed) {
        if (failure == null && !ending) {
            failure = failed;
            note("failed: " + failed);
        }
    }

    void check(boolean holds, String what) {
        if (!holds) {
            fail(new AssertionError(what));
        }
    }

    long nanoTime() {
        return now;
    }

    Instant instant() {
        return BEGINNING.plusNanos(now - FIRST_NANOS);
    }

    Duration passed() {
        return Duration.ofNanos(now - FIRST_NANOS);
    }

    Random random() {
        return random;
    }

    /** Says whether something of this probability happens. */
    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Draws a time between these, spread evenly. */
    long between(Duration shortest, Duration longest) {
        return shortest.toNanos() + random.nextLong(longest.toNanos() - shortest.toNanos() + 1);
    }

    /** Returns a number that says what happened, and in which order. */
    long hash() {
        return hash;
    }

    long switches() {
        return switches;
    }

    /** Takes note of what happens. */
    void note(String what) {
        for (int i = 0; i < what.length(); i++) {
            hash = (hash ^ what.charAt(i)) * HASH_PRIME;
        }
        hash = (hash ^ now) * HASH_PRIME;
        if (story != null) {
            story.accept("%10.3f s  %s".formatted((now - FIRST_NANOS) / 1e9, what));
        }
    }

    /** Runs this after so long, unless the world has ended. It must not wait. */
    void after(long nanos, Runnable action) {
        events.add(new Event(now + Math.max(0, nanos), orders++, action));
    }

    void after(Duration time, Runnable action) {
        after(time.toNanos(), action);
    }

    /** Lets a new actor run when it is drawn. */
    void begin(Actor actor) {
        SimulatedProcess process = actor.process();
        if (current != null && current.dead) {
            throw new Killed();
        }
        if (process != null) {
            process.owns(actor);
        }
        actors.add(actor);
        enqueue(actor);
    }

    private void enqueue(Actor actor) {
        SimulatedProcess process = actor.process();
        if (process != null && process.stopped() && !actor.dead) {
            process.freeze(actor);
        } else {
            runnable.add(actor);
        }
    }

    /** Lets an actor run that a stopped process could not. */
    void thaw(Actor actor) {
        runnable.add(actor);
    }

    /** Returns the actor that runs. */
    Actor self() {
        return Objects.requireNonNull(current, "an event has no thread, so it must not wait");
    }

    /** Says whether an actor runs, and not an event. */
    boolean inActor() {
        return current != null;
    }

    /** Ends the waiting of an actor, if it waits. */
    void wake(Actor actor) {
        if (actor.waiting) {
            resume(actor, true);
        }
    }

    private void resume(Actor actor, boolean woken) {
        actor.waiting = false;
        actor.woken = woken;
        enqueue(actor);
    }

    /**
     * Waits until this moment, or until somebody wakes the actor.
     *
     * @return whether it was woken
     */
    boolean await(long untilNanos) {
        Actor self = self();
        if (self.dead) {
            throw new Killed();
        }
        self.waiting = true;
        self.woken = false;
        long wait = ++self.waits;
        if (untilNanos != Long.MAX_VALUE) {
            after(untilNanos - now, () -> {
                if (self.waiting && self.waits == wait) {
                    resume(self, false);
                }
            });
        }
        hand(self, next());
        if (self.dead) {
            throw new Killed();
        }
        if (failure != null && self.equals(main) && !ending) {
            throw new IllegalStateException("the world failed");
        }
        return self.woken;
    }

    boolean awaitInterruptibly(long untilNanos) throws InterruptedException {
        throwIfInterrupted();
        boolean woken = await(untilNanos);
        throwIfInterrupted();
        return woken;
    }

    void throwIfInterrupted() throws InterruptedException {
        Actor self = self();
        boolean byItself = Thread.interrupted();
        if (byItself || self.interrupted) {
            self.interrupted = false;
            throw new InterruptedException();
        }
    }

    /** Waits for so long, whoever wakes the actor, unless it is interrupted. */
    void sleep(long nanos) throws InterruptedException {
        long until = now + Math.max(0, nanos);
        do {
            awaitInterruptibly(until);
        } while (now < until);
    }

    /** Lets others run first, if the seed says so. */
    void maybeYield() {
        if (current != null && !current.dead && random.nextInt(4) == 0) {
            await(now);
        }
    }

    private void hand(Actor self, Actor next) {
        if (!next.equals(self)) {
            switches++;
            next.handBaton();
            self.awaitBaton();
        }
        current = self;
    }

    /** Takes note that an actor has the baton for the first time. */
    void resumed(Actor actor) {
        current = actor;
    }

    /** Passes the baton on, for this actor needs it no more. */
    void finished(Actor actor) {
        if (actor.equals(main)) {
            over.countDown();
            return;
        }
        next().handBaton();
    }

    private Actor next() {
        current = null;
        Actor first = Objects.requireNonNull(main);
        while (true) {
            if (failure != null && !ending) {
                runnable.remove(first);
                first.waiting = false;
                return first;
            }
            if (!runnable.isEmpty()) {
                int drawn = random.nextInt(runnable.size());
                Actor actor = runnable.get(drawn);
                runnable.set(drawn, runnable.getLast());
                runnable.removeLast();
                return actor;
            }
            if (ending) {
                first.waiting = false;
                return first;
            }
            Event event = events.poll();
            if (event == null) {
                fail(new AssertionError("nobody can run any more"));
                continue;
            }
            now = event.at();
            try {
                event.action().run();
            } catch (RuntimeException | Error bug) {
                fail(bug);
            }
        }
    }
}
