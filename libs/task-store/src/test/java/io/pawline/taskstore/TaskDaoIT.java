package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static io.pawline.taskstore.TestingTasks.failure;
import static io.pawline.taskstore.TestingTasks.submission;
import static io.pawline.taskstore.TestingTasks.success;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskDaoIT {

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @Test
    void keepsAnAcceptedTask() {
        Submission submission = submission();
        tasks.accept(submission);
        assertThat(tasks.find(submission.id())).contains(new Task(submission, 1, null, Delivery.NONE));
    }

    @Test
    void keepsAnUploadedPhotoAndNoCallback() {
        TaskId id = TaskId.next();
        Submission submission = new Submission(
                id, "default", "ink", new PhotoSource.Stored(id + "/photo"), null, NOW, NOW.plusSeconds(60));
        tasks.accept(submission);
        assertThat(tasks.find(id)).map(Task::submission).contains(submission);
    }

    @Test
    void findsNoTaskThatWasNeverAccepted() {
        assertThat(tasks.find(TaskId.next())).isEmpty();
        assertThat(tasks.close(TaskId.next(), 1, success())).isEmpty();
    }

    @Test
    void closesWithPictures() {
        TaskId id = accepted();
        CloseResult closeResult = tasks.close(id, 1, success()).orElseThrow();
        assertThat(closeResult.byThisCall()).isTrue();
        assertThat(closeResult.task().finalState()).contains(success());
        assertThat(tasks.find(id)).contains(closeResult.task());
    }

    @Test
    void closesWithAReason() {
        TaskId id = accepted();
        FinalState cancelled = failure(Reason.CANCELLED);
        assertThat(tasks.close(id, 1, cancelled))
                .map(CloseResult::task)
                .flatMap(Task::finalState)
                .contains(cancelled);
    }

    @Test
    void letsTheFirstFinalStateStand() {
        TaskId id = accepted();
        tasks.close(id, 1, failure(Reason.NO_PET));
        CloseResult second = tasks.close(id, 1, success()).orElseThrow();
        assertThat(second.byThisCall()).isFalse();
        assertThat(second.task().finalState()).contains(failure(Reason.NO_PET));
    }

    @Test
    void closingAClosedRowChangesNothingInTheDatabase() {
        TaskId id = accepted();
        tasks.close(id, 1, success());
        List<String> statements = new CopyOnWriteArrayList<>();
        SqlLogger before = database.jdbi().getConfig(SqlStatements.class).getSqlLogger();
        database.jdbi().setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                statements.add(context.getRawSql().strip());
            }
        });
        try {
            tasks.close(id, 1, success());
        } finally {
            database.jdbi().setSqlLogger(before);
        }
        assertThat(statements).singleElement().asString().startsWith("select");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, Long.MAX_VALUE})
    void aHostileFinalStateIsWritten(long at) {
        TaskId id = accepted();
        FinalState.Failure hostile = new FinalState.Failure(
                Instant.ofEpochMilli(at), TaskState.FAILED, Reason.UNCLASSIFIED, null, "with a NUL: \0");

        assertThat(tasks.closeAll(List.of(new TaskDao.CloseRequest(id, 1, hostile))))
                .isEqualTo(1);

        assertThat(tasks.find(id).orElseThrow().state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void closesTheGenerationThatTheRowIsIn() {
        TaskId id = accepted();
        assertThat(tasks.close(id, TaskDao.CURRENT_GENERATION, failure(Reason.UNDECODABLE)))
                .map(CloseResult::byThisCall)
                .contains(true);
        assertThat(tasks.close(id, TaskDao.CURRENT_GENERATION, success()))
                .map(CloseResult::byThisCall)
                .contains(false);
    }

    @Test
    void aLaterFinalStateOpensItsGenerationWithoutADelivery() {
        TaskId id = accepted();
        tasks.close(id, 1, failure(Reason.OVERLOADED));
        tasks.markDelivered(id, 1, NOW);
        Task replayed = tasks.close(id, 2, success()).orElseThrow().task();
        assertThat(replayed.generation()).isEqualTo(2);
        assertThat(replayed.state()).isEqualTo(TaskState.SUCCESS);
        assertThat(replayed.delivery()).isEqualTo(Delivery.NONE);
    }

    @Test
    void ignoresTheFinalStateOfAnEarlierGeneration() {
        TaskId id = accepted();
        tasks.close(id, 2, success());
        assertThat(tasks.close(id, 1, failure(Reason.OVERLOADED)))
                .map(CloseResult::byThisCall)
                .contains(false);
    }

    @Test
    void countsAttemptsToDeliverUntilOneSucceeds() {
        TaskId id = accepted();
        assertThat(tasks.markDelivered(id, 1, NOW)).as("before the final state").isFalse();
        tasks.close(id, 1, success());
        assertThat(tasks.recordDeliveryFailure(id, 1, NOW, Reason.READ_TIMEOUT, "No answer in 10 s."))
                .isTrue();
        assertThat(delivery(id)).isEqualTo(new Delivery(null, 1, NOW, Reason.READ_TIMEOUT, "No answer in 10 s.", null));
        Instant later = NOW.plusSeconds(5);
        assertThat(tasks.markDelivered(id, 1, later)).isTrue();
        assertThat(tasks.markDelivered(id, 1, later.plusSeconds(5))).isFalse();
        assertThat(tasks.recordDeliveryFailure(id, 1, later, Reason.READ_TIMEOUT, "Late."))
                .isFalse();
        assertThat(delivery(id)).isEqualTo(new Delivery(later, 2, later, null, null, null));
    }

    @Test
    void closesOnceIfManyTryAtTheSameMoment() throws InterruptedException, ExecutionException {
        for (int round = 0; round < 20; round++) {
            TaskId id = accepted();
            List<FinalState> finalStates = List.of(success(), failure(Reason.NO_PET), failure(Reason.CANCELLED));
            List<Future<CloseResult>> results = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                finalStates.forEach(finalState -> results.add(
                        threads.submit(() -> tasks.close(id, 1, finalState).orElseThrow())));
            }
            List<Task> rows = new ArrayList<>();
            int closed = 0;
            for (Future<CloseResult> result : results) {
                rows.add(result.get().task());
                closed += result.get().byThisCall() ? 1 : 0;
            }
            assertThat(closed).isEqualTo(1);
            assertThat(rows).containsOnly(tasks.find(id).orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state = 'accepted', ended_at = null, reason = null, detail = null, ending_stage = null",
                "state = 'cancelled'",
                "reason = 'overloaded'",
                "detail = 'something else'",
                "ended_at = ended_at + interval '1 second'",
                "generation = 0",
                "delivered_at = null",
                "relayed_at = null",
                "id = gen_random_uuid()",
            })
    void theDatabaseItselfRefusesABackwardStep(String change) {
        TaskId id = accepted();
        sql("update task set relayed_at = now() where id = '" + id + "'");
        tasks.close(id, 1, failure(Reason.NO_PET));
        tasks.markDelivered(id, 1, NOW);
        Task before = tasks.find(id).orElseThrow();
        assertThatThrownBy(() -> sql("update task set " + change + " where id = '" + id + "'"))
                .isInstanceOf(UnableToExecuteStatementException.class)
                .hasMessageContaining("task");
        assertThat(tasks.find(id)).contains(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state = 'done'",
                "state = 'failed', ended_at = now()",
                "state = 'success', ended_at = now()",
                "state = 'failed', reason = 'no_pet'",
                "photo_key = 'both'",
                "photo_url = null",
                "delivered_at = now()",
            })
    void theDatabaseItselfRefusesARowThatMakesNoSense(String change) {
        TaskId id = accepted();
        assertThatThrownBy(() -> sql("update task set " + change + " where id = '" + id + "'"))
                .isInstanceOf(UnableToExecuteStatementException.class);
    }

    private static TaskId accepted() {
        Submission submission = submission();
        tasks.accept(submission);
        return submission.id();
    }

    private static Delivery delivery(TaskId id) {
        return tasks.find(id).orElseThrow().delivery();
    }

    private static void sql(String statement) {
        database.jdbi().useHandle(handle -> handle.execute(statement));
    }
}
