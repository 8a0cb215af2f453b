package io.pawline.stage.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Policy;
import java.time.Clock;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the provider of each task among those of a stage, in their order. Each has a limiter of its own. Thread-safe;
 * asking never waits.
 */
public final class ProviderChain implements PermitSource {

    /*
     * A task goes to the first provider that has a permit for it. A provider without one is passed over only if it is out
     * of reach (ProviderStanding): else the task waits, as it would if there were no other. So a second provider that
     * costs more gets what the first cannot do, and no more. With Policy.PREFER it gets a part of a backlog as well.
     *
     * A call that fails for reasons of its provider is made again at once, to the first of the others that has a permit,
     * in whatever order the task met them. No provider gets the same task twice in an attempt, so the attempt ends. This
     * is no retry that feeds an overload: each provider has a limit, a breaker and a rate, and the call waits for none of
     * them. What finds no other provider is tried again later, by the rules for any failure.
     *
     * A call that is slow is made a second time, where an operator has said so (Dean and Barroso, The Tail at Scale, 2013:
     * hedged requests). Slow is what takes longer than 95 % of the latest calls of its kind. As few may be made twice,
     * slow means longer when hedges are scarce, up to longer than all of the latest 200. So the calls that hang get the
     * hedges, and not those that are merely in the last twentieth. A call that found the account empty for long leaves
     * the last hedge to one that has just become slow: it will be among the slowest in any case. A hedge takes no place
     * that a task waits for: it gets one only if the task that asked last got its own. A call to a canary is not hedged:
     * its time is compared.
     *
     * One provider can be a canary, which is compared with the others (CanaryShare). It gets its share of the tasks and
     * nothing else: it is no fallback before it has been found good. A task of the share gives back the permit that it
     * has and takes one of the canary; without one it goes where all go, and is not compared. While the canary is
     * closed, nothing is compared, so that both sides are tasks of the same time.
     *
     * Rejected:
     * - A hedge for each call beyond the 95th percentile: that is a twentieth of all calls, so the account is empty when
     *   a call hangs.
     * - Both calls at once: twice the price.
     * - A queue for each provider: a task would have to be moved from one to the other when a breaker opens, and tenants
     *   would share each queue, and not the stage.
     * - Every second task to the second provider: its price and its quality differ.
     * - A wait for the permit of the next provider within the attempt: tasks at work would wait for tasks at work.
     */

    /** What waits is looked at again after so long: all deadlines are read for it. */
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(100);

    /** A call that takes so many times as long as a slow one is helped last. */
    private static final int TOO_LATE = 2;

    /** A provider that was asked for a permit within this time is one for which tasks wait. */
    private static final long ASKED_LATELY = TimeUnit.SECONDS.toNanos(1);

    private record Look(Demand demand, long atNanos) {}

    private final List<ConcurrencyLimiter> limiters;
    /** Holds the places of the providers that any task may go to, in their order. */
    private final List<Integer> regular;

    private final Optional<CanaryShare> canary;
    private final Fallbacks fallbacks;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final AtomicLongArray asked;
    private final Optional<HedgeBudget> hedges;
    private volatile @Nullable Look lastLook;

    /** Whether the task that asked last got no permit. */
    private boolean waits;

    /**
     * @param limiters of the providers, in the order in which they are asked; the stage's own if it calls none
     * @param nanoTime like {@link System#nanoTime}
     */
    public ProviderChain(List<ConcurrencyLimiter> limiters, Fallbacks fallbacks, Clock clock, LongSupplier nanoTime) {
        if (limiters.size() != 1 + fallbacks.providers().size()) {
            throw new IllegalArgumentException("each provider needs a limiter, was " + limiters.size());
        }
        this.limiters = List.copyOf(limiters);
        this.canary = CanaryShare.of(fallbacks);
        int apart = canary.map(CanaryShare::place).orElse(limiters.size());
        this.regular = IntStream.range(0, limiters.size())
                .filter(place -> place != apart)
                .boxed()
                .toList();
        this.fallbacks = fallbacks;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.hedges =
                fallbacks.hedgeShare() > 0 ? Optional.of(new HedgeBudget(fallbacks.hedgeShare())) : Optional.empty();
        this.asked = new AtomicLongArray(limiters.size());
        long longAgo = nanoTime.getAsLong() - ASKED_LATELY;
        for (int place = 0; place < limiters.size(); place++) {
            asked.set(place, longAgo);
        }
    }

    @Override
    public synchronized Optional<Permit> tryAcquire(Supplier<Demand> demand) {
        Optional<Permit> permit = first(demand);
        waits = permit.isEmpty();
        return permit;
    }

