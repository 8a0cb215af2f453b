package io.pawline.ops.canary;

import io.pawline.events.CallAttempt;
import io.pawline.ops.ledger.CallEvents;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.live.TestingAttemptEvents;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskDatabase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Plays tasks of which every twentieth goes to a canary first. */
public final class TestingComparison {

    public static final String CANARY = "new-model";
    public static final double SHARE = 0.05;

    private static final int EVERY = 20;

    private final List<Task> tasks = new ArrayList<>();
    private int number;

    /**
     * Says what becomes of a task.
     *
     * @param failure of its first call; null: it succeeds
     * @param state that the task ends in; null: it does not end
     * @param reason why it does not succeed
     */
    public record Fate(
            @Nullable Reason failure,
            int millis,
            long costMicros,
            @Nullable String state,
            @Nullable Reason reason) {

        public static final Fate GOOD = new Fate(null, 1_000, 30_000, "success", null);

        /** A task whose picture turns out not to be plausible. */
        public static final Fate IMPLAUSIBLE = failed(Reason.INCONSISTENT_RESULT);

        public static Fate failed(Reason reason) {
            return new Fate(null, 1_000, 30_000, "failed", reason);
        }

        public static Fate callFailed(Reason failure) {
            return new Fate(failure, 1_000, 0, "success", null);
        }
    }

    private record Task(TaskId id, CallAttempt end, Fate fate) {}

    /**
     * Adds tasks until the canary has had so many.
     *
     * @param at when the first begins; each of the others begins a microsecond later, for they are judged in their order
     */
    public TestingComparison with(int ofCanary, Fate its, Fate others, Instant at) {
        for (int has = 0; has < ofCanary; ) {
            number++;
            boolean canary = number % EVERY == 0;
            add(canary, canary ? its : others, at.plus(number, ChronoUnit.MICROS));
            has += canary ? 1 : 0;
        }
        return this;
    }

    /** Adds one task. */
    public void add(boolean ofCanary, Fate fate, Instant at) {
        TaskId id = TaskId.at(at);
        CallAttempt begun = CallAttempt.newBuilder(TestingAttemptEvents.begun(id, Stage.GENERATE, 1, at))
                .setProvider(ofCanary ? CANARY : "seedream")
                .setCanary(CANARY)
                .setCanaryShare(SHARE)
                .build();
        CallAttempt end = CallAttempt.newBuilder(
                        TestingAttemptEvents.ended(begun, at.plusMillis(fate.millis()), fate.failure()))
                .setCostMicros(fate.costMicros())
                .build();
        tasks.add(new Task(id, end, fate));
    }

    /** Returns the events of the calls' ends. */
    public List<CallAttempt> events() {
        return tasks.stream().map(Task::end).toList();
    }

    /** Puts the calls into the ledger, and into the comparison. */
    void noteIn(CallLedger ledger, CanaryStore store) {
        ledger.note(events().stream().map(CallEvents::call).toList());
        store.note(events().stream()
                .map(CanaryEvents::compared)
                .flatMap(Optional::stream)
                .toList());
    }

    /** Lets the tasks end. */
    public void endIn(TaskDatabase database) {
        List<Task> ended =
                tasks.stream().filter(task -> task.fate().state() != null).toList();
        String[] states = ended.stream().map(task -> task.fate().state()).toArray(String[]::new);
        String[] reasons = ended.stream()
                .map(task -> Optional.ofNullable(task.fate().reason())
                        .map(Reason::code)
                        .orElse(""))
                .toArray(String[]::new);
        database.with(handle -> handle.createUpdate("""
                        insert into task (id, tenant, style, photo_url, submitted_at, deadline, state, ended_at, reason,
                            result)
                        select id, 'default', 'watercolour', 'https://photos.example/cat.jpg', now(),
                            now() + interval '1 hour', state, now(), nullif(reason, ''),
                            case when state = 'success' then '{}'::jsonb end
                        from unnest(cast(:ids as uuid[]), cast(:states as text[]), cast(:reasons as text[]))
                            as ended (id, state, reason)
                        """)
                .bindArray(
                        "ids",
                        UUID.class,
                        ended.stream().map(task -> task.id().value()).toList())
                .bindArray("states", String.class, (Object[]) states)
                .bindArray("reasons", String.class, (Object[]) reasons)
                .execute());
    }
}
