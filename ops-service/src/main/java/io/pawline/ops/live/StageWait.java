package io.pawline.ops.live;

import io.pawline.controls.FleetState.Tenant;
import io.pawline.controls.FleetStateReader;
import io.pawline.ops.live.LiveView.StageView;
import io.pawline.schemas.Stage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what the work of a stage waits for. */
public final class StageWait {

    /** A stage with fewer free places than this part has none: its limit moves, and so does what it has at work. */
    private static final double FREE = 0.1;

    private final Live live;
    private final FleetStateReader fleets;

    StageWait(Live live, FleetStateReader fleets) {
        this.live = live;
        this.fleets = fleets;
    }

    /**
     * Says whether a tenant has as much of a stage as is its own, and other tenants have the rest: more of its work begins
     * only when it is its turn.
     */
    public boolean hasItsShare(Stage stage, String tenant) {
        return fleets.fleets().stream()
                .filter(fleet -> fleet.stage().equals(stage.code()))
                .anyMatch(fleet -> hasItsShare(fleet.tenants(), tenant));
    }

    /** Says the same of the tenants that have work there. */
    static boolean hasItsShare(List<Tenant> tenants, String name) {
        int atWork = tenants.stream().mapToInt(Tenant::atWork).sum();
        return tenants.size() > 1
                && tenants.stream()
                        .filter(of -> of.tenant().equals(name))
                        .anyMatch(of -> of.waiting() > 0 && of.atWork() >= Math.floor(of.share() * atWork));
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
     * @param rateHolds whether processes want more calls than they make, and there is a rate of calls
     * @return {@code paused}, {@code cool_down}, {@code breaker}, {@code capacity} or {@code rate}; null: no work waits,
     *     or the reason is not known
     */
    static @Nullable String decide(
            @Nullable Long waiting,
            boolean paused,
            boolean coolsDown,
            @Nullable String breaker,
            int inFlight,
            @Nullable Integer limit,
            boolean rateHolds) {
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
        if (waiting != null && full) {
            return "capacity";
        }
        return rateHolds ? "rate" : null;
    }
}
