package io.pawline.local;

import java.util.concurrent.CountDownLatch;

/** Keeps a command running until Ctrl-C or SIGTERM, and then stops it in order. */
final class UntilStopped {

    private static final CountDownLatch NEVER = new CountDownLatch(1);
    private static volatile boolean stopping;

    private UntilStopped() {}

    /** Runs this when the process is asked to stop, and keeps the process alive until it has run. */
    static void close(Runnable stop) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            stopping = true;
            stop.run();
        }));
    }

    /** Whether the process was asked to stop; what fails from then on, fails for that. */
    static boolean stopping() {
        return stopping;
    }

    /** Waits for ever; the process ends through its shutdown hooks. */
    static void await() {
        try {
            NEVER.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
