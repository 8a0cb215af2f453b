package io.pawline.stage.metrics;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.pawline.events.CallAttempt;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Outcome;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.codec.UnknownSchemas;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.FleetNode;
import io.pawline.stage.provider.ProviderChain;
import io.pawline.stage.provider.ReceiverLimiters;
import io.pawline.stage.provider.TenantUse;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Measures what a stage does, for the operator. Each meter has the tag {@code stage}. Thread-safe. */
public final class StageMetrics {

    /** A record is kept for a week, and its dead letter for a month. */
    private static final Duration LONGEST_IN_STAGE = Duration.ofDays(60);

    private static final double MICROS = 1e6;

    private final MeterRegistry registry;
    private final Clock clock;
    private final Tags tags;
    private final Timer commit;
    private final Timer inStage;
    private final Timer permitWait;
    private final Counter orphaned;
    private final MultiGauge tenantsInFlight;
    private final MultiGauge tenantsWaiting;
    private final MultiGauge tenantsShare;
    private volatile Map<String, TenantUse> tenants = Map.of();

    public StageMetrics(MeterRegistry registry, Stage stage, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.tags = Tags.of("stage", stage.code());
        this.commit = Timer.builder("pawline.stage.commit")
                .description("A transaction: its messages, its offsets, its commit")
                .tags(tags)
                .register(registry);
        this.inStage = Timer.builder("pawline.stage.time")
                .description(
                        "From a task's arrival in the stage until it has left it for good, all tries and waits counted")
                .tags(tags)
                .register(registry);
        this.tenantsInFlight = ofTenants("pawline.stage.tenant.in.flight", "Tasks of the tenant being handled");
        this.tenantsWaiting =
                ofTenants("pawline.stage.tenant.waiting", "Tasks of the tenant that are due and wait for a permit");
        this.tenantsShare = ofTenants(
                "pawline.stage.tenant.share",
                "Part of the permits that is the tenant's by its weight while all that have work go on having it");
        // The counter exists from the start: one that is born with its first count is no increase to a Prometheus.
        this.orphaned = registry.counter("pawline.stage.orphaned", tags);
        this.permitWait = Timer.builder("pawline.stage.permits.wait")
                .description("How long a task that was due waited for its permit")
                .tags(tags)
                .register(registry);
    }

    public void waitedForPermit(Duration time) {
        permitWait.record(time);
    }

    /** Registers the gauges of what decides when a task may begin. */
    public void watch(ProviderChain limiter) {
        gauge("pawline.stage.in.flight", "Tasks being handled", limiter, ProviderChain::inFlight);
        gauge("pawline.stage.limit", "Tasks that may be handled at once, as of now", limiter, ProviderChain::limit);
        gauge(
                "pawline.stage.ghosts",
                "Calls that were given up and that the provider is probably still working on",
                limiter,
                ProviderChain::ghosts);
        gauge(
                "pawline.stage.open",
                "1 if tasks may begin; 0 while paused, while the provider cools down and while its breaker is open:"
                        + " more processes would not help then",
                limiter,
                of -> of.open() ? 1 : 0);
        gauge(
                "pawline.stage.breaker",
                "0 closed, 1 open, 0.5 letting probes through",
                limiter,
                of -> number(of.breakerState()));
    }

    /** Registers the gauges of one of the stage's providers. */
    public void watch(String provider, ConcurrencyLimiter limiter) {
        Tags ofProvider = tags.and("provider", provider);
        gauge(
                "pawline.stage.provider.in.flight",
                "Calls to the provider",
                limiter,
                ConcurrencyLimiter::inFlight,
                ofProvider);
        gauge(
                "pawline.stage.provider.limit",
                "Calls to the provider that may be in flight at once, as of now",
                limiter,
                ConcurrencyLimiter::limit,
                ofProvider);
        gauge(
                "pawline.stage.provider.open",
                "1 if the provider may be called",
                limiter,
                of -> of.open() ? 1 : 0,
                ofProvider);
        gauge(
                "pawline.stage.provider.breaker",
                "0 closed, 1 open, 0.5 letting probes through",
                limiter,
                of -> number(of.breakerState()),
                ofProvider);
    }

    private static double number(State breaker) {
        return switch (breaker) {
            case OPEN, FORCED_OPEN -> 1;
            case HALF_OPEN -> 0.5;
            case CLOSED, DISABLED, METRICS_ONLY -> 0;
        };
    }

    /** Registers the gauges of what the processes of the stage share. */
    public void watch(FleetNode node) {
        gauge(
                "pawline.stage.fleet.limit",
                "Tasks that all processes of the stage together may have at their provider, as last heard",
                node,
                FleetNode::fleetLimit);
        gauge(
                "pawline.stage.fleet.rate",
                "Calls that all processes of the stage together may begin in a second, as last heard; 0 if there is no"
                        + " rate",
                node,
                FleetNode::fleetRate);
        gauge(
                "pawline.stage.fleet.wanted",
                "Tasks that this process would have at the provider if it could, as last said",
                node,
                FleetNode::wanted);
        gauge(
                "pawline.stage.fleet.controller",
                "1 in the process that divides the limit between all",
                node,
                of -> of.inOffice() ? 1 : 0);
    }

