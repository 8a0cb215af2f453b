package io.pawline.local;

import java.util.concurrent.CountDownLatch;

/** Running until Ctrl-C or SIGTERM, and then stopping in order. */
final class UntilStopped {

    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private UntilStopped() {}

    /** Closes this when the process is told to stop, and keeps the process until that is done. */
    static void close(Runnable stop) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(stop));
    }

    /** Does not return. */
    static void await() {
        try {
            NEVER.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
