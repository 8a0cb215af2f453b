package io.pawline.simulation;

import io.pawline.stage.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Gives one process the time and the threads of its {@link World}. */
final class SimulatedScheduler implements Scheduler {

    private final World world;
    private final SimulatedProcess process;

    SimulatedScheduler(World world, SimulatedProcess process) {
        this.world = world;
        this.process = process;
    }

    @Override
    public long nanoTime() {
        return world.nanoTime();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        if (time.isPositive()) {
            world.sleep(time.toNanos());
        } else {
            world.throwIfInterrupted();
        }
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> result)
            throws InterruptedException, ExecutionException {
        Actor self = world.self();
        var _ = result.whenComplete((_, _) -> world.wake(self));
        while (!result.isDone()) {
            world.awaitInterruptibly(Long.MAX_VALUE);
        }
        return result.get();
    }

    @Override
    public Worker platformThread(String name, boolean daemon, Runnable work) {
        return new Actor(world, process, process.name() + " " + name, work);
    }

    @Override
    public Worker virtualThread(String name, Runnable work) {
        return new Actor(world, process, process.name() + " " + name, work);
    }

    @Override
    public Executor virtualThreads(String prefix) {
        return work -> virtualThread(prefix, work).start();
    }

    @Override
    public <T> Mailbox<T> mailbox() {
        return new Messages<>();
    }

    @Override
    public Signal signal() {
        return new Given();
    }

    @Override
    public Timer timer(String name) {
        return new Events();
    }

    private final class Messages<T> implements Mailbox<T> {

        private final Deque<T> messages = new ArrayDeque<>();
        private @Nullable Actor reader;

        @Override
        public void add(T message) {
            world.maybeYield();
            messages.add(message);
            if (reader != null) {
                world.wake(reader);
            }
            world.maybeYield();
        }

        @Override
        public @Nullable T poll(Duration longest) throws InterruptedException {
            return within(world.nanoTime() + longest.toNanos());
        }

        @Override
        public T take() throws InterruptedException {
            T next = null;
            while (next == null) {
                next = within(Long.MAX_VALUE);
            }
            return next;
        }

        private @Nullable T within(long until) throws InterruptedException {
            world.throwIfInterrupted();
            reader = world.self();
            try {
                while (messages.isEmpty() && world.nanoTime() < until) {
                    world.awaitInterruptibly(until);
                }
            } finally {
                reader = null;
            }
            return messages.poll();
        }

        @Override
        public void drainTo(Collection<? super T> taken, int most) {
            for (int i = 0; i < most && !messages.isEmpty(); i++) {
                taken.add(messages.remove());
            }
        }

        @Override
        public boolean remove(T message) {
            return messages.remove(message);
        }
    }

    private final class Given implements Signal {

        private final List<Actor> waiting = new ArrayList<>();
        private boolean given;

        @Override
        public void give() {
            given = true;
            waiting.forEach(world::wake);
        }

        @Override
        public boolean given() {
            return given;
        }

        @Override
        public boolean await(Duration longest) throws InterruptedException {
            long until = world.nanoTime() + longest.toNanos();
            waiting.add(world.self());
            try {
                while (!given && world.nanoTime() < until) {
                    world.awaitInterruptibly(until);
                }
            } finally {
                waiting.remove(world.self());
            }
            return given;
        }
    }

    private final class Events implements Timer {

        private final Set<Entry> entries = new HashSet<>();
        private boolean closed;

        private final class Entry extends CompletableFuture<@Nullable Void> {

            private final Runnable work;

            Entry(Runnable work) {
                this.work = work;
            }

            @Override
            public boolean cancel(boolean interrupt) {
                entries.remove(this);
                return super.cancel(interrupt);
            }

            void due() {
                process.whenItRuns(() -> {
                    if (!closed && entries.remove(this)) {
                        work.run();
                    }
                });
            }
        }

        @Override
        public Future<?> schedule(Runnable work, long delayMillis) {
            Entry entry = new Entry(work);
            entries.add(entry);
            world.after(Duration.ofMillis(delayMillis), entry::due);
            return entry;
        }

        @Override
        public int waiting() {
            return entries.size();
        }

        @Override
        public void close() {
            closed = true;
            entries.clear();
        }
    }
}
