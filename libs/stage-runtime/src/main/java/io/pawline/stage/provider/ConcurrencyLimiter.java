package io.pawline.stage.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.events.CallPhase;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.CallWork;
import io.pawline.stage.ProviderPolicies;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether one more task may begin. None may while the stage is paused, its provider cools down, its breaker is
 * open or its limit is reached. The result of each call decides about the next one. It lives as long as the process, so
 * that calls left over from a lost session with Kafka still count. Thread-safe; asking never waits.
 */
public final class ConcurrencyLimiter implements PermitSource {

    /*
     * The permit comes before the thread. What waits is a record in a queue, so a pause, a cool-down or an open breaker
     * costs no threads, and no partition has to be paused for it. The read-ahead fills up and back-pressure does the
     * rest, also for partitions that arrive meanwhile. Permits outlive the session with Kafka, so that calls left over
     * from a lost session still count against the provider.
     *
     * A permit passes four gates, the cheap ones first, and what one gate took is given back if a later gate says no:
     * 1. The controls: a pause of the stage, a provider switched off, or its cool-down. A provider that answers most
     *    calls with Retry-After (RFC 9110, 10.2.3) closes itself for every process (RefusalShare). One such answer
     *    concerns its own task alone. A moment further away than 15 minutes is cut short. While the provider is closed,
     *    calls that end change that moment only if they name a much later one: each change is a record that every
     *    process reads.
     * 2. The limit of tasks at work: the process's share of the fleet's limit (ShareBook), or the adaptive limit that
     *    it finds alone, below the operator's limit or the configured one. A call that was given up counts until it has
     *    probably ended (Ghosts), for the provider still works on it.
     * 3. The breaker (Nygard, Release It!, "Circuit Breaker"). When its pause is over, it lets one probe through.
     *    It does not wait for gate 2: the limit may have shrunk below the calls that hang, and they may hang for a
     *    minute. Only the maximum holds for it: the operator's figure, else the configured one.
     * 4. The published rate of calls. A task that makes no call, since it was cancelled or is past its deadline, gives
     *    its turn back. Otherwise it would take as long to expire a backlog at that rate as to make its calls.
     *
     * After a stop, all that waits could begin at the same moment, in every process, at a provider that has perhaps
     * just been started. The limit is that of a provider at work. So it falls to the calls still under way and four
     * more, and grows by half in each window until it is where it was: about eight windows for 4 to 100. And each
     * process goes on at a moment of its own (Resumption): with thirty processes, four calls at the same moment are 120. A short
     * cool-down during which most calls are under way lowers nothing.
     *
     * A permit carries how often the breaker had opened when it was given. A call that began before an opening is not
     * counted after it. Calls that hang for a minute can end when the probes have long succeeded, and would open the
     * breaker again.
     *
     * Rejected:
     * - A semaphore that threads wait for: a thread for each record that waits, and a pause would hold all of them.
     * - Pausing partitions while nothing may begin: those that arrive in a rebalance would have to be paused as well.
     * - One limiter for a session: after a lost session, the provider would have the calls of two sessions at once.
     */

    /** A provider is trusted to handle so many calls in flight before anything is known of it. */
    private static final int FIRST_LIMIT = 16;

    /** A provider that names a moment further away than this may have meant something else. */
    private static final Duration LONGEST_COOL_DOWN = Duration.ofMinutes(15);

    /** A cool-down in force is not replaced by one that ends less than this later. */
    private static final Duration NEW_COOL_DOWN = Duration.ofSeconds(5);

    /** A provider whose last calls all failed, so many of them, is not waited for where there is another one. */
    private static final int FAILING = 3;

    /** So many refusals in half a minute, and half of the calls, close a provider for the whole fleet. */
    static final int REFUSALS_FOR_ALL = 5;

    /** Requests, tokens or images per minute, or Ark's word for any of them. */
    private static final Pattern BY_MINUTE = Pattern.compile("(?i)[rti]pm|Rate_?Limit_?Exceeded|per.?minute");

    private final int configuredLimit;
    private final StageControls controls;
    private final Clock clock;
    private final @Nullable CallLimit adaptive;
    private final @Nullable FleetShare share;
    private final @Nullable Ghosts ghosts;
    private final @Nullable SlowCalls slowCalls;
    private final @Nullable Breaker breaker;
    private final @Nullable CallRate rate;
    private final LongSupplier nanoTime;