    private Optional<Permit> first(Supplier<Demand> demand) {
        for (int place : regular) {
            asked.set(place, nanoTime.getAsLong());
            Optional<Permit> permit = limiters.get(place).tryAcquire();
            if (permit.isPresent()) {
                permit.get().at(this, place, new BitSet());
                return permit;
            }
            if (place == regular.getLast()
                    || !limiters.get(place).standing().passes(fallbacks, look(demand), clock.instant())) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Demand look(Supplier<Demand> demand) {
        long now = nanoTime.getAsLong();
        Look last = lastLook;
        if (last != null && now - last.atNanos() < LOOK_EVERY) {
            return last.demand();
        }
        Demand seen = demand.get();
        lastLook = new Look(seen, now);
        return seen;
    }

    /**
     * Gives a permit at the first provider that has one, of those that were not called yet.
     *
     * @param called places of the providers that were called
     */
    Optional<Permit> another(BitSet called) {
        for (int place : regular) {
            Optional<Permit> permit =
                    called.get(place) ? Optional.empty() : limiters.get(place).tryAcquire();
            if (permit.isPresent()) {
                permit.get().at(this, place, called);
                return permit;
            }
        }
        return Optional.empty();
    }

    /** Returns the nanoseconds after which a call is slow; empty if none is hedged, or too little is known. */
    OptionalLong slowAfter(int place, String kind) {
        return hedges.isEmpty() || !regular.contains(place)
                ? OptionalLong.empty()
                : limiters.get(place).slowAfter(kind, hedges.get().scarcity());
    }

    /**
     * Gives a permit for a second call while the first is under way: at the first of the other providers that has one
     * idle, else at the same. Empty if the call is not slow, a task waits, or as many calls were hedged as may be.
     *
     * @param called places of the providers that were called
     * @param place of the first call
     * @param elapsedNanos since it began
     */
    synchronized Optional<Permit> hedge(BitSet called, int place, String kind, long elapsedNanos) {
        OptionalLong slow = slowAfter(place, kind);
        if (waits || hedges.isEmpty() || slow.isEmpty() || elapsedNanos < slow.getAsLong()) {
            return Optional.empty();
        }
        HedgeBudget budget = hedges.get();
        if (!budget.take(elapsedNanos <= TOO_LATE * slow.getAsLong())) {
            return Optional.empty();
        }
        Optional<Permit> permit = idle(called, place);
        permit.ifPresentOrElse(Permit::hedges, budget::notMade);
        return permit;
    }

    private Optional<Permit> idle(BitSet called, int place) {
        for (int other : regular) {
            Optional<Permit> permit = called.get(other) ? Optional.empty() : idleAt(other, called);
            if (permit.isPresent()) {
                return permit;
            }
        }
        return idleAt(place, called);
    }

    private Optional<Permit> idleAt(int place, BitSet called) {
        Optional<Permit> permit = limiters.get(place).tryAcquireIdle();
        permit.ifPresent(its -> its.at(this, place, called));
        return permit;
    }

    /** Takes note of a call that is no hedge. */
    void called() {
        hedges.ifPresent(HedgeBudget::called);
    }

    /** Takes note that a hedge was not made after all. */
    void hedgeNotMade() {
        hedges.ifPresent(HedgeBudget::notMade);
    }

    /**
     * Says what the comparison with the canary makes of a task that begins: the canary's permit for a task of its share,
     * and this one for all others. The permit that is not used is given back.
     */
    Permit compared(TaskId task, Permit permit) {
        if (canary.isEmpty() || permit.probe()) {
            return permit;
        }
        CanaryShare share = canary.get();
        ConcurrencyLimiter limiter = limiters.get(share.place());
        if (!limiter.open()) {
            return permit;
        }
        if (!share.has(task)) {
            permit.compareWith(share);
            return permit;
        }
        asked.set(share.place(), nanoTime.getAsLong());
        Optional<Permit> its = limiter.tryAcquire();
        its.ifPresent(taken -> {
            taken.at(this, share.place(), new BitSet());
            taken.compareWith(share);
            permit.release();
        });
        return its.orElse(permit);
    }

    /** Says whether a provider other than this one takes calls now. */
    boolean othersOpen(int place) {
        for (int other : regular) {
            if (other != place && limiters.get(other).open()) {
                return true;
            }
        }
        return false;
    }

    /** Says whether tasks wait for this provider: they do not if they wait for one before it. */
    public boolean isAsked(int place) {
        return limiters.get(place).open() && nanoTime.getAsLong() - asked.get(place) < ASKED_LATELY;
    }

    @Override
    public boolean allowed() {
        return regular.stream().anyMatch(place -> limiters.get(place).allowed());
    }

    /** Says whether a task may begin at any of the providers. */
    public boolean open() {
        return regular.stream().anyMatch(place -> limiters.get(place).open());
    }

    @Override
    public int limit() {
        int limit = 0;
        for (int place : regular) {
            ConcurrencyLimiter limiter = limiters.get(place);
            if (limiter.open()) {
                limit += limiter.limit();
                if (fallbacks.policy() == Policy.STANDBY) {
                    return limit;
                }
            }
        }
        return limit == 0 ? limiters.getFirst().limit() : limit;
    }

    @Override
    public int inFlight() {
        return limiters.stream().mapToInt(ConcurrencyLimiter::inFlight).sum();
    }

    /** Counts the calls that were given up and that a provider is probably still working on. */
    public int ghosts() {
        return limiters.stream().mapToInt(ConcurrencyLimiter::ghosts).sum();
    }

    /** Returns the state of the first provider's breaker; CLOSED if there is none. */
    public State breakerState() {
        return limiters.getFirst().breakerState();
    }

    /** Returns the limiter of the provider at this place. */
    public ConcurrencyLimiter limiter(int place) {
        return limiters.get(place);
    }
}
