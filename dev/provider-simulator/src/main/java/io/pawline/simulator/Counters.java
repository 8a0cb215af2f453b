package io.pawline.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls of one provider. Thread-safe. */
final class Counters {

    private static final long REMEMBERED = 1_000_000;

    private record Outcome(int status, String code) {}

    private final LongAdder calls = new LongAdder();
    private final LongAdder givenUp = new LongAdder();
    private final LongAdder reset = new LongAdder();
    private final LongAdder billed = new LongAdder();
    private final LongAdder billedTwice = new LongAdder();
    private final LongAdder repeats = new LongAdder();
    private final ConcurrentMap<Outcome, LongAdder> answered = new ConcurrentHashMap<>();
    private final Cache<String, Boolean> matters =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();
    private final Cache<String, Boolean> repeatable =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    void called() {
        calls.increment();
    }

    void answered(SimulatedReply.Answer answer) {
        answered.computeIfAbsent(new Outcome(answer.status(), answer.code()), _ -> new LongAdder())
                .increment();
    }

    void gaveUp() {
        givenUp.increment();
    }

    void reset() {
        reset.increment();
    }

    /**
     * Counts a call that the provider worked on and will charge for. A second call for the same matter is wasted.
     *
     * @param attempted what all attempts at this matter have in common
     */
    void billed(String matter, String attempted) {
        billed.increment();
        if (repeatable.asMap().putIfAbsent(attempted, true) != null) {
            repeats.increment();
        }
        if (matters.asMap().putIfAbsent(matter, true) != null) {
            billedTwice.increment();
        }
    }

    /** The number of attempts that were billed after another attempt at the same matter. */
    long repeats() {
        return repeats.sum();
    }

    Map<String, Object> asJson(CapacityGate gate) {
        Map<String, Map<String, Long>> byStatus = new TreeMap<>();
        answered.forEach(
                (outcome, count) -> byStatus.computeIfAbsent(String.valueOf(outcome.status()), _ -> new TreeMap<>())
                        .put(outcome.code(), count.sum()));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("calls", calls.sum());
        json.put("in_flight", gate.inFlight());
        json.put("waiting", gate.waiting());
        json.put("max_in_flight", gate.mostInFlight());
        json.put("in_flight_ms", gate.timeInFlight().toMillis());
        json.put("worked_ms", gate.timeWorked().toMillis());
        json.put("answered", byStatus);
        json.put("given_up_by_client", givenUp.sum());
        json.put("reset_by_simulator", reset.sum());
        json.put("billed", billed.sum());
        json.put("distinct_billed", billed.sum() - billedTwice.sum());
        json.put("duplicates_billed", billedTwice.sum());
        json.put("repeats_billed", repeats.sum());
        return json;
    }

    void clear() {
        calls.reset();
        givenUp.reset();
        reset.reset();
        billed.reset();
        billedTwice.reset();
        repeats.reset();
        answered.clear();
        matters.invalidateAll();
        repeatable.invalidateAll();
    }
}
