package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.Outbox.TenantLoad;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the lists of one tenant leave connections for its look-ups, for other tenants, and for what is written. */
class FairReadsIT {

    /** Two thirds of a tenant's share, which is three quarters of the connections for look-ups. */
    private static final int LISTS = 4;

    /** The service reads by these connections for itself, too: how long queues are, what was not delivered. */
    private static final String LISTS_THAT_WAIT = """
            select count(*) from pg_stat_activity
            where datname = current_database() and application_name = 'pawline-reads' and wait_event_type = 'Lock'
            and query like '%order by id desc limit%'
            """;

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(postgres, images, "--pawline.database.read-pool-size=8");
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @Test
    void aTenantsListsHoldUpNothingElse() throws Exception {
        TestingIngest greedy = ingest.as(Optional.of(ingest.newKey("greedy", Scope.READ)));
        TaskDatabase database = ingest.bean(TaskDatabase.class);
        // No list can be read while the table is locked
        List<Future<Answer>> lists = database.inTransaction(handle -> {
            handle.execute("lock table task in access exclusive mode");
            List<Future<Answer>> begun = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                begun.add(threads.submit(() -> greedy.get("/v1/tasks")));
            }
            await().until(() -> listsThatWait() == LISTS);

            for (String tenant : List.of("modest", "greedy")) {
                assertThat(threads.submit(() -> answers(database.reads(), tenant)))
                        .as("what %s asks for besides", tenant)
                        .succeedsWithin(Duration.ofSeconds(5))
                        .isEqualTo(true);
            }
            // Fewer, if the lock was held for so long that the server ended their statements
            assertThat(listsThatWait()).isLessThanOrEqualTo(LISTS);
            return begun;
        });

        for (Future<Answer> list : lists) {
            // 503 if the lock was held for so long that the server ended the statement
            assertThat(list.get().status()).isIn(200, 503);
        }
    }

    @Test
    void aTenantWithManyKeysIsOneAtTheDoor() {
        for (int key = 0; key < 20; key++) {
            TestingIngest ofKey = ingest.as(Optional.of(ingest.newKey("many-keys", Scope.SUBMIT)));
            Answer answer = ofKey.post(
                    "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink %d\"}".formatted(key));
            assertThat(answer.status()).isEqualTo(202);
        }

        List<TenantLoad> loads = new Outbox(ingest.bean(TaskDatabase.class), Clock.systemUTC()).load(100);

        assertThat(loads)
                .filteredOn(load -> load.tenant().equals("many-keys"))
                .singleElement()
                .satisfies(load -> assertThat(load.waiting() + load.released())
                        .as("its tasks")
                        .isEqualTo(20));
    }

    /** On a connection of its own: a transaction sees the same activity from its beginning to its end. */
    private static int listsThatWait() {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle ->
                        handle.createQuery(LISTS_THAT_WAIT).mapTo(Integer.class).one());
    }

    private static boolean answers(TaskDatabase database, String tenant) {
        return ScopedValue.where(TaskDatabase.TENANT, tenant).call(database::answers);
    }
}
