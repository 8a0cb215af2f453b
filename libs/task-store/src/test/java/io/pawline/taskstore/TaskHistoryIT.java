package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskHistoryIT {

    private static final Duration RETENTION = Duration.ofDays(90);
    private static final Duration YEAR = Duration.ofDays(365);

    private static TestingPostgres postgres;

    private DatabaseProperties properties;
    private TaskDatabase database;
    private Instant now = Clock.systemUTC().instant();
    private TaskHistory history;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void open() {
        properties = postgres.create("history");
        database = TaskDatabase.open(properties);
        history = new TaskHistory(database, RETENTION, clock());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Clock clock() {
        return ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    }

    @Test
    void makesTheWeeksThatTheNextTasksNeed() {
        now = now.plus(YEAR);
        history.makeAhead();

        accept(now);
        accept(now.plus(Duration.ofDays(60)));
        assertThat(history.ahead()).isGreaterThan(Duration.ofDays(60));
        history.makeAhead();
        assertThat(partitions("task_reached")).hasSameSizeAs(partitions("task"));
    }

    @Test
    void goesOnAfterTheMonthsOfAnEarlierVersion() {
        now = now.plus(YEAR);
        months("task").make(now, now);
        months("task_reached").make(now, now);

        history.makeAhead();

        int days = 60;
        for (int day = 0; day <= days; day++) {
            accept(now.plus(Duration.ofDays(day)));
        }
        now = now.plus(RETENTION).plus(Duration.ofDays(days + 14));
        history.dropOld();
        assertThat(tables()).noneMatch(name -> name.matches("task_(reached_)?20[0-9]+"));
    }

    @Test
    void fillsAGapAndNoMore() {
        now = now.plus(YEAR);
        history.makeAhead();
        List<String> weeks = partitions("task").stream().sorted().toList();
        String gone = weeks.get(3);
        database.with(handle -> handle.execute("drop table " + gone));

        months("task").make(now, now.plus(Duration.ofDays(50)));

        assertThat(partitions("task")).hasSameSizeAs(weeks).doesNotContain(gone);
        for (int day = 0; day <= 50; day++) {
            accept(now.plus(Duration.ofDays(day)));
        }
    }

    private Partitions months(String table) {
        return new Partitions(
                database, new Partitions.Layout(table, Partitions.Key.TASK_ID, Partitions.Length.MONTH, ""));
    }

    @Test
    void dropsTheWeeksWhoseTasksAreAllOld() {
        now = now.plus(YEAR);
        history.makeAhead();
        Task old = accept(NOW);
        Task young = accept(now);

        assertThat(history.dropOld()).isPositive();

        assertThat(new TaskDao(database).find(old.id())).isEmpty();
        assertThat(new TaskDao(database).find(young.id())).isPresent();
        assertThat(history.dropOld()).isZero();
        assertThat(tables()).noneMatch(name -> name.endsWith("_first"));
        // Nothing is written for the task that is gone, and it holds nobody up
        new ProgressDao(database).add(List.of(new StageReached(old.id(), 1, Stage.MATTING, NOW)));
        assertThat(new ProgressDao(database).of(old.id(), 1)).isEmpty();
    }

    @Test
    void keepsWhatIsYoungerThanTheRetention() {
        Task task = accept(now);
        now = now.plus(RETENTION).minusSeconds(1);
        history.makeAhead();

        history.dropOld();

        assertThat(new TaskDao(database).find(task.id())).isPresent();
    }

    @Test
    void neitherWaitsForAReportNorHasOthersWait() throws InterruptedException, ExecutionException {
        accept(NOW);
        now = now.plus(YEAR);
        history.makeAhead();
        try (TaskDatabase reports = TaskDatabase.open(properties);
                Handle report = reports.jdbi().open();
                Handle writer = reports.jdbi().open();
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            report.begin();
            assertThat(count(report)).isEqualTo(1);
            Future<?> upkeep = thread.submit(() -> {
                new TaskHistory(database, RETENTION, Clock.offset(clock(), YEAR)).makeAhead();
                history.dropOld();
            });

            // A statement would wait longer behind a lock that waits for the report
            writer.execute("set lock_timeout = '500ms'");
            do {
                writer.execute("""
                        insert into task (id, tenant, style, photo_key, submitted_at, deadline)
                        values (?, 'default', 'ink', 'photo', now(), now())
                        """, TaskId.at(now).value());
            } while (!upkeep.isDone());
            upkeep.get();
            assertThat(count(report)).as("the report reads on").isPositive();
            report.commit();
        }
        history.dropOld();
        assertThat(tables()).noneMatch(name -> name.endsWith("_first"));
    }

    @Test
    void dropsWhatAKilledProcessHasDetached() {
        database.with(handle -> handle.execute("alter table task detach partition task_first concurrently"));
        now = now.plus(YEAR);
        history.makeAhead();

        history.dropOld();

        assertThat(tables()).noneMatch(name -> name.equals("task_first"));
    }

    @Test
    void leavesTheTimeOutsOfConnectionsAsTheyWere() {
        try (TaskDatabase one = TaskDatabase.open(
                new DatabaseProperties(properties.url(), properties.username(), properties.password(), 1, false))) {
            String before = show(one, "statement_timeout") + show(one, "lock_timeout") + show(one, "timezone");
            now = now.plus(YEAR);

            new TaskHistory(one, RETENTION, clock()).makeAhead();

            assertThat(show(one, "statement_timeout") + show(one, "lock_timeout") + show(one, "timezone"))
                    .isEqualTo(before)
                    .doesNotStartWith("00");
        }
    }

    private static String show(TaskDatabase database, String setting) {
        return database.with(handle ->
                handle.createQuery("show " + setting).mapTo(String.class).one());
    }

    @Test
    void manyProcessesMakeEachWeekOnce() throws InterruptedException, ExecutionException {
        now = now.plus(YEAR);
        List<Future<?>> rounds = new ArrayList<>();
        try (ExecutorService processes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                rounds.add(processes.submit(() -> new TaskHistory(database, RETENTION, clock()).makeAhead()));
            }
        }
        for (Future<?> round : rounds) {
            round.get();
        }
        history.makeAhead();
        accept(now);
    }

    @Test
    void anUpgradeWritesNoRowAnew() {
        DatabaseProperties old = postgres.create("old");
        Flyway.configure()
                .dataSource(old.url(), old.username(), old.password())
                .locations("classpath:db/pawline/task")
                .table("task_schema_history")
                .target("153")
                .load()
                .migrate();
        TaskId id = TaskId.at(NOW);
        String file = sql(old, """
                with task as (insert into task (id, tenant, style, photo_key, submitted_at, deadline)
                    values ('%s', 'default', 'ink', 'photo', now(), now()) returning id)
                select pg_relation_filepath('task') from task
                """.formatted(id));

        TaskDatabase.migrate(old);
        TaskDatabase.migrate(old);

        assertThat(sql(old, "select pg_relation_filepath('task_first')")).isEqualTo(file);
        assertThat(sql(old, "select tableoid::regclass::text from task where id = '%s'".formatted(id)))
                .isEqualTo("task_first");
        assertThat(sql(old, "select count(*)::text from pg_index where indrelid = 'task'::regclass and not indisvalid"))
                .isEqualTo("0");
    }

    @Test
    void aRowGoesForwardOnlyInEveryPartition() {
        Task task = accept(now);
        assertThat(new TaskDao(database).close(task.id(), 1, TestingTasks.success()))
                .isPresent();

        assertThat(catchThrowable(() -> database.with(handle -> handle.createUpdate(
                                "update task set state = 'accepted', ended_at = null, result = null where id = :id")
                        .bind("id", task.id().value())
                        .execute())))
                .hasMessageContaining("which is final");
    }

    private static String sql(DatabaseProperties properties, String sql) {
        return Jdbi.create(properties.url(), properties.username(), properties.password())
                .withHandle(
                        handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    private Task accept(Instant at) {
        Submission submission = new Submission(
                TaskId.at(at),
                "default",
                "ink",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                null,
                at,
                at.plusSeconds(3_600));
        new TaskDao(database).accept(submission);
        return new TaskDao(database).find(submission.id()).orElseThrow();
    }

    private static long count(Handle handle) {
        return handle.createQuery("select count(*) from task").mapTo(Long.class).one();
    }

    private List<String> partitions(String table) {
        return database.with(handle -> handle.createQuery(
                        "select inhrelid::regclass::text from pg_inherits where inhparent = cast(:table as regclass)")
                .bind("table", table)
                .mapTo(String.class)
                .list());
    }

    private List<String> tables() {
        return database.with(handle -> handle.createQuery("select relname from pg_class where relkind = 'r'")
                .mapTo(String.class)
                .list());
    }
}
