package io.pawline.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Is one process of a stage, from its start to its end: its threads, its clock, its connection. It can be stopped and
 * continued, cut off, and killed. What a dead process still does has no effect.
 */
final class SimulatedProcess {

    private final World world;
    private final String name;
    private final Random random;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Actor> frozen = new ArrayList<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private boolean dead;
    private boolean stopped;
    private boolean cutOff;
    private Duration clockError = Duration.ZERO;

    SimulatedProcess(World world, String name) {
        this.world = world;
        this.name = name;
        this.random = new Random(world.random().nextLong());
    }

    String name() {
        return name;
    }

    Random random() {
        return random;
    }

    boolean dead() {
        return dead;
    }

    boolean stopped() {
        return stopped;
    }

    /** Says whether nothing passes between it and the broker, or the provider. */
    boolean cutOff() {
        return cutOff;
    }

    /** Says whether it answers: it lives, runs and is connected. */
    boolean answers() {
        return !dead && !stopped && !cutOff;
    }

    void owns(Actor actor) {
        actors.add(actor);
        if (actors.size() > 1_000) {
            actors.removeIf(Actor::finished);
        }
    }

    /** Counts its threads that have not ended. */
    long threads() {
        return actors.stream().filter(actor -> !actor.finished()).count();
    }

    /** Names its threads that have not ended. */
    List<String> threadNames() {
        return actors.stream()
                .filter(actor -> !actor.finished())
                .map(Actor::name)
                .toList();
    }

    void freeze(Actor actor) {
        frozen.add(actor);
    }

    boolean unfreeze(Actor actor) {
        return frozen.remove(actor);
    }

    /** Ends the process at once, as SIGKILL does. */
    void kill() {
        if (!dead) {
            dead = true;
            delayed.clear();
            world.kill(List.copyOf(actors));
        }
    }

    /** Stops all of its threads, as SIGSTOP does. */
    void stop() {
        stopped = true;
    }

    /** Lets its threads go on. */
    void goOn() {
        stopped = false;
        List.copyOf(frozen).forEach(world::thaw);
        frozen.clear();
        List<Runnable> due = List.copyOf(delayed);
        delayed.clear();
        due.forEach(Runnable::run);
    }

    void cutOff(boolean cut) {
        cutOff = cut;
    }

    /** Sets its clock wrong by so much more. */
    void moveClock(Duration by) {
        clockError = clockError.plus(by);
    }

    boolean clockIsRight() {
        return clockError.isZero();
    }

    /** Does something on behalf of the process, as soon as it runs; never if it is dead. */
    void whenItRuns(Runnable action) {
        if (dead) {
            return;
        }
        if (stopped) {
            delayed.add(action);
        } else {
            action.run();
        }
    }

    /** Returns its clock, which may be wrong. */
    Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return world.instant().plus(clockError);
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException("the zone of a simulated clock");
            }
        };
    }
}
