package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TaskDatabaseIT {

    private static TestingPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void severalProcessesMigrateADatabaseWithOtherTables() throws InterruptedException, ExecutionException {
        postgres.execute("create table somebody_elses (id int)");
        assertAllOpen(postgres.database());
    }

    @Test
    void severalProcessesMigrateAnEmptyDatabase() throws InterruptedException, ExecutionException {
        assertAllOpen(postgres.create("contended"));
    }

    private static void assertAllOpen(DatabaseProperties properties) throws InterruptedException, ExecutionException {
        List<Future<Boolean>> opened = new ArrayList<>();
        try (ExecutorService processes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 6; i++) {
                opened.add(processes.submit(() -> {
                    try (TaskDatabase database = TaskDatabase.open(properties)) {
                        return database.answers();
                    }
                }));
            }
        }
        for (Future<Boolean> each : opened) {
            assertThat(each.get()).isTrue();
        }
    }

    @Test
    void withoutMigratingItSaysWhatIsMissingAndChangesNothing() {
        DatabaseProperties migrating = postgres.create("prepared");
        DatabaseProperties checking =
                new DatabaseProperties(migrating.url(), migrating.username(), migrating.password(), 1, false);

        for (int again = 0; again < 2; again++) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> TaskDatabase.open(checking))
                    .withMessageContaining("lack the migrations 1, ")
                    .withMessageContaining("ingest-service setup");
        }
        TaskDatabase.migrate(migrating);
        try (TaskDatabase database = TaskDatabase.open(checking)) {
            assertThat(database.answers()).isTrue();
        }
    }

    @Test
    void acceptsTablesOfANewerVersionAfterARollback() {
        DatabaseProperties newer = postgres.create("newer");
        TaskDatabase.migrate(newer);
        try (TaskDatabase database = TaskDatabase.open(newer)) {
            database.jdbi().useHandle(handle -> handle.execute("""
                    insert into task_schema_history
                        (installed_rank, version, description, type, script, installed_by, execution_time, success)
                    values (1000, '9999', 'of a later version', 'SQL', 'V9999__later.sql', 'postgres', 1, true)
                    """));
        }
        DatabaseProperties checking = new DatabaseProperties(newer.url(), newer.username(), newer.password(), 1, false);

        try (TaskDatabase database = TaskDatabase.open(checking)) {
            assertThat(database.answers()).isTrue();
        }
    }

    @Test
    void failsFastWhenTheDatabaseIsNotThere() {
        DatabaseProperties nowhere = new DatabaseProperties("jdbc:postgresql://127.0.0.1:1/x", "u", "p", 1, true);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> TaskDatabase.open(nowhere));
    }

    @Test
    void saysThatTheDatabaseIsLostAndComesBackWithIt() {
        TestingPostgres own = TestingPostgres.own();
        try (TaskDatabase database = TaskDatabase.open(own.database())) {
            own.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pawline'");
            await().atMost(Duration.ofMinutes(1)).until(database::answers);
            own.close();
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> new TaskDao(database).accept(TestingTasks.submission()));
            assertThat(database.answers()).isFalse();
        }
    }
}
