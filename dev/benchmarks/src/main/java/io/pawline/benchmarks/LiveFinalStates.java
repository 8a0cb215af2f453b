package io.pawline.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tasks of people who wait, accepted and ended, so many a second. For one thread. */
final class LiveFinalStates implements AutoCloseable {

    private final TimedReceivers receivers;
    private final int perSecond;
    private final FinishedTasks tasks;
    private volatile boolean over;
    private @Nullable Thread keepingOn;

    LiveFinalStates(OpsSite site, TimedReceivers receivers, int perSecond) {
        this.receivers = receivers;
        this.perSecond = perSecond;
        tasks = new FinishedTasks(site.database(), site.producer(), site.events());
    }

    /** Publishes so many. */
    void send(int count) throws InterruptedException {
        send(count, perSecond);
    }

    /** Publishes so many, at another rate. */
    void send(int count, int perSecond) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < count && !over; i++) {
            TimeUnit.NANOSECONDS.sleep(start + i * (TimeUnit.SECONDS.toNanos(1) / perSecond) - System.nanoTime());
            tasks.publish(receivers.good(0), receivers::published);
        }
        tasks.flush();
    }

    /** Goes on until it is closed; nothing else is to be sent then. */
    void keepOn() {
        keepingOn = Thread.ofPlatform().daemon().start(() -> {
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
        if (keepingOn != null) {
            try {
                keepingOn.join();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        tasks.close();
    }
}