    /** Turns {@link System#nanoTime} into nanoseconds since 1970, which run evenly and on which processes agree. */
    private final long epochNanos;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private volatile int mostBefore;
    private final RefusalShare refusalShare;
    private final Resumption resumption;

    /**
     * Makes a limiter that finds the limit of its process alone.
     *
     * @param provider empty for a stage that calls none: then nothing but the limit and the pause holds
     * @param limit most tasks at once
     * @param nanoTime like {@link System#nanoTime}
     * @param random for jitter; thread-safe
     */
    public ConcurrencyLimiter(
            Optional<ProviderPolicies> provider,
            int limit,
            StageControls controls,
            Clock clock,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this(provider, limit, controls, clock, nanoTime, Optional.empty(), random);
    }

    /**
     * Makes a limiter of one process of a fleet.
     *
     * @param provider empty for a stage that calls none: then nothing but the limit and the pause holds
     * @param limit most tasks at once in this process
     * @param nanoTime like {@link System#nanoTime}
     * @param share what the process may have of the fleet's limit and rate; empty if it finds its limit alone
     * @param random for jitter; thread-safe
     */
    public ConcurrencyLimiter(
            Optional<ProviderPolicies> provider,
            int limit,
            StageControls controls,
            Clock clock,
            LongSupplier nanoTime,
            Optional<FleetShare> share,
            RandomGenerator random) {
        this(
                provider,
                limit,
                controls,
                clock,
                nanoTime,
                new RefusalShare(REFUSALS_FOR_ALL),
                random,
                share.orElse(null),
                provider.isPresent() ? new Ghosts() : null);
    }

    /** Makes the limiter of one receiver. What it was sent is not paid for, so a call given up on is of no interest. */
    ConcurrencyLimiter(
            Optional<ProviderPolicies> provider,
            int limit,
            StageControls controls,
            Clock clock,
            LongSupplier nanoTime,
            RefusalShare refusalShare,
            RandomGenerator random) {
        this(provider, limit, controls, clock, nanoTime, refusalShare, random, null, null);
    }

    private ConcurrencyLimiter(
            Optional<ProviderPolicies> provider,
            int limit,
            StageControls controls,
            Clock clock,
            LongSupplier nanoTime,
            RefusalShare refusalShare,
            RandomGenerator random,
            @Nullable FleetShare share,
            @Nullable Ghosts ghosts) {
        this.nanoTime = nanoTime;
        this.refusalShare = refusalShare;
        this.resumption = new Resumption(random);
        this.configuredLimit = limit;
        this.mostBefore = limit;
        this.epochNanos = TimeUnit.MILLISECONDS.toNanos(clock.millis()) - nanoTime.getAsLong();
        this.controls = controls;
        this.clock = clock;
        this.share = share;
        this.ghosts = ghosts;
        this.slowCalls = ghosts == null ? null : new SlowCalls();
        this.adaptive = share != null
                ? share
                : provider.filter(ProviderPolicies::adaptiveLimit)
                        .map(_ -> new AdaptiveLimit(new LimitBounds(1, Math.min(FIRST_LIMIT, limit), limit)))
                        .orElse(null);
        this.breaker = provider.flatMap(policies -> policies.breaker()
                        .map(policy -> new Breaker(policies.name(), policy, clock, random, this::startAgain)))
                .orElse(null);
        this.rate = provider.filter(policies -> policies.rate() > 0 || share != null)
                .map(policies -> new CallRate(policies.rate(), policies.rateWindow(), nanoTime))
                .orElse(null);
    }

    @Override
    public Optional<Permit> tryAcquire(Supplier<Demand> demand) {
        return tryAcquire();
    }

