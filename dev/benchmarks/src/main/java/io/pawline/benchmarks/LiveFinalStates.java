package io.pawline.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Publishes final states of new tasks at a steady rate, as if somebody waited for each. For one thread. */
final class LiveFinalStates implements AutoCloseable {

    private final TimedReceivers receivers;
    private final int perSecond;
    private final FinishedTasks tasks;
    private volatile boolean over;
    private @Nullable Thread sender;

    LiveFinalStates(OpsSite site, TimedReceivers receivers, int perSecond) {
        this.receivers = receivers;
        this.perSecond = perSecond;
        tasks = new FinishedTasks(site.database(), site.producer(), site.events());
    }

    /** Publishes a number of final states. */
    void send(int count) throws InterruptedException {
        send(count, perSecond);
    }

    /** Publishes a number of final states, at another rate. */
    void send(int count, int perSecond) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < count && !over; i++) {
            TimeUnit.NANOSECONDS.sleep(start + i * (TimeUnit.SECONDS.toNanos(1) / perSecond) - System.nanoTime());
            tasks.publish(receivers.good(0), receivers::published);
        }
        tasks.flush();
    }

    /** Publishes until it is closed; {@code send} must not be called after this. */
    void sendUntilClosed() {
        sender = Thread.ofPlatform().daemon().start(() -> {
            try {
                send(Integer.MAX_VALUE);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void close() {
        over = true;
        if (sender != null) {
            try {
                sender.join();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        tasks.close();
    }
}