    /** Registers the gauge of the tenants that have spent their money. */
    public void watch(BudgetLeases budget) {
        gauge(
                "pawline.stage.budget.exhausted",
                "Tenants that have spent what they may spend in a day, as far as this process has asked",
                budget,
                BudgetLeases::exhausted);
    }

    /** Registers the gauges of the receivers, where there are many. */
    public void watch(ReceiverLimiters limiters) {
        gauge("pawline.stage.lanes", "Receivers that something is known of", limiters, ReceiverLimiters::known);
        gauge(
                "pawline.stage.lanes.closed",
                "Receivers that nothing is sent to now, because they fail or asked for it",
                limiters,
                ReceiverLimiters::closed);
    }

    /** Registers the gauge of what the schema registry does not know. */
    public void watch(UnknownSchemas schemas) {
        gauge(
                "pawline.stage.schemas.unknown",
                "1 while the stage holds because the schema registry knows the schemas of hardly any records",
                schemas,
                of -> of.holding() ? 1 : 0);
    }

    /** Registers the gauges of what waits. */
    public void watch(Backlog backlog) {
        gauge("pawline.stage.permits.waiting", "Tasks that are due and wait for a permit", backlog, Backlog::ready);
        gauge("pawline.stage.retries.held", "Failed tasks that wait for their time", backlog, Backlog::held);
        gauge("pawline.stage.lag", "Records behind the committed offsets of the work topic", backlog, Backlog::lag);
        gauge(
                "pawline.stage.lag.net",
                "The same without those already completed: what is left to do, to scale by",
                backlog,
                Backlog::netLag);
        gauge(
                "pawline.stage.results.held",
                "Finished tasks that wait for a topic that takes no records now",
                backlog,
                Backlog::unwritable);
    }

    private MultiGauge ofTenants(String name, String description) {
        return MultiGauge.builder(name).description(description).tags(tags).register(registry);
    }

    /**
     * Takes note of what the tenants with the most tasks have and want now. What was said of others is forgotten. The
     * gauge of a tenant stays while it is named: a scrape that met one that is replaced would see both, and fail.
     */
    public void tenants(List<TenantUse> busiest) {
        tenants = busiest.stream().collect(Collectors.toMap(TenantUse::tenant, Function.identity()));
        tenantsInFlight.register(rows(busiest, TenantUse::atWork));
        tenantsWaiting.register(rows(busiest, TenantUse::waiting));
        tenantsShare.register(rows(busiest, TenantUse::share));
    }

    private List<Row<?>> rows(List<TenantUse> busiest, ToDoubleFunction<TenantUse> figure) {
        return busiest.stream()
                .map(TenantUse::tenant)
                .<Row<?>>map(tenant -> Row.of(Tags.of("tenant", tenant), this, metrics -> {
                    TenantUse use = metrics.tenants.get(tenant);
                    return use == null ? 0 : figure.applyAsDouble(use);
                }))
                .toList();
    }

    public void handled(Outcome outcome, Duration took) {
        Tags result = switch (outcome) {
            case Outcome.Done done -> Tags.of("outcome", "done", "reason", "none");
            case Outcome.Retry retry ->
                Tags.of("outcome", "retry", "reason", retry.reason().code());
            case Outcome.Rejected rejected ->
                Tags.of("outcome", "rejected", "reason", rejected.reason().code());
        };
        Timer.builder("pawline.stage.attempt")
                .description("One attempt at one task, by how it ended")
                .tags(tags.and(result))
                .register(registry)
                .record(took);
    }

    /** Takes note of the end of an outside call. */
    public void called(CallAttempt end) {
        Tags ofCall = tags.and("provider", end.getProvider());
        registry.counter(
                        "pawline.stage.provider.calls",
                        ofCall.and("reason", end.getReason().orElse("none")))
                .increment();
        if (end.getHedge()) {
            registry.counter(
                            "pawline.stage.provider.hedges",
                            ofCall.and("reason", end.getReason().orElse("none")))
                    .increment();
        }
        end.getCostMicros()
                .ifPresent(cost ->
                        registry.counter("pawline.stage.provider.cost", ofCall).increment(cost / MICROS));
    }

    public void retried(Reason reason) {
        count("pawline.stage.retries", reason);
    }

    public void deadLettered(Reason reason) {
        count("pawline.stage.dead.letters", reason);
    }

    public void orphaned() {
        orphaned.increment();
    }

    public void committed(Duration took) {
        commit.record(took);
    }

    /** Takes note that a record has left the stage for good. */
    public void left(ConsumerRecord<byte[], byte[]> data) {
        Header first = data.headers().lastHeader("kafka_dlt-original-timestamp");
        long arrived = first != null && first.value() != null && first.value().length == Long.BYTES
                ? ByteBuffer.wrap(first.value()).getLong()
                : data.timestamp();
        long now = clock.millis();
        // A record's producer may have written any moment: one that cannot be is measured as none, or as the longest
        long millis = Math.clamp(now - Math.clamp(arrived, 0, now), 0, LONGEST_IN_STAGE.toMillis());
        inStage.record(Duration.ofMillis(millis));
    }

    private void count(String name, Reason reason) {
        registry.counter(name, tags.and("reason", reason.code())).increment();
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        gauge(name, description, of, value, tags);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value, Tags its) {
        Gauge.builder(name, of, value)
                .description(description)
                .tags(its)
                .strongReference(true)
                .register(registry);
    }
}
