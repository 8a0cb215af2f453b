package io.pawline.stage;

import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which attempt of the stage this is and for which task, and makes its outside calls. Used by one thread
 * at a time.
 */
public final class Attempt {

    private static final Logger log = LoggerFactory.getLogger(Attempt.class);

    /** Makes the calls of one attempt. */
    public interface Calls {
        <T> T make(ProviderCall<T> call) throws InterruptedException;

        /**
         * Makes a call that may be hedged. Whoever hedges none makes the first.
         *
         * @param second the same call under another name, made while the first is under way
         */
        default <T> T makeHedged(String kind, ProviderCall<T> first, ProviderCall<T> second)
                throws InterruptedException {
            return make(first);
        }
    }

    /** Makes calls to the first provider and does nothing more: no ledger, no limit. */
    public static final Calls UNRECORDED = new Calls() {
        @Override
        public <T> T make(ProviderCall<T> call) throws InterruptedException {
            return call.make(0).value();
        }
    };

    private final TaskId taskId;
    private final String requestId;
    private final int number;
    private final Instant deadline;
    private final Calls calls;
    private Consumer<Optional<Instant>> listener = _ -> {};

    public Attempt(TaskId taskId, String requestId, int number, Instant deadline, Calls calls) {
        this.taskId = Objects.requireNonNull(taskId, "taskId");
        this.requestId = Objects.requireNonNull(requestId, "requestId");
        this.deadline = Objects.requireNonNull(deadline, "deadline");
        this.calls = Objects.requireNonNull(calls, "calls");
        if (number < 1) {
            throw new IllegalArgumentException("attempt number must be > 0, was " + number);
        }
        this.number = number;
    }

    /**
     * Makes an attempt whose calls are made and nothing more: no ledger, no limit. It serves to try a
     * handler by itself.
     */
    public static Attempt offTheRecord(TaskId taskId, int number, Instant deadline) {
        return new Attempt(taskId, taskId + "-" + number, number, deadline, UNRECORDED);
    }

    public TaskId taskId() {
        return taskId;
    }

    /**
     * Returns our name for the attempt's call, for a provider that takes one. It is unique, and the same if a killed
     * process repeats the call.
     */
    public String requestId() {
        return requestId;
    }

    /** Returns our name for the attempt's call to one of the stage's providers. The first has that of the attempt. */
    public String requestId(int place) {
        return place == 0 ? requestId : place + "-" + requestId;
    }

    /** Returns the number of the attempt; it is 1 for the first. */
    public int number() {
        return number;
    }

    /** Returns the moment that no outside call should outlive by much, because the answer would be of no use. */
    public Instant deadline() {
        return deadline;
    }

    /**
     * Makes an outside call. The ledger knows of it before it begins, and of its end; the provider's limit and
     * breaker learn from it. The call is not made, and the attempt ends at once, if the task was cancelled or its
     * deadline has passed.
     *
     * @return what the call made of its answer
     * @throws InterruptedException if the runtime gave the task up
     */
    public <T> T call(OutsideCall<T> call) throws InterruptedException {
        return calls.make(_ -> call.make());
    }

    /**
     * Makes an outside call to one of the stage's providers, as {@link #call(OutsideCall)} does. If it fails for reasons
     * of the provider, the call is made to another one, to each once at most.
     *
     * @return what the last call made of its answer
     * @throws InterruptedException if the runtime gave the task up
     */
    public <T> T call(ProviderCall<T> call) throws InterruptedException {
        return calls.make(call);
    }

    /**
     * Makes an outside call to one of the stage's providers, as {@link #call(ProviderCall)} does. If it takes longer than
     * nearly all of its kind and the stage allows it ({@link Fallbacks#hedgeShare}), the call is made a second time
     * meanwhile. The answer that comes first counts, and the other call is interrupted. Both are in the ledger.
     *
     * @param kind of the call, as its answer names it: {@link CallWork#kind}
     * @return what the call whose answer counts made of it
     * @throws InterruptedException if the runtime gave the task up
     */
    public <T> T hedged(String kind, HedgedCall<T> call) throws InterruptedException {
        return calls.makeHedged(
                kind,
                place -> call.make(place, requestId(place)),
                place -> call.make(place, "hedge-" + requestId(place)));
    }

    /**
     * Has the handler notified when the runtime has decided what becomes of this attempt: with the moment when the next
     * one is due, or with none if there will be no other. It is not notified if the runtime gave the task up. A crash
     * right afterwards may undo the decision.
     *
     * @param next called on the thread of the attempt, so it must not wait
     */
    public void whenSettled(Consumer<Optional<Instant>> next) {
        this.listener = next;
    }

    /**
     * Notifies the handler; called by the runtime, once.
     *
     * @param next when the next attempt is due; empty if there will be no other
     */
    public void settled(Optional<Instant> next) {
        try {
            listener.accept(next);
        } catch (RuntimeException bug) {
            // What the handler makes of it changes nothing of the decision
            log.error("the handler could not be notified of what becomes of its attempt", bug);
        }
    }
}
