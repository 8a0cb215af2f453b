package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.TaskId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubmissionBatchIT {

    private static final Instant LAPSED = NOW.minus(Duration.ofDays(2));

    private static TestingPostgres postgres;
    private static TaskDatabase database;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        database.jdbi().useHandle(handle -> handle.execute("truncate task, idempotency_key"));
    }

    @Test
    void keepsEachOnceWithinABatch() {
        Offer first = keyed("tenant", "k", "h1", NOW);
        Offer again = keyed("tenant", "k", "h1", NOW);
        Offer another = keyed("tenant", "k", "h2", NOW);
        Offer elsewhere = keyed("other", "k", "h2", NOW);
        Offer running = unkeyed("f", NOW);
        Offer twin = unkeyed("f", NOW.plusMillis(3));
        Offer late = unkeyed("f", NOW.plusSeconds(61));
        Offer alone = unkeyed("g", NOW);

        assertThat(accept(first, again, another, elsewhere, running, twin, late, alone))
                .containsExactly(
                        new SubmissionResult.Kept(),
                        new SubmissionResult.Repeated(idOf(first)),
                        new SubmissionResult.KeyTaken(),
                        new SubmissionResult.Kept(),
                        new SubmissionResult.Kept(),
                        new SubmissionResult.Folded(idOf(running)),
                        new SubmissionResult.Kept(),
                        new SubmissionResult.Kept());
        assertThat(kept())
                .containsExactlyInAnyOrder(idOf(first), idOf(elsewhere), idOf(running), idOf(late), idOf(alone));
    }

    @Test
    void keepsEachOnceAfterEarlierBatches() {
        Offer first = keyed("tenant", "k", "h1", NOW);
        Offer running = unkeyed("f", NOW);
        accept(first, running);

        assertThat(accept(
                        keyed("tenant", "k", "h1", NOW),
                        keyed("tenant", "k", "h2", NOW),
                        keyed("tenant", "l", "h1", NOW),
                        unkeyed("f", NOW.plusSeconds(59)),
                        unkeyed("g", NOW)))
                .containsExactly(
                        new SubmissionResult.Repeated(idOf(first)),
                        new SubmissionResult.KeyTaken(),
                        new SubmissionResult.Kept(),
                        new SubmissionResult.Folded(idOf(running)),
                        new SubmissionResult.Kept());
        assertThat(kept()).hasSize(4);
    }

    @Test
    void takesALapsedKeyAnew() {
        accept(keyed("tenant", "k", "h1", NOW));
        Offer later = keyed("tenant", "k", "h2", NOW.plus(Duration.ofHours(49)));

        assertThat(accept(later, keyed("tenant", "k", "h2", NOW.plus(Duration.ofHours(49)))))
                .containsExactly(new SubmissionResult.Kept(), new SubmissionResult.Repeated(idOf(later)));
    }

    @Test
    void foldsNothingIfFoldingIsOff() {
        Offer first = new Offer(submission("tenant", NOW), new Fingerprint("f", null));
        Offer second = new Offer(submission("tenant", NOW), new Fingerprint("f", null));

        assertThat(accept(first, second)).containsOnly(new SubmissionResult.Kept());
        assertThat(kept()).hasSize(2);
    }

    @Test
    void keepsNothingOfABatchThatFails() {
        Offer good = keyed("tenant", "k", "h1", NOW);
        Offer bad = new Offer(submission("tenant", NOW), new Fingerprint("\0", null));

        assertThatThrownBy(() -> accept(good, bad)).isNotInstanceOf(DatabaseUnavailableException.class);

        assertThat(kept()).isEmpty();
        assertThat(accept(keyed("tenant", "k", "h2", NOW))).containsExactly(new SubmissionResult.Kept());
    }

    /** Concurrent batches neither deadlock nor keep anything twice, in whatever order their submissions come. */
    @Test
    void concurrentBatchesKeepEachOnce() throws InterruptedException, ExecutionException {
        keepEachOnce(name -> List.of(unkeyed(name, NOW), keyed("tenant", name, "h", NOW)));
    }

    @Test
    void concurrentBatchesWithKeysKeepEachOnce() throws InterruptedException, ExecutionException {
        keepEachOnce(name -> List.of(keyed("tenant", name, "h", NOW)));
    }

    /** A batch with keys waits for the keys of another, and so for the whole other batch. */
    @Test
    void concurrentBatchesWithoutKeysKeepEachOnce() throws InterruptedException, ExecutionException {
        keepEachOnce(name -> List.of(unkeyed(name, NOW)));
    }

    private static void keepEachOnce(Function<String, List<Offer>> offersOf)
            throws InterruptedException, ExecutionException {
        int offered = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 10; round++) {
                List<String> names = Stream.iterate(round * 1_000, i -> i + 1)
                        // So many submissions that one batch is under way when the next begins
                        .limit(300)
                        .map(i -> "n" + i)
                        .toList();
                List<Future<List<SubmissionResult>>> answers = new ArrayList<>();
                for (List<String> order : List.of(names, names.reversed(), names, names.reversed())) {
                    answers.add(threads.submit(() -> accept(order.stream()
                            .flatMap(name -> offersOf.apply(name).stream())
                            .toArray(Offer[]::new))));
                }
                List<SubmissionResult> all = new ArrayList<>();
                for (Future<List<SubmissionResult>> answer : answers) {
                    all.addAll(answer.get());
                }
                int each = names.size() * offersOf.apply("").size();
                assertThat(all.stream().filter(SubmissionResult.Kept.class::isInstance))
                        .hasSize(each);
                offered += each;
            }
        }
        assertThat(kept()).hasSize(offered);
    }

    /** The server has looked at its tables when all had ended, as after a quiet night. */
    @Test
    void aSubmissionReadsNoneOfTheOthersThatRun() throws Exception {
        database.jdbi().useHandle(handle -> {
            handle.execute("""
                    insert into task (id, tenant, style, photo_url, submitted_at, deadline, state, ended_at, result)
                    select uuidv7(interval '-1 day'), 'other', 'oil', 'https://photos.example/cat.jpg',
                        now() - interval '1 day', now(), 'success', now(), '{}' from generate_series(1, 20000)""");
            handle.execute("analyze task");
            handle.execute("""
                    insert into task (id, tenant, style, photo_url, submitted_at, deadline, fingerprint)
                    select uuidv7(), 'other', 'oil', 'https://photos.example/cat.jpg', now(),
                        now() + interval '1 day', 'f' || n from generate_series(1, 5000) n""");
        });
        Instant now = Instant.now();

        for (int time = 0; time < 10; time++) {
            String fingerprint = "new" + time;
            TestingPlans.Cost cost = new TestingPlans(database).of(() -> accept(unkeyed(fingerprint, now)));

            assertThat(cost.removed()).as(cost.plans()).isLessThan(100);
            assertThat(cost.sequential()).as(cost.plans()).doesNotContain("task_first");
        }
        TestingPlans.Cost look = new TestingPlans(database)
                .of(() -> new SubmissionStore(database).running(new Fingerprint("f7", now.minusSeconds(60))));
        assertThat(look.removed()).as(look.plans()).isLessThan(100);
    }

    private static List<SubmissionResult> accept(Offer... offers) {
        return database.inTransaction(handle -> SubmissionBatch.accept(handle, List.of(offers)));
    }

    private static TaskId idOf(Offer offer) {
        return offer.submission().id();
    }

    private static Offer keyed(String tenant, String key, String hash, Instant at) {
        Instant lapsed = LAPSED.plus(Duration.between(NOW, at));
        // An offer with a key is never folded.
        return new Offer(submission(tenant, at), new IdempotencyKey(key, hash, lapsed), new Fingerprint("keyed", null));
    }

    private static Offer unkeyed(String fingerprint, Instant at) {
        return new Offer(submission("tenant", at), new Fingerprint(fingerprint, at.minusSeconds(60)));
    }

    private static Submission submission(String tenant, Instant at) {
        return new Submission(
                TaskId.next(),
                tenant,
                "ink",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                null,
                at,
                at.plusSeconds(60));
    }

    private static List<TaskId> kept() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select id from task")
                        .mapTo(UUID.class)
                        .map(TaskId::new)
                        .list());
    }
}
