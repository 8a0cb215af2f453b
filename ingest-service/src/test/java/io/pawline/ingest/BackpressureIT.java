package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.ingest.pressure.Backpressure;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tests a backlog that the pipeline cannot work off, in a real database. */
class BackpressureIT {

    private static final int FREE = 10;

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(
                postgres,
                images,
                "--pawline.ingest.backlog.free-tasks=" + FREE,
                "--pawline.ingest.backlog.max-wait=10m");
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        // Not truncated: the lock of that would wait for what the running service reads, and the service for it
        execute("delete from task; delete from idempotency_key");
        look();
    }

    @Test
    void refusesATaskThatWouldWaitTooLongUntilTheBacklogShrinks() {
        backlog(100, 6);

        Answer refused = submit("new", "");

        assertThat(refused.status()).isEqualTo(429);
        JsonNode problem = refused.json();
        assertThat(problem.get("type").asString()).isEqualTo("urn:pawline:problem:backlog-too-long");
        assertThat(problem.get("detail").asString()).contains("about 1000 s", "600 s");
        // The backlog is short enough after 400 s. Up to a fifth is added, so that not all come back at once.
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(400, 481);
        assertThat(problem.get("retry_after").asInt()).isEqualTo(Integer.parseInt(refused.header("retry-after")));
        assertThat(open()).isEqualTo(100);

        backlog(50, 6);
        assertThat(submit("new", "").status()).isEqualTo(202);
    }

    @Test
    void refusesEarlierIfTheDeadlineIsNearOrTheTaskIsBulk() {
        backlog(50, 6);

        assertThat(submit("slow", "\"ttl\":\"1h\"").status()).isEqualTo(202);
        assertThat(submit("quick", "\"ttl\":\"60s\"").status()).isEqualTo(429);
        assertThat(submit("bulk", "\"ttl\":\"1h\",\"priority\":\"bulk\"").status())
                .isEqualTo(429);
    }

    @Test
    void neitherRepeatsNorFoldedRequestsAreRefused() {
        String body = body("again", "");
        Answer first = ingest.post(body, "key-1");
        Answer running = ingest.post(body("twin", ""));
        backlog(100, 0);

        assertThat(submit("another", "").status()).isEqualTo(429);
        Answer repeated = ingest.post(body, "key-1");
        Answer folded = ingest.post(body("twin", ""));

        assertThat(repeated.status()).isEqualTo(202);
        assertThat(repeated.json().get("task_id")).isEqualTo(first.json().get("task_id"));
        assertThat(folded.status()).isEqualTo(202);
        assertThat(folded.json().get("task_id")).isEqualTo(running.json().get("task_id"));
        assertThat(folded.json().get("collapsed").asBoolean()).isTrue();
    }

    @Test
    void answersABatchItemByItem() {
        String twin = body("twin", "");
        assertThat(ingest.post(twin).status()).isEqualTo(202);
        backlog(50, 6);

        JsonNode results = ingest.postBatch(
                        "{\"tasks\":[%s,%s]}".formatted(body("one", "\"ttl\":\"1h\""), body("two", "\"ttl\":\"1m\"")),
                        "b")
                .json()
                .get("results");

        assertThat(results.get(0).get("status").asInt()).isEqualTo(202);
        assertThat(results.get(1).get("status").asInt()).isEqualTo(429);
        assertThat(results.get(1).get("problem").get("retry_after").asInt()).isPositive();
    }

    @Test
    void cancelledAndExpiredTasksDoNotCountAsWork() {
        backlog(100, 0);
        execute("insert into task (id, tenant, style, photo_url, submitted_at, deadline, state, ended_at, reason)"
                + " select " + TestingIngest.NEW_ID
                + ", 'default', 'ink', 'https://photos.example/cat.jpg', now(), now(),"
                + " case when n % 2 = 0 then 'cancelled' else 'expired' end, now(), 'cancelled'"
                + " from generate_series(1, 5000) n");
        look();

        assertThat(submit("new", "").json().get("detail").asString()).contains("none has ended");
    }

    /** A dead receiver leaves many of them, and they wait for no stage. */
    @Test
    void undeliveredCallbacksDoNotCountAsWork() {
        execute("insert into task (id, tenant, style, photo_url, callback_url, submitted_at, deadline, state, ended_at,"
                + " reason, delivery_attempts, delivery_attempted_at, delivery_reason)"
                + " select " + TestingIngest.NEW_ID + ", 'default', 'ink', 'https://photos.example/cat.jpg',"
                + " 'https://dead.example/hook', now(), now() + interval '1 h', 'failed', now() - interval '10 min',"
                + " 'no_pet', 1, now(), 'read_timeout' from generate_series(1, 2000) n");
        look();

        assertThat(submit("new", "").status()).isEqualTo(202);
    }

    @Test
    void theDocumentationListsExactlyTheMeters() throws IOException {
        backlog(100, 6);
        MeterRegistry meters = ingest.bean(MeterRegistry.class);
        assertThat(meters.get("pawline.ingest.open.tasks").gauge().value()).isEqualTo(100);
        assertThat(meters.get("pawline.ingest.predicted.wait").gauge().value()).isEqualTo(1000);

        String scraped = new String(ingest.get("/actuator/prometheus").body(), StandardCharsets.UTF_8);
        assertThat(names("(?m)^(pawline_ingest_\\w+)[ {]", scraped))
                .isEqualTo(names(
                        "(?m)^\\| `(pawline_ingest_\\w+)` \\|",
                        Files.readString(ProjectFiles.document("operator/monitoring.md"))));
    }

    private static Set<String> names(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Inserts open tasks that no test knows otherwise, and tasks that ended in the last minute. */
    private static void backlog(int open, int ended) {
        execute("delete from task where style = 'backlog'");
        insert(open - (int) open(), "'accepted', null, null");
        insert(ended, "'failed', now() - interval '30 s', 'no_pet'");
        look();
    }

    private static void insert(int tasks, String finalState) {
        execute(("insert into task (id, tenant, style, photo_url, submitted_at, deadline, state, ended_at, reason)"
                        + " select " + TestingIngest.NEW_ID
                        + ", 'default', 'backlog', 'https://photos.example/cat.jpg', now(),"
                        + " now() + interval '1 h', %s from generate_series(1, %d)")
                .formatted(finalState, tasks));
    }

    private static void look() {
        ingest.bean(Backpressure.class).refresh();
    }

    private static Answer submit(String client, String fields) {
        return ingest.post(body(client, fields));
    }

    private static String body(String name, String fields) {
        return "{\"image_url\":\"https://photos.example/%s.jpg\",\"style\":\"ink\"%s}"
                .formatted(name, fields.isEmpty() ? "" : "," + fields);
    }

    private static long open() {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from task where state = 'accepted'")
                        .mapTo(Long.class)
                        .one());
    }

    private static void execute(String sql) {
        ingest.bean(TaskDatabase.class).jdbi().useHandle(handle -> handle.execute(sql));
    }
}
