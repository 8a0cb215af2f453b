package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests what becomes of connections and statements while the database is not as it should be. */
class DatabaseFaultsIT {

    private static final String RUNNING = """
            select count(*) from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'
            """;

    private static TestingPostgres postgres;
    private static TaskDatabase database;

    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.own();
        DatabaseProperties settings = postgres.database();
        database = TaskDatabase.open(new DatabaseProperties(
                settings.url(), settings.username(), settings.password(), 4, true, 2, 1, Duration.ofSeconds(1)));
        database.with(handle -> handle.execute("create table counted (id int primary key, count int not null)"));
        database.with(handle -> handle.execute("insert into counted values (1, 0), (2, 0)"));
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @AfterEach
    void takesWrites() {
        postgres.execute("alter system reset default_transaction_read_only");
        postgres.execute("select pg_reload_conf()");
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> database.with(handle -> count(handle, 2, 0)) == 1);
    }

    @Test
    void holdsEveryConnectionToItsTimeOuts() throws SQLException {
        assertThat(limits(database)).isEqualTo("8s, 10000");
        assertThat(limits(database.reads())).isEqualTo("8s, 10000");
        assertThat(limits(database.reports())).isEqualTo("1s, 3000");
        assertThat(database.longestStatement()).isEqualTo(Duration.ofSeconds(8));
        assertThat(database.reports().longestStatement()).isEqualTo(Duration.ofSeconds(1));
    }

    /** The server's limit for a statement, and the driver's for the next bytes in milliseconds. */
    private static String limits(TaskDatabase pool) throws SQLException {
        return pool.<String, SQLException>with(handle ->
                handle.createQuery("show statement_timeout").mapTo(String.class).one()
                        + ", "
                        + handle.getConnection().getNetworkTimeout());
    }

    @Test
    void readsInBinaryFromTheFirstTimeOn() throws SQLException {
        assertThat(bytesOfATime(database.reports())).isEqualTo(8);
        assertThat(bytesOfATime(database.reads())).isEqualTo(8);
        assertThat(bytesOfATime(database)).as("as a text").isGreaterThan(8);
    }

    private static int bytesOfATime(TaskDatabase pool) throws SQLException {
        return pool.<Integer, SQLException>with(handle -> handle.createQuery("select timestamptz 'epoch'")
                .map((row, _) -> row.getBytes(1).length)
                .one());
    }

    @Test
    void hasAStatementThatTakesTooLongEndedByTheServer() throws SQLException {
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> sleep(database.reports()))
                .matches(DatabaseUnavailableException::isSlow)
                .withMessage("The task database did not answer in time");

        int running = database.with(
                handle -> handle.createQuery(RUNNING).mapTo(Integer.class).one());
        assertThat(running).isZero();
        assertThat(limits(database.reports())).isEqualTo("1s, 3000");
    }

    @Test
    void letsNoPoolThatIsFullKeepTheOthersFromTheDatabase() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(3);
        CountDownLatch end = new CountDownLatch(1);
        List<Future<?>> busy = new ArrayList<>();
        try {
            busy.add(threads.submit(() -> hold(database.reports(), begun, end)));
            for (int i = 0; i < 20; i++) {
                busy.add(threads.submit(() -> hold(database.reads(), begun, end)));
            }
            begun.await();

            int changed = database.with(handle -> count(handle, 1, 0));
            assertThat(changed).isEqualTo(1);
        } finally {
            end.countDown();
        }
        assertThat(busy).allSatisfy(each -> assertThat(each).succeedsWithin(Duration.ofSeconds(10)));
    }

    private static boolean hold(TaskDatabase pool, CountDownLatch begun, CountDownLatch end)
            throws InterruptedException {
        return pool.<Boolean, InterruptedException>with(handle -> {
            begun.countDown();
            end.await();
            return true;
        });
    }

    @Test
    void repeatsATransactionThatMetADeadlock() throws Exception {
        CyclicBarrier bothHaveOne = new CyclicBarrier(2);
        AtomicInteger tries = new AtomicInteger();
        Future<Integer> one = threads.submit(() -> addToBoth(1, 2, bothHaveOne, tries));
        Future<Integer> other = threads.submit(() -> addToBoth(2, 1, bothHaveOne, tries));

        assertThat(one.get()).isEqualTo(1);
        assertThat(other.get()).isEqualTo(1);
        assertThat(tries.get()).as("one of the two begins again").isGreaterThan(2);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 3"})
    void beginsAgainWhereOthersWereInTheWay(int times, int tries) {
        assertThat(triesOfAWorkThatMeetsOthers(times)).isEqualTo(tries);
    }

    @Test
    void saysAfterThreeTriesThatOthersAreInTheWay() {
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> triesOfAWorkThatMeetsOthers(3))
                .withMessage("Another transaction was in the way");
    }

    private static int triesOfAWorkThatMeetsOthers(int times) {
        AtomicInteger tries = new AtomicInteger();
        return database.inTransaction(handle -> {
            if (tries.incrementAndGet() <= times) {
                handle.execute("do $$ begin raise exception 'met' using errcode = 'deadlock_detected'; end $$");
            }
            return tries.get();
        });
    }

    private static int addToBoth(int first, int second, CyclicBarrier bothHaveOne, AtomicInteger tries)
            throws Exception {
        return database.<Integer, Exception>inTransaction(handle -> {
            count(handle, first, 1);
            if (tries.incrementAndGet() <= 2) {
                bothHaveOne.await();
            }
            return count(handle, second, 1);
        });
    }

    @Test
    void dropsEveryConnectionToAServerThatBecameReadOnly() {
        Set<Integer> before = new HashSet<>();
        for (TaskDatabase pool : List.of(database, database.reads(), database.reports())) {
            before.addAll(backends(pool));
        }
        assertThat(before).hasSizeGreaterThanOrEqualTo(3);
        postgres.execute("alter system set default_transaction_read_only = on");
        postgres.execute("select pg_reload_conf()");

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThatExceptionOfType(DatabaseUnavailableException.class)
                        .isThrownBy(() -> database.with(handle -> count(handle, 1, 1)))
                        .withMessage("The task database takes no writes"));

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(allBackends()).doesNotContainAnyElementsOf(before));
        assertThat(database.answers()).as("reads go on").isTrue();
    }

    private static List<Integer> allBackends() {
        return database.with(
                handle -> handle.createQuery("select pid from pg_stat_activity where application_name like 'pawline%'")
                        .mapTo(Integer.class)
                        .list());
    }

    private static List<Integer> backends(TaskDatabase pool) {
        pool.answers();
        return pool.with(handle -> handle.createQuery(
                        "select pid from pg_stat_activity where application_name = current_setting('application_name')")
                .mapTo(Integer.class)
                .list());
    }

    private static int count(Handle handle, int id, int more) {
        return handle.execute("update counted set count = count + ? where id = ?", more, id);
    }

    private static boolean sleep(TaskDatabase pool) {
        return pool.with(handle -> handle.createQuery("select pg_sleep(60) is null")
                .mapTo(Boolean.class)
                .one());
    }
}
