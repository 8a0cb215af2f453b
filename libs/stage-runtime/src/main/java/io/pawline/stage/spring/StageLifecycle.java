package io.pawline.stage.spring;

import io.pawline.stage.StageRuntime;
import org.springframework.context.SmartLifecycle;

/** Starts the stage after everything else of the service, and drains it before anything else is stopped. */
final class StageLifecycle implements SmartLifecycle {

    private final StageRuntime<?> stage;
    private volatile boolean running;

    StageLifecycle(StageRuntime<?> stage) {
        this.stage = stage;
    }

    @Override
    public void start() {
        stage.start();
        running = true;
    }

    @Override
    public void stop() {
        stage.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
