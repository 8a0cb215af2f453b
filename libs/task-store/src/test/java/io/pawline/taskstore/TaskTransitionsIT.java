package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static io.pawline.taskstore.TestingTasks.failure;
import static io.pawline.taskstore.TestingTasks.submission;
import static io.pawline.taskstore.TestingTasks.success;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Outbox.Handover;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * Applies random steps to tasks, in any order, twice, late or at once: a task takes no step back, has exactly one final
 * state per generation, and is delivered only after it. A trigger in the database notes every version of the row.
 */
class TaskTransitionsIT {

    private static final List<FinalState> ENDINGS =
            List.of(success(), failure(Reason.NO_PET), failure(Reason.CANCELLED), failure(Reason.DEADLINE_PASSED));

    private static final IdempotencyKey KEY = new IdempotencyKey("order-1", "hash", Instant.EPOCH);
    private static final Fingerprint FINGERPRINT = new Fingerprint("cat in ink", null);

    private static @Nullable TestingPostgres postgres;
    private static @Nullable TaskDatabase opened;

    private final TaskDatabase database = Objects.requireNonNull(opened);
    private final TaskDao tasks = new TaskDao(database);
    private final SubmissionStore submissionStore = new SubmissionStore(database);
    private final Cancellations cancellations = new Cancellations(database);
    private final Outbox outbox = new Outbox(database, Clock.systemUTC());

    /** A step that may happen to a task. */
    sealed interface Step {

        /** The same request comes again. */
        record Repeat() implements Step {}

        /** The relay brings the task to Kafka, or Kafka is away. */
        record Relay(boolean arrives) implements Step {}

        record Cancel() implements Step {}

        record Notify() implements Step {}

        /** The final state of a stage arrives; one of a later generation comes from a replay. */
        record End(int generation, FinalState finalState) implements Step {}

        record Deliver(int generation) implements Step {}

        record DeliverInVain(int generation) implements Step {}
    }

    @BeforeContainer
    static void start() {
        postgres = TestingPostgres.shared();
        opened = TaskDatabase.open(postgres.database());
        opened.jdbi().useHandle(handle -> {
            handle.execute("create table version (number bigserial primary key, task_version task)");
            handle.execute("""
                    create function note_version() returns trigger language plpgsql as $$
                    begin
                        insert into version (task_version) values (new);
                        return null;
                    end $$
                    """);
            handle.execute("create trigger note_version after insert or update on task"
                    + " for each row execute function note_version()");
        });
    }

    @AfterContainer
    static void stop() {
        Objects.requireNonNull(opened).close();
        Objects.requireNonNull(postgres).close();
    }

    /** The model: what the row must be after each step, and what the step returns. */
    private static final class Model {
        int generation = 1;

        @Nullable
        FinalState finalState;

        boolean relayed;
        boolean delivered;
        int deliveries;

        boolean end(int of, FinalState with) {
            boolean opens = of > generation;
            boolean ends = opens || (finalState == null && (of == TaskDao.CURRENT_GENERATION || of == generation));
            if (ends) {
                generation = Math.max(of, generation);
                finalState = with;
                delivered = false;
                deliveries = 0;
            }
            return ends;
        }

        boolean deliver(int of, boolean arrives) {
            boolean counts = of == generation && finalState != null && !delivered;
            if (counts) {
                deliveries++;
                delivered = arrives;
            }
            return counts;
        }
    }

    @Property(tries = 150)
    void followTheModelStepByStep(@ForAll("steps") @Size(max = 40) List<Step> steps) throws InterruptedException {
        TaskId id = accepted();
        Model model = new Model();

        for (Step step : steps) {
            boolean changed = take(step, id);

            boolean expected = switch (step) {
                case Step.Repeat() -> false;
                case Step.Notify() -> true;
                case Step.Relay(boolean arrives) -> {
                    boolean inOutbox = !model.relayed;
                    model.relayed |= arrives;
                    yield inOutbox && arrives;
                }
                case Step.Cancel() -> model.end(TaskDao.CURRENT_GENERATION, cancelled());
                case Step.End(int generation, FinalState finalState) -> model.end(generation, finalState);
                case Step.Deliver(int generation) -> model.deliver(generation, true);
                case Step.DeliverInVain(int generation) -> model.deliver(generation, false);
            };
            assertThat(changed).as("%s", step).isEqualTo(expected);
            Task task = tasks.find(id).orElseThrow();
            assertThat(task.generation()).isEqualTo(model.generation);
            assertThat(task.finalState()).isEqualTo(Optional.ofNullable(model.finalState));
            assertThat(task.delivery().delivered().isPresent()).isEqualTo(model.delivered);
            assertThat(task.delivery().attempts()).isEqualTo(model.deliveries);
        }
        assertOnlyForward(history());
    }

