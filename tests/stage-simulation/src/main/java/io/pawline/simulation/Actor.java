package io.pawline.simulation;

import io.pawline.stage.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs one piece of work in a {@link World}. It has a virtual thread of its own, which runs only while it has the
 * world's baton. All fields but the baton are guarded by the baton.
 */
final class Actor implements Scheduler.Worker {

    private final World world;
    private final @Nullable SimulatedProcess process;
    private final String name;
    private final Thread thread;
    private final List<Actor> joining = new ArrayList<>();

    private volatile boolean hasBaton;
    private boolean begun;
    private boolean started;
    private boolean finished;

    boolean waiting;
    boolean woken;
    long waits;
    boolean interrupted;
    boolean dead;

    Actor(World world, @Nullable SimulatedProcess process, String name, Runnable work) {
        this.world = world;
        this.process = process;
        this.name = name;
        this.thread = Thread.ofVirtual().name(name).unstarted(() -> run(work));
    }

    private void run(Runnable work) {
        awaitBaton();
        world.resumed(this);
        try {
            if (!dead) {
                work.run();
            }
        } catch (Killed killed) {
            if (!dead) {
                world.fail(new AssertionError("a living thread was unwound: " + name, killed));
            }
        } catch (Throwable died) {
            if (!dead) {
                world.fail(new AssertionError("the thread " + name + " died", died));
            }
        } finally {
            finished = true;
            joining.forEach(world::wake);
            world.finished(this);
        }
    }

    String name() {
        return name;
    }

    @Nullable
    SimulatedProcess process() {
        return process;
    }

    boolean finished() {
        return finished;
    }

    /** Lets the actor run; whoever calls this runs no more until it has the baton again. */
    void handBaton() {
        hasBaton = true;
        if (started) {
            LockSupport.unpark(thread);
        } else {
            started = true;
            thread.start();
        }
    }

    void awaitBaton() {
        while (!hasBaton) {
            LockSupport.park(this);
        }
        hasBaton = false;
    }

    @Override
    public void start() {
        if (begun) {
            throw new IllegalThreadStateException("started twice: " + name);
        }
        begun = true;
        world.begin(this);
    }

    @Override
    public boolean isAlive() {
        return begun && !finished;
    }

    @Override
    public void interrupt() {
        if (isAlive()) {
            interrupted = true;
            world.wake(this);
        }
    }

    @Override
    public boolean join(Duration longest) throws InterruptedException {
        long until = world.nanoTime() + Math.max(0, longest.toNanos());
        joining.add(world.self());
        try {
            while (!finished && world.nanoTime() < until) {
                world.awaitInterruptibly(until);
            }
        } finally {
            joining.remove(world.self());
        }
        return finished;
    }
}
