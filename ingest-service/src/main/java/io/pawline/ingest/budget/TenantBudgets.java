package io.pawline.ingest.budget;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.service.BudgetProperties;
import io.pawline.service.BudgetProperties.WhenSpent;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.BudgetStore.DayState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Knows what is left of the money of each tenant today. What it knows is at most a second old. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
public final class TenantBudgets {

    private static final Duration USED = Duration.ofSeconds(1);
    private static final int MOST_TENANTS = 10_000;

    private final BiFunction<String, LocalDate, DayState> states;
    private final BudgetProperties budget;
    private final Clock clock;
    private final Cache<String, Known> known =
            Caffeine.newBuilder().maximumSize(MOST_TENANTS).build();

    private record Known(DayState state, LocalDate day, Instant until) {}

    /** @param states of the money of a tenant and day */
    public TenantBudgets(BiFunction<String, LocalDate, DayState> states, BudgetProperties budget, Clock clock) {
        this.states = states;
        this.budget = budget;
        this.clock = clock;
    }

    /** Makes one that reads the tables. */
    public TenantBudgets(BudgetStore store, BudgetProperties budget, Clock clock) {
        this(store::ofDay, budget, clock);
    }

    /**
     * Says what is left of a tenant's money today, in millionths.
     *
     * @param spent by calls that ended, as far as it is known
     * @param reserved for calls under way and to come
     * @param exhausted whether there is not enough left for another call
     * @param ends when another day begins, and the whole limit is there again
     */
    public record Today(LocalDate day, long limit, long spent, long reserved, boolean exhausted, Instant ends) {

        /** Returns what nobody has spent or reserved; not less than nothing. */
        public long remaining() {
            return Math.max(0, limit - spent - reserved);
        }
    }

    /** Says why a task is not accepted. */
    public sealed interface Refusal {

        /** Tasks for which there is no money fail, and this one would. */
        record Exceeded() implements Refusal {}

        /** The task would wait for the next day, and its deadline is before that. */
        record Waits(Duration retryAfter) implements Refusal {}
    }

    /** Returns what is left to a tenant today; empty if there is no limit. */
    public Optional<Today> today(String tenant) {
        long limit = budget.microsPerDay(tenant);
        if (limit == 0) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        LocalDate day = budget.dayOf(now);
        DayState state = state(tenant, day, now);
        return Optional.of(new Today(
                day, limit, state.spent(), state.granted() - state.spent(), state.exhausted(limit), budget.endOf(day)));
    }

    private DayState state(String tenant, LocalDate day, Instant now) {
        Known read = known.getIfPresent(tenant);
        if (read != null && read.day().equals(day) && now.isBefore(read.until())) {
            return read.state();
        }
        DayState state = states.apply(tenant, day);
        known.put(tenant, new Known(state, day, now.plus(USED)));
        return state;
    }

    /** Says whether the tasks of a tenant wait for money now. */
    public boolean waits(String tenant) {
        return today(tenant).filter(Today::exhausted).isPresent();
    }

    /**
     * Says why a task must not be accepted now; empty if it may be.
     *
     * @param deadline of the task
     */
    public Optional<Refusal> refusal(String tenant, Instant deadline) {
        Optional<Today> spent = today(tenant).filter(Today::exhausted);
        if (spent.isEmpty()) {
            return Optional.empty();
        }
        if (budget.whenSpent() == WhenSpent.REFUSE) {
            return Optional.of(new Refusal.Exceeded());
        }
        Instant ends = spent.get().ends();
        return deadline.isAfter(ends)
                ? Optional.empty()
                : Optional.of(new Refusal.Waits(Duration.between(clock.instant(), ends)));
    }

    /** Returns the time zone in which days begin and end. */
    public String timeZone() {
        return budget.timeZone().getId();
    }
}
