package io.pawline.stage.provider;

import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds controls as a test sets them. */
public final class TestingStageControls implements StageControls {

    public volatile boolean paused;
    public volatile boolean off;
    public volatile OptionalInt limit = OptionalInt.empty();
    public volatile Instant coolDownUntil = Instant.EPOCH;
    public volatile String why = "";
    public final AtomicInteger coolDowns = new AtomicInteger();

    @Override
    public boolean paused() {
        return paused;
    }

    @Override
    public boolean off() {
        return off;
    }

    @Override
    public OptionalInt limit() {
        return limit;
    }

    @Override
    public Instant coolDownUntil() {
        return coolDownUntil;
    }

    @Override
    public void coolDown(Instant until, String reason) {
        coolDowns.incrementAndGet();
        coolDownUntil = until;
        why = reason;
    }
}
