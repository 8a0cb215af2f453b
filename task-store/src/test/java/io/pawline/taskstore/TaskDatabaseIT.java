package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

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
        postgres = TestingPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void migratesADatabaseWithOtherTablesFromSeveralProcessesAtOnce() throws InterruptedException, ExecutionException {
        postgres.execute("create table somebody_elses (id int)");
        assertAllOpen(postgres.database("postgres"));
    }

    @Test
    void migratesAnEmptyDatabaseFromSeveralProcessesAtOnce() throws InterruptedException, ExecutionException {
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
    void failsFastWhenTheDatabaseIsNotThere() {
        DatabaseProperties nowhere = new DatabaseProperties("jdbc:postgresql://127.0.0.1:1/x", "u", "p", 1);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> TaskDatabase.open(nowhere));
    }

    @Test
    void saysThatTheDatabaseIsLostAndComesBackWithIt() {
        TestingPostgres own = TestingPostgres.start();
        try (TaskDatabase database = TaskDatabase.open(own.database("postgres"))) {
            own.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pawline'");
            await().until(database::answers);
            own.close();
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> new TaskDao(database).accept(TestingTasks.submission()));
            assertThat(database.answers()).isFalse();
        }
    }
}
