package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static io.pawline.taskstore.TestingTasks.failure;
import static io.pawline.taskstore.TestingTasks.submission;
import static io.pawline.taskstore.TestingTasks.success;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever is tried, in whatever order: no backward step, and exactly one ending per generation. */
class TaskTransitionsIT {

    private static final List<Ending> ENDINGS =
            List.of(success(), failure(Reason.NO_PET), failure(Reason.CANCELLED), failure(Reason.DEADLINE_PASSED));

    private static TestingPostgres postgres;
    private static TaskDatabase database;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.start();
        database = TaskDatabase.open(postgres.database("postgres"));
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @RepeatedTest(30)
    void goForwardOnly(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        TaskDao tasks = new TaskDao(database);
        Submission submission = submission();
        tasks.accept(submission);
        TaskId id = submission.id();
        Set<Integer> closedGenerations = new HashSet<>();
        List<Task> history = new ArrayList<>(List.of(tasks.find(id).orElseThrow()));
        for (int step = 0; step < 40; step++) {
            int generation = random.nextInt(4);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    Ending ending = ENDINGS.get(random.nextInt(ENDINGS.size()));
                    Closing closing = tasks.close(id, generation, ending).orElseThrow();
                    if (closing.byThisCall()) {
                        assertThat(closedGenerations.add(closing.task().generation()))
                                .as("generation %d ends once", closing.task().generation())
                                .isTrue();
                        assertThat(closing.task().ending()).contains(ending);
                    }
                }
                case 2 -> tasks.markDelivered(id, generation, NOW.plusSeconds(step));
                default -> tasks.recordDeliveryFailure(id, generation, NOW, Reason.READ_TIMEOUT, "No answer.");
            }
            history.add(tasks.find(id).orElseThrow());
        }
        for (int i = 1; i < history.size(); i++) {
            assertForward(history.get(i - 1), history.get(i));
        }
    }

    private static void assertForward(Task before, Task after) {
        assertThat(after.submission()).isEqualTo(before.submission());
        assertThat(after.generation()).isGreaterThanOrEqualTo(before.generation());
        if (after.generation() == before.generation()) {
            before.ending().ifPresent(ending -> assertThat(after.ending()).contains(ending));
            before.delivery()
                    .delivered()
                    .ifPresent(at -> assertThat(after.delivery().delivered()).contains(at));
            assertThat(after.delivery().attempts())
                    .isGreaterThanOrEqualTo(before.delivery().attempts());
        }
    }
}
