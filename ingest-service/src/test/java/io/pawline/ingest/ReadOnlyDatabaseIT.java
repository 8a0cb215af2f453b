package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the primary read-only while requests come in, as a failover or a full disk does. */
class ReadOnlyDatabaseIT {

    private static final int CLIENTS = 8;

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.own();
        ingest = new TestingIngest(postgres, images);
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @Test
    void asksToComeAgainAndKeepsWhatItHasAccepted() {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.execute(() -> submitUntil(done));
            }
            try {
                await().until(() -> accepted().size() >= 50);
                setReadOnly("on");
                await().until(() -> count(503) >= 50);
                assertThat(ingest.get("/v1/tasks/" + accepted().getFirst()).status())
                        .as("what is there can be looked up")
                        .isEqualTo(200);
                assertThat(ingest.get("/v1/tasks").status()).isEqualTo(200);
                setReadOnly("off");
                int before = accepted().size();
                await().until(() -> accepted().size() >= before + 50);
            } finally {
                done.set(true);
            }
        }

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).isIn(202, 503);
            if (answer.status() == 503) {
                assertThat(answer.header("retry-after")).isEqualTo("5");
                assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:database-unavailable");
            }
        });
        assertThat(rows()).containsAll(accepted());
    }

    private void submitUntil(AtomicBoolean done) {
        while (!done.get()) {
            answers.add(ingest.post(
                    "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"}",
                    UUID.randomUUID().toString()));
        }
    }

    private List<String> accepted() {
        return answers.stream()
                .filter(answer -> answer.status() == 202)
                .map(answer -> answer.json().get("task_id").asString())
                .toList();
    }

    private long count(int status) {
        return answers.stream().filter(answer -> answer.status() == status).count();
    }

    private static void setReadOnly(String value) {
        postgres.execute("alter system set default_transaction_read_only = " + value);
        postgres.execute("select pg_reload_conf()");
    }

    private static List<String> rows() {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle -> handle.createQuery("select cast(id as text) from task")
                        .mapTo(String.class)
                        .list());
    }
}
