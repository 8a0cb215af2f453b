package io.pawline.stage.provider;

import java.time.Instant;
import java.util.OptionalInt;

/** Holds controls as a test sets them. */
public final class TestingStageControls implements StageControls {

    public volatile boolean paused;
    public volatile OptionalInt limit = OptionalInt.empty();
    public volatile Instant coolDownUntil = Instant.EPOCH;
    public volatile String why = "";

    @Override
    public boolean paused() {
        return paused;
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
        coolDownUntil = until;
        why = reason;
    }
}
