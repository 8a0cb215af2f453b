package io.pawline.ops.live;

import io.pawline.ops.live.LiveView.StageView;
import io.pawline.schemas.Stage;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what the work of a stage waits for. */
public final class StageWait {

    /** A stage with fewer free places than this part has none: its limit moves, and so does what it has at work. */
    private static final double FREE = 0.1;

    private final Live live;

    StageWait(Live live) {
        this.live = live;
    }

    /** Returns what the work of a stage waits for, as on the live page; empty: nothing that is known. */
    public Optional<String> of(Stage stage) throws InterruptedException {
        return live.now(Live.Window.MINUTE, Locale.ENGLISH.getLanguage()).stages().stream()
                .filter(each -> each.stage().equals(stage.code()))
                .findFirst()
                .map(StageView::waitingFor);
    }

    /**
     * Decides what keeps work from beginning.
     *
     * @param waiting records that are neither completed nor at work; null: not known
     * @param limit null: not known
     * @return {@code paused}, {@code cool_down}, {@code breaker} or {@code capacity}; null: no work waits, or the reason
     *     is not known
     */
    static @Nullable String decide(
            @Nullable Long waiting,
            boolean paused,
            boolean coolsDown,
            @Nullable String breaker,
            int inFlight,
            @Nullable Integer limit) {
        if (waiting != null && waiting <= 0) {
            return null;
        }
        if (paused) {
            return "paused";
        }
        if (coolsDown) {
            return "cool_down";
        }
        if (breaker != null && !breaker.equals("closed")) {
            return "breaker";
        }
        boolean full = limit != null && inFlight >= (1 - FREE) * limit;
        return waiting != null && full ? "capacity" : null;
    }
}