    /** Gives a permit for one task, to be closed when the task's work ends; empty if none may begin now. */
    public synchronized Optional<Permit> tryAcquire() {
        if (!allowed()) {
            resumption.keptWaiting(clock.instant());
            return Optional.empty();
        }
        switch (resumption.step(clock.instant())) {
            case WAIT -> {
                return Optional.empty();
            }
            case BEGIN_LOW -> startAgain();
            case GO_ON -> {
                // nothing kept it waiting
            }
        }
        if (busy() >= limitNow()) {
            if (adaptive != null) {
                adaptive.refused();
            }
            return Optional.empty();
        }
        if (breaker != null && !breaker.tryBegin()) {
            return Optional.empty();
        }
        boolean probe = breaker != null && breaker.probing();
        Permit permit = new Permit(this, probe, breaker == null ? 0 : breaker.openings(), takePlace());
        if (rate != null && holds(rate)) {
            OptionalLong turn = rate.tryBegin();
            if (turn.isEmpty()) {
                inFlight.decrementAndGet();
                if (breaker != null && probe) {
                    breaker.notMade();
                }
                return Optional.empty();
            }
            permit.turn(turn.getAsLong());
        }
        return Optional.of(permit);
    }

    /**
     * Gives a permit for a call that nothing but the time of its task asks for. The provider works, it has a free place,
     * and it is asked for none that it has not.
     */
    synchronized Optional<Permit> tryAcquireIdle() {
        boolean works = breakerState() == State.CLOSED && failuresInARow.get() < FAILING;
        return works && busy() < limit() ? tryAcquire() : Optional.empty();
    }

    /**
     * Returns the nanoseconds after which a call of this kind is slow; empty while that is not known.
     *
     * @param strictness 0: longer than nearly all; 1: longer than all
     */
    OptionalLong slowAfter(String kind, double strictness) {
        return slowCalls == null ? OptionalLong.empty() : slowCalls.after(kind, strictness);
    }

    /** Takes a place, and returns how many are taken now. */
    private int takePlace() {
        return inFlight.incrementAndGet() + ghosts();
    }

    /** Says whether there is a rate now, and brings it up to date. Of a fleet, it may be learned only later. */
    private boolean holds(CallRate of) {
        if (share == null) {
            return true;
        }
        OptionalDouble perSecond = share.callsPerSecond();
        perSecond.ifPresent(of::perSecond);
        return perSecond.isPresent();
    }

    /**
     * Returns the limit for the next task. A probe need not wait for earlier calls, which may hang.
     */
    private int limitNow() {
        return breakerState() == State.CLOSED ? limit() : most();
    }

    /** Lets the limit begin low, for all that waits would begin at the same moment now, in every process. */
    private void startAgain() {
        if (adaptive != null) {
            adaptive.startAgain(busy(), epochNanos + nanoTime.getAsLong());
        }
    }

    /** Says whether anything may begin at all: neither paused nor cooling down, and the breaker not open. */
    public boolean open() {
        return allowed() && breakerState() != State.OPEN;
    }

    /** Returns what may keep tasks from the provider. */
    ProviderStanding standing() {
        return new ProviderStanding(
                controls.off(), failuresInARow.get() >= FAILING, breakerState(), controls.coolDownUntil());
    }

    @Override
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

    /** Returns what the limit can grow to: the operator's figure, else the configured one. */
    private int most() {
        return controls.limit().orElse(configuredLimit);
    }

    @Override
    public int inFlight() {
        return inFlight.get();
    }

    /** Counts the calls that were given up and that the provider is probably still working on. */
    public int ghosts() {
        return ghosts == null ? 0 : ghosts.count(nanoTime.getAsLong());
    }

    /** Counts the places that are taken at the provider. */
    public int busy() {
        return inFlight.get() + ghosts();
    }

    /** Returns the state of the breaker; CLOSED if there is none. */
    public State breakerState() {
        return breaker == null ? State.CLOSED : breaker.state();
    }

    LoadSnapshot loadSnapshot() {
        return new LoadSnapshot(inFlight(), limit(), breaker == null ? Optional.empty() : Optional.of(breaker.state()));
    }

    @Override
    public boolean allowed() {
        return !controls.paused()
                && !controls.off()
                && !controls.coolDownUntil().isAfter(clock.instant());
    }

