package io.pawline.ingest.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.images.ManagedImageStore;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.StoredImage;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.SweepMarks;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskErasure;
import io.pawline.taskstore.TaskImages;
import io.pawline.taskstore.TestingPostgres;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSweepIT {

    private static final TestingPostgres POSTGRES = TestingPostgres.shared();
    private static final TaskDatabase DATABASE = TaskDatabase.open(POSTGRES.database());
    private static final Instant ACCEPTED = Instant.parse("2026-10-01T10:00:00Z");
    private static final Duration LONGEST_TASK = Duration.ofHours(25);
    private static final URI CALLBACK = URI.create("https://shop.example/callback");

    @TempDir
    private Path folder;

    private final TaskDao tasks = new TaskDao(DATABASE);
    private Instant now = ACCEPTED;
    private @Nullable ManagedImageStore opened;

    @AfterAll
    static void stop() {
        DATABASE.close();
        POSTGRES.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate task, image_sweep"));
        opened = null;
        now = ACCEPTED;
    }

    private ManagedImageStore images() {
        ManagedImageStore store = opened;
        if (store == null) {
            store = ImageStores.open(new ImageStoreProperties(
                    ImageStoreProperties.Kind.FOLDER,
                    folder,
                    URI.create("http://127.0.0.1"),
                    new ImageStoreProperties.S3(
                            null,
                            null,
                            "r",
                            null,
                            null,
                            null,
                            false,
                            Duration.ofHours(1),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(1))));
            opened = store;
        }
        return store;
    }

    private ImageSweep sweep(Map<String, RetentionProperties.Tenant> tenants) {
        return new ImageSweep(
                images(),
                tasks,
                new SweepMarks(DATABASE),
                settings(tenants),
                LONGEST_TASK,
                new SimpleMeterRegistry(),
                ((InstantSource) () -> now).withZone(ZoneOffset.UTC));
    }

    private static RetentionProperties settings(Map<String, RetentionProperties.Tenant> tenants) {
        return new RetentionProperties(
                Duration.ofDays(90), Duration.ofDays(7), Duration.ofDays(2), Duration.ofDays(90), tenants);
    }

    @Test
    void eachKindOfImageGoesAtItsTime() {
        TaskId task = succeeded("shop");
        ImageSweep sweep = sweep(Map.of());
        List<ImageKey> result = List.of(cutOut(task, 1), ImageKey.thumbnail(task, 1, 256, "png"));

        assertThat(keysAfter(sweep, Duration.ofDays(2))).hasSize(4);
        assertThat(keysAfter(sweep, Duration.ofDays(4)))
                .as("without the cut-out of an orphaned call")
                .hasSize(3)
                .contains(ImageKey.photo(task))
                .containsAll(result);
        assertThat(keysAfter(sweep, Duration.ofDays(9))).containsExactlyInAnyOrderElementsOf(result);
        assertThat(keysAfter(sweep, Duration.ofDays(90))).containsExactlyInAnyOrderElementsOf(result);
        assertThat(keysAfter(sweep, Duration.ofDays(92))).isEmpty();
    }

    @Test
    void whatWasUploadedForNoTaskGoes() {
        images().put(ImageKey.photo(TaskId.at(ACCEPTED)), new byte[1], "image/png");
        ImageSweep sweep = sweep(Map.of());

        assertThat(keysAfter(sweep, Duration.ofDays(2))).hasSize(1);
        assertThat(keysAfter(sweep, Duration.ofDays(4))).isEmpty();
    }

    @Test
    void nothingOfAnOpenTaskGoes() {
        TaskId task = accepted("shop");

        assertThat(keysAfter(sweep(Map.of()), Duration.ofDays(60))).containsExactly(ImageKey.photo(task));
    }

    @Test
    void whatAReplayEndedLateGoesWithItsResults() {
        TaskId task = succeeded("shop");
        ImageSweep sweep = sweep(Map.of());
        keysAfter(sweep, Duration.ofDays(20));
        images().put(cutOut(task, 2), new byte[1], "image/png");

        assertThat(keysAfter(sweep, Duration.ofDays(60))).contains(cutOut(task, 2));
        assertThat(keysAfter(sweep, Duration.ofDays(92))).isEmpty();
    }

    @Test
    void whatOutlivedItsTaskGoes() {
        TaskId task = succeeded("shop");
        ImageSweep sweep = sweep(Map.of());
        keysAfter(sweep, Duration.ofDays(200));
        images().put(cutOut(task, 1), new byte[1], "image/png");
        assertThat(keysAfter(sweep, Duration.ofDays(201))).hasSize(1);

        DATABASE.with(handle -> handle.execute("truncate task"));

        assertThat(keysAfter(sweep, Duration.ofDays(202))).isEmpty();
    }

    @Test
    void aTenantMayHaveOtherTimes() {
        TaskId usual = succeeded("shop");
        TaskId longer = succeeded("gallery");
        ImageSweep sweep = sweep(Map.of("gallery", new RetentionProperties.Tenant(Duration.ofDays(30), null, null)));

        assertThat(keysAfter(sweep, Duration.ofDays(10)))
                .contains(ImageKey.photo(longer))
                .doesNotContain(ImageKey.photo(usual));
        assertThat(keysAfter(sweep, Duration.ofDays(32))).doesNotContain(ImageKey.photo(longer));
    }

    @Test
    void aRoundReadsOnlyWhatHasBecomeDue() {
        succeeded("shop");
        ImageSweep sweep = sweep(Map.of());
        keysAfter(sweep, Duration.ofDays(20));

        List<String> marks =
                DATABASE.with(handle -> handle.createQuery("select name from image_sweep where done is not null")
                        .mapTo(String.class)
                        .list());
        assertThat(marks).hasSize(2).noneMatch(name -> name.startsWith("result"));
    }

    @Test
    void anErasedTaskLeavesARowForTheBooksOnly() {
        TaskId task = succeeded("shop");
        TaskId other = succeeded("shop");
        TaskId open = accepted("shop");
        Erasure erasure = new Erasure(images(), new TaskErasure(DATABASE), Clock.systemUTC());

        assertThat(erasure.erase(task, "somebody-else")).isEqualTo(TaskErasure.Result.UNKNOWN);
        assertThat(erasure.erase(open, "shop")).isEqualTo(TaskErasure.Result.OPEN);
        assertThat(keysAfter(sweep(Map.of()), Duration.ZERO)).hasSize(9);
        assertThat(erasure.erase(task, "shop")).isEqualTo(TaskErasure.Result.ERASED);
        assertThat(erasure.erase(task, "shop")).isEqualTo(TaskErasure.Result.ERASED);

        assertThat(images().keys(null, 1_000).keys())
                .hasSize(5)
                .noneMatch(key -> key.task().filter(task::equals).isPresent());
        assertThat(tasks.find(other)).isPresent();
        DATABASE.with(handle -> handle.createQuery("select * from task where id = :id")
                        .bind("id", task.value())
                        .mapToMap()
                        .one())
                .forEach((column, value) -> assertThat(String.valueOf(value))
                        .as(column)
                        .doesNotContain("shop.example", "order-1", "secret"));
        assertThat(tasks.find(task).orElseThrow().finalState()).isPresent();
    }

    @Test
    void refusesTimesThatAreTooLong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        settings(Map.of("gallery", new RetentionProperties.Tenant(null, null, Duration.ofDays(100)))))
                .withMessageContaining("tenants.gallery.results");
    }

    private List<ImageKey> keysAfter(ImageSweep sweep, Duration time) {
        now = ACCEPTED.plus(time);
        sweep.sweep();
        return images().keys(null, 1_000).keys();
    }

    private TaskId accepted(String tenant) {
        TaskId id = TaskId.at(ACCEPTED);
        tasks.accept(new Submission(
                id,
                tenant,
                "ink",
                new PhotoSource.Stored(ImageKey.photo(id).value()),
                CALLBACK,
                ACCEPTED,
                ACCEPTED.plusSeconds(3_600),
                Priority.INTERACTIVE,
                "order-1",
                "{\"card\":\"secret\"}"));
        images().put(ImageKey.photo(id), new byte[1], "image/png");
        return id;
    }

    /** With a photo, a result, a thumbnail, and a cut-out of an orphaned call. */
    private TaskId succeeded(String tenant) {
        TaskId id = accepted(tenant);
        ImageKey orphaned = ImageKey.cutOut(id, 1, new UUID(9, 9));
        for (ImageKey key : List.of(cutOut(id, 1), ImageKey.thumbnail(id, 1, 256, "png"), orphaned)) {
            images().put(key, new byte[1], "image/png");
        }
        tasks.close(
                id,
                1,
                new FinalState.Success(
                        ACCEPTED.plusSeconds(40),
                        new TaskImages(
                                new StoredImage(cutOut(id, 1).value(), 8, 8),
                                List.of(new StoredImage(
                                        ImageKey.thumbnail(id, 1, 256, "png").value(), 8, 8)))));
        return id;
    }

    private static ImageKey cutOut(TaskId task, int generation) {
        return ImageKey.cutOut(task, generation, new UUID(1, 1));
    }
}
