package io.pawline.stage.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.ProviderPolicies;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decides when one more task may begin: not while the stage is paused, its provider cooling down, its breaker open or its
 * limit reached. What a call comes to is told here and decides about the next. Lives as long as the process, so that calls
 * left over from a lost session with Kafka still count. Thread-safe; asking never waits.
 */
public final class ConcurrencyLimiter {

    /** Calls in flight that a provider is trusted to bear before anything is known of it. */
    private static final int FIRST_LIMIT = 16;

    /** A provider that names a moment further away than this may have meant something else. */
    private static final Duration LONGEST_COOL_DOWN = Duration.ofMinutes(15);

    private final int configuredLimit;
    private final StageControls controls;
    private final Clock clock;
    private final @Nullable AdaptiveLimit adaptive;
    private final @Nullable Breaker breaker;
    private final @Nullable CallRate rate;
    /** What makes nanoseconds since 1970 of {@link System#nanoTime}, so that it runs evenly and processes agree on it. */
    private final long epochNanos;

    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile int mostBefore;
    /** Whether the pause or a cool-down kept work waiting. */
    private volatile boolean keptWaiting;

    /**
     * @param provider empty for a stage that calls none: then nothing but the limit and the pause holds
     * @param limit most tasks at once
     */
    public ConcurrencyLimiter(Optional<ProviderPolicies> provider, int limit, StageControls controls, Clock clock) {
        this.configuredLimit = limit;
        this.mostBefore = limit;
        this.epochNanos = TimeUnit.MILLISECONDS.toNanos(clock.millis()) - System.nanoTime();
        this.controls = controls;
        this.clock = clock;
        this.adaptive = provider.filter(ProviderPolicies::adaptiveLimit)
                .map(_ -> new AdaptiveLimit(new LimitBounds(1, Math.min(FIRST_LIMIT, limit), limit)))
                .orElse(null);
        this.breaker = provider.flatMap(policies ->
                        policies.breaker().map(policy -> new Breaker(policies.name(), policy, clock, this::startAgain)))
                .orElse(null);
        this.rate = provider.filter(policies -> policies.callsPerSecond() > 0)
                .map(CallRate::new)
                .orElse(null);
    }

    /** A permit for one task, to be closed when the task's work ends; empty if none may begin now. */
    public Optional<Permit> tryAcquire() {
        if (!allowed()) {
            keptWaiting = true;
            return Optional.empty();
        }
        if (keptWaiting) {
            keptWaiting = false;
            startAgain();
        }
        if (inFlight.get() >= limitNow() || (breaker != null && !breaker.tryBegin())) {
            return Optional.empty();
        }
        boolean probe = breaker != null && breaker.probing();
        Permit permit = new Permit(this, probe, breaker == null ? 0 : breaker.openings(), inFlight.incrementAndGet());
        if (rate != null && !rate.tryBegin()) {
            inFlight.decrementAndGet();
            if (breaker != null && probe) {
                breaker.notMade();
            }
            return Optional.empty();
        }
        return Optional.of(permit);
    }

    /** Probes are so few that calls from before, which may hang, need not end first. */
    private int limitNow() {
        return breakerState() == State.CLOSED ? limit() : most();
    }

    /** All that waits would begin at the same moment now, in every process. */
    private void startAgain() {
        if (adaptive != null) {
            adaptive.startAgain(inFlight.get(), epochNanos + System.nanoTime());
        }
    }

    /** Whether anything may begin at all: neither paused nor cooling down, and the breaker not open. */
    public boolean open() {
        return allowed() && breakerState() != State.OPEN;
    }

    /** Tasks that may be at work at once, as of now. */
    public int limit() {
        int most = most();
        if (adaptive == null) {
            return most;
        }
        if (most != mostBefore) {
            mostBefore = most;
            adaptive.max(most);
        }
        return adaptive.limit();
    }

    /** What the limit can grow to: the operator's figure, else the configured one. */
    private int most() {
        return controls.limit().orElse(configuredLimit);
    }

    /** Tasks at work. */
    public int inFlight() {
        return inFlight.get();
    }

    /** CLOSED where there is no breaker. */
    public State breakerState() {
        return breaker == null ? State.CLOSED : breaker.state();
    }

    LoadSnapshot loadSnapshot() {
        return new LoadSnapshot(inFlight(), limit(), breaker == null ? Optional.empty() : Optional.of(breaker.state()));
    }

    private boolean allowed() {
        return !controls.paused() && !controls.coolDownUntil().isAfter(clock.instant());
    }

    void ended(Permit permit, CallReport report, long startedNanos, long endedNanos) {
        if (adaptive != null) {
            adaptive.ended(new EndedCall(
                    epochNanos + startedNanos, epochNanos + endedNanos, permit.inFlightAtStart(), result(report)));
        }
        if (breaker != null) {
            breaker.ended(
                    permit.probe(),
                    permit.openingsBefore(),
                    report.failure(),
                    Duration.ofNanos(endedNanos - startedNanos));
        }
        Instant now = clock.instant();
        report.notBefore()
                .filter(until -> until.isAfter(now) && until.isAfter(controls.coolDownUntil()))
                .filter(_ -> report.failure()
                        .filter(ConcurrencyLimiter::concernsAllCalls)
                        .isPresent())
                .ifPresent(until -> controls.coolDown(
                        earlier(until, now.plus(LONGEST_COOL_DOWN)),
                        "%s, with Retry-After".formatted(report.failure().get().code())));
    }

    void release(Permit permit, boolean called) {
        inFlight.decrementAndGet();
        if (called) {
            return;
        }
        if (breaker != null && permit.probe()) {
            breaker.notMade();
        }
        if (rate != null) {
            rate.notMade();
        }
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static boolean concernsAllCalls(Reason failure) {
        return switch (failure.scope()) {
            case OVERLOAD, ACCOUNT, PROVIDER -> true;
            case TASK, ANSWER, TIMEOUT, PAWLINE -> false;
        };
    }

    private static EndedCall.Result result(CallReport report) {
        return report.failure()
                .map(failure -> switch (failure.scope()) {
                    case OVERLOAD -> EndedCall.Result.REFUSED;
                    case TIMEOUT -> EndedCall.Result.TIMED_OUT;
                    case TASK, ANSWER, PROVIDER, ACCOUNT, PAWLINE -> EndedCall.Result.FAILED;
                })
                .orElse(EndedCall.Result.SUCCEEDED);
    }
}