    @Property(tries = 60)
    void goForwardOnlyHoweverManyWorkAtOnce(@ForAll("steps") @Size(min = 2, max = 24) List<Step> steps)
            throws Exception {
        TaskId id = accepted();
        List<Callable<Optional<Step>>> all = new ArrayList<>();
        steps.forEach(step -> all.add(() -> take(step, id) ? Optional.of(step) : Optional.empty()));

        List<Step> effective = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var step : threads.invokeAll(all)) {
                step.get().ifPresent(effective::add);
            }
        }

        List<Task> history = history();
        assertOnlyForward(history);
        long finalStates = history.stream()
                .filter(task -> task.finalState().isPresent())
                .map(Task::generation)
                .distinct()
                .count();
        assertThat(effective.stream().filter(step -> step instanceof Step.End || step instanceof Step.Cancel))
                .as("calls that closed a generation, one for each generation that ended")
                .hasSize((int) finalStates);
        if (steps.stream().anyMatch(TaskTransitionsIT::endsTheFirstGeneration)) {
            assertThat(history.getLast().finalState())
                    .as("a final state that was tried")
                    .isPresent();
        }
    }

    private static boolean endsTheFirstGeneration(Step step) {
        return step instanceof Step.Cancel || (step instanceof Step.End end && end.generation() <= 1);
    }

    /** Does the step; returns whether the store says that it changed anything. */
    private boolean take(Step step, TaskId id) throws InterruptedException {
        return switch (step) {
            case Step.Repeat() -> {
                assertThat(submissionStore.accept(submission(), KEY, FINGERPRINT))
                        .isEqualTo(new SubmissionResult.Repeated(id));
                yield false;
            }
            case Step.Relay(boolean arrives) ->
                outbox.relay(
                                        10,
                                        waiting -> new Handover(
                                                arrives
                                                        ? waiting.stream()
                                                                .map(Task::id)
                                                                .toList()
                                                        : List.of(),
                                                null))
                                .arrived()
                        > 0;
            case Step.Cancel() ->
                cancellations.cancel(id, "default", NOW).orElseThrow().byThisCall();
            case Step.Notify() -> {
                cancellations.markPublished(id);
                yield true;
            }
            case Step.End(int generation, FinalState finalState) ->
                tasks.close(id, generation, finalState).orElseThrow().byThisCall();
            case Step.Deliver(int generation) -> tasks.markDelivered(id, generation, NOW.plusSeconds(30));
            case Step.DeliverInVain(int generation) ->
                tasks.recordDeliveryFailure(id, generation, NOW, Reason.READ_TIMEOUT, "No answer.");
        };
    }

    private TaskId accepted() {
        database.jdbi().useHandle(handle -> handle.execute("truncate task, idempotency_key, version"));
        Submission submission = submission();
        assertThat(submissionStore.accept(submission, KEY, FINGERPRINT)).isEqualTo(new SubmissionResult.Kept());
        return submission.id();
    }

    private static FinalState cancelled() {
        return new FinalState.Failure(NOW, TaskState.CANCELLED, Reason.CANCELLED, null, null);
    }

    private List<Task> history() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select (task_version).* from version order by number")
                        .map(new TaskRow())
                        .list());
    }

    private static void assertOnlyForward(List<Task> history) {
        Set<Integer> ended = new HashSet<>();
        for (int i = 1; i < history.size(); i++) {
            Task before = history.get(i - 1);
            Task after = history.get(i);
            assertForward(before, after);
            if (after.finalState().isPresent()
                    && (before.finalState().isEmpty() || after.generation() > before.generation())) {
                assertThat(ended.add(after.generation()))
                        .as("generation %d ends once", after.generation())
                        .isTrue();
            }
        }
    }

    private static void assertForward(Task before, Task after) {
        assertThat(after.submission()).isEqualTo(before.submission());
        assertThat(after.generation()).isGreaterThanOrEqualTo(before.generation());
        Delivery delivery = after.delivery();
        assertThat(delivery.delivered().isPresent() && after.finalState().isEmpty())
                .as("delivered without a final state")
                .isFalse();
        if (after.generation() > before.generation()) {
            assertThat(delivery.attempts())
                    .as("for the final state of another generation")
                    .isZero();
            return;
        }
        before.finalState()
                .ifPresent(finalState -> assertThat(after.finalState()).contains(finalState));
        before.delivery()
                .delivered()
                .ifPresent(at -> assertThat(delivery.delivered()).contains(at));
        assertThat(delivery.attempts()).isGreaterThanOrEqualTo(before.delivery().attempts());
        assertThat(delivery.attempts() > before.delivery().attempts()
                        && before.finalState().isEmpty())
                .as("an attempt to deliver before there is a final state")
                .isFalse();
    }

    @Provide
    static Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> generation = Arbitraries.integers().between(0, 4);
        Arbitrary<Step> step = Arbitraries.oneOf(
                Arbitraries.just(new Step.Repeat()),
                Arbitraries.of(true, false).map(Step.Relay::new),
                Arbitraries.just(new Step.Cancel()),
                Arbitraries.just(new Step.Notify()),
                Combinators.combine(generation, Arbitraries.of(ENDINGS)).as(Step.End::new),
                generation.map(Step.Deliver::new),
                generation.map(Step.DeliverInVain::new));
        return step.list();
    }
}
