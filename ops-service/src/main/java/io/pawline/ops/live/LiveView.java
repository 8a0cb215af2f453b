package io.pawline.ops.live;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pawline.controls.FleetState;
import io.pawline.controls.FleetState.Fleet;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Shows what happens now.
 *
 * @param windowSeconds the time up to now that counts are of
 * @param staleSeconds how old the figures are at least; 0: they hold everything that was written; null: that is not known
 * @param stages in the order a task passes them
 * @param reasons of failed calls, the most frequent first
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record LiveView(
        Instant at,
        int windowSeconds,
        @Nullable Double staleSeconds,
        List<StageView> stages,
        Totals totals,
        List<ReasonView> reasons,
        List<AlertView> alerts) {

    /**
     * A stage, as it stands now.
     *
     * @param provider that it called last; null: it made no call lately
     * @param limit tasks that all its processes together may have at work; null: none made a call lately
     * @param processes that made a call lately
     * @param breaker the worst of its processes; null: there is none
     * @param waitingFor what its work waits for: {@code paused}, {@code cool_down}, {@code breaker}, {@code capacity}, the places
     *     at its provider, or {@code rate}, the calls that may begin in a minute; null: no work waits, or that is not known
     * @param lag records that wait, transaction markers counted; null: Kafka did not answer
     * @param lagNet those of them that are not completed
     * @param retryLag records that wait for their next attempt
     * @param tasks that made their first call of the stage
     * @param calls begun
     * @param retries calls that were not their task's first
     * @param p50Ms of calls that ended, in milliseconds; null: none did
     * @param providers that it called lately, in the order of their names
     * @param shares how its processes and tenants share its providers; empty: they share none, or that is not known
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record StageView(
            String stage,
            @Nullable String provider,
            int inFlight,
            @Nullable Integer limit,
            int processes,
            @Nullable String breaker,
            @Nullable Instant breakerSince,
            boolean paused,
            @Nullable Instant coolDownUntil,
            @Nullable String waitingFor,
            @Nullable Long lag,
            @Nullable Long lagNet,
            @Nullable Long retryLag,
            double perSecond,
            long tasks,
            long calls,
            long succeeded,
            long failures,
            long retries,
            long timeouts,
            double amplification,
            BigDecimal cost,
            @JsonProperty("p50_ms") @Nullable Long p50Ms,
            @JsonProperty("p95_ms") @Nullable Long p95Ms,
            List<ProviderView> providers,
            List<SharesView> shares) {}

    /**
     * How the processes and the tenants of a stage share one provider.
     *
     * @param limit calls that all processes together may have in flight; null: not known
     * @param rate calls that they may begin in a second; null: there is no rate
     * @param tenants with the most tasks, that with the most first
     */
    record SharesView(
            String provider,
            @Nullable Integer limit,
            @Nullable Double rate,
            List<ProcessView> processes,
            List<TenantView> tenants) {

        static SharesView of(Fleet fleet) {
            return new SharesView(
                    fleet.provider(),
                    fleet.limit().orElse(null),
                    fleet.rate() == 0 ? null : Counts.rounded(fleet.rate()),
                    fleet.processes().stream().map(ProcessView::of).toList(),
                    fleet.tenants().stream().map(TenantView::of).toList());
        }
    }

    /**
     * What a process has and wants.
     *
     * @param controller whether it divides the limit
     * @param share calls that it may have in flight; null: none were given to it
     * @param ghosts calls given up that the provider is probably still working on
     * @param wanted calls that it would have in flight if it could
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ProcessView(
            String process, boolean controller, @Nullable Integer share, int inFlight, int ghosts, int wanted) {

        static ProcessView of(FleetState.Member process) {
            return new ProcessView(
                    process.instance(),
                    process.controller(),
                    process.share().orElse(null),
                    process.inFlight(),
                    process.ghosts(),
                    process.wanted());
        }
    }

    /**
     * What a tenant has and wants.
     *
     * @param share part of the permits that is its own by its weight while all of these have work, 0 to 1
     * @param inFlight tasks that are handled
     * @param waiting tasks that wait for a permit
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record TenantView(String tenant, double share, int inFlight, int waiting) {

        static TenantView of(FleetState.Tenant tenant) {
            return new TenantView(tenant.tenant(), Counts.rounded(tenant.share()), tenant.atWork(), tenant.waiting());
        }
    }

    /**
     * One of the providers that a stage called lately.
     *
     * @param limit calls that all its processes together may have in flight
     * @param breaker the worst of its processes; null: there is none
     * @param off whether an operator has switched it off
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ProviderView(
            String provider,
            int limit,
            @Nullable String breaker,
            @Nullable Instant coolDownUntil,
            boolean off) {}

    /**
     * The sums of all stages together.
     *
     * @param tasks that made their first call
     * @param amplification calls for each first call that a task made of a stage; 1 if nothing is repeated
     * @param retryShare of the calls, those that were not the first, 0 to 1
     * @param ended tasks that ended
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Totals(
            long tasks,
            long calls,
            double amplification,
            double retryShare,
            long failures,
            long timeouts,
            BigDecimal cost,
            long ended,
            long succeeded,
            int inFlight) {}

    /**
     * The failed calls of one stage and reason.
     *
     * @param share of all failed calls, 0 to 1
     */
    record ReasonView(String stage, String reason, long count, double share) {}

    /**
     * An alert, whether it fires or not.
     *
     * @param threshold it fires above this; null: nothing is set, so it never fires
     * @param since null: it does not fire
     * @param severity {@code warning} or {@code critical}
     * @param page the name of the page that says what to do
     */
    record AlertView(
            String name,
            boolean firing,
            double value,
            @Nullable Double threshold,
            String unit,
            @Nullable Instant since,
            String detail,
            String severity,
            String title,
            String means,
            String page) {}

    /** The counts of one stage in one span of time. */
    record Point(
            Instant at,
            String stage,
            long tasks,
            long calls,
            long succeeded,
            long failures,
            long retries,
            long timeouts,
            BigDecimal cost) {}
}
