package io.pawline.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only in pauses, and without waiting. For one thread. */
final class ManualPacing extends Pacing {

    static final Instant START = Instant.parse("2026-11-23T10:15:20Z");

    private static final int MOST = 100;

    final List<Duration> pauses = new ArrayList<>();
    private Instant now = START;

    ManualPacing() {
        super(Clock.systemUTC(), () -> 0.5);
    }

    @Override
    Instant now() {
        return now;
    }

    @Override
    void pause(Duration time) {
        pauses.add(time);
        if (pauses.size() > MOST) {
            throw new AssertionError("the attempts have no end");
        }
        now = now.plus(time);
    }
}