    void ended(Permit permit, CallReport report, CallWork work, long startedNanos, long endedNanos) {
        if (ghosts != null) {
            takeNote(ghosts, report, endedNanos - startedNanos, endedNanos);
        }
        if (slowCalls != null && report.failure().isEmpty()) {
            slowCalls.succeededAfter(work.kind(), endedNanos - startedNanos);
        }
        if (adaptive != null) {
            adaptive.ended(new EndedCall(
                    epochNanos + startedNanos,
                    epochNanos + endedNanos,
                    permit.inFlightAtStart(),
                    result(report),
                    work));
        }
        if (breaker != null) {
            breaker.ended(
                    permit.probe(),
                    permit.openingsBefore(),
                    report.failure(),
                    Duration.ofNanos(endedNanos - startedNanos));
        }
        countInARow(report);
        coolDown(report, endedNanos);
    }

    /** A breaker looks at many calls, and few are made to a provider that lets them hang. */
    private void countInARow(CallReport report) {
        switch (result(report)) {
            case SUCCEEDED -> failuresInARow.set(0);
            case TIMED_OUT -> failuresInARow.incrementAndGet();
            case FAILED -> {
                if (report.failure().filter(ConcurrencyLimiter::isBroken).isPresent()) {
                    failuresInARow.incrementAndGet();
                } else if (report.failure().filter(Reason.SUPERSEDED::equals).isEmpty()) {
                    failuresInARow.set(0);
                }
            }
            case REFUSED, OVER_RATE -> {
                // It is busy, which says nothing of whether it works
            }
        }
    }

    private static boolean isBroken(Reason failure) {
        return failure.scope() == Reason.Scope.PROVIDER || failure.scope() == Reason.Scope.ACCOUNT;
    }

    /** The request was sent and there is no answer: the provider has the call, as far as anybody knows. */
    private static void takeNote(Ghosts ghosts, CallReport report, long elapsed, long now) {
        if (report.failure().isEmpty()) {
            ghosts.succeededAfter(elapsed);
        } else if (report.phase() == CallPhase.WAIT && report.status().isEmpty()) {
            ghosts.gaveUp(elapsed, now);
        }
    }

    private void coolDown(CallReport report, long nanos) {
        Instant now = clock.instant();
        Optional<Reason> refusal = report.failure()
                .filter(ConcurrencyLimiter::saysWhenToComeBack)
                .filter(_ -> report.notBefore().filter(now::isBefore).isPresent());
        if (!refusalShare.concernsAllCalls(refusal.isPresent(), nanos) || refusal.isEmpty()) {
            return;
        }
        Instant until = earlier(report.notBefore().orElseThrow(), now.plus(LONGEST_COOL_DOWN));
        Instant inForce = controls.coolDownUntil();
        if (inForce.isAfter(now) ? until.isAfter(inForce.plus(NEW_COOL_DOWN)) : until.isAfter(now)) {
            controls.coolDown(
                    until, "%s, with Retry-After".formatted(refusal.get().code()));
        }
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
            permit.turn().ifPresent(rate::notMade);
        }
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static boolean saysWhenToComeBack(Reason failure) {
        return switch (failure.scope()) {
            case OVERLOAD, ACCOUNT, PROVIDER -> true;
            case TASK, ANSWER, TIMEOUT, PAWLINE -> false;
        };
    }

    /**
     * Says whether a refusal is one for too many calls or tokens in a minute, such as
     * {@code ModelAccountRpmRateLimitExceeded} and {@code RateLimitExceeded.EndpointTPMExceeded}. Fewer calls at once are
     * no answer to that.
     */
    private static boolean namesTheMinute(CallReport report) {
        return report.failure().filter(reason -> reason == Reason.RATE_LIMITED).isPresent()
                && report.providerCode()
                        .filter(code -> BY_MINUTE.matcher(code).find())
                        .isPresent();
    }

    private static EndedCall.Result result(CallReport report) {
        return report.failure()
                .map(failure -> switch (failure.scope()) {
                    case OVERLOAD -> namesTheMinute(report) ? EndedCall.Result.OVER_RATE : EndedCall.Result.REFUSED;
                    case TIMEOUT -> EndedCall.Result.TIMED_OUT;
                    case TASK, ANSWER, PROVIDER, ACCOUNT, PAWLINE -> EndedCall.Result.FAILED;
                })
                .orElse(EndedCall.Result.SUCCEEDED);
    }
}
