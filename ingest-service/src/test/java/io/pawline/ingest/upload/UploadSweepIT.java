package io.pawline.ingest.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.images.ManagedImageStore;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.DirectUpload;
import io.pawline.taskstore.DirectUploads;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.UploadId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadSweepIT {

    private static final Instant OPENED = Instant.parse("2026-11-23T10:00:00Z");
    private static final Duration VALIDITY = Duration.ofMinutes(15);
    private static final Duration SEND_TIME = Duration.ofMinutes(1);
    private static final Duration REMEMBERED = Duration.ofDays(2);
    private static final long MOST = DirectUploads.LEAST_COUNTED;

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static DirectUploads uploads;

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final String tenant = "tenant-" + UUID.randomUUID();
    private Instant now = OPENED;
    private ManagedImageStore images;
    private UploadSweep sweep;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        uploads = new DirectUploads(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void open() {
        images = ImageStores.open(new ImageStoreProperties(
                ImageStoreProperties.Kind.FOLDER,
                folder,
                URI.create("http://localhost"),
                new ImageStoreProperties.S3(
                        null, null, "us-east-1", null, null, null, false, VALIDITY, VALIDITY, VALIDITY)));
        sweep = new UploadSweep(
                images, uploads, SEND_TIME, REMEMBERED, meters, ((InstantSource) () -> now).withZone(ZoneOffset.UTC));
    }

    @Test
    void deletesAPhotoThatNobodyTookAndGivesItsRoomBack() {
        UploadId upload = opened();
        put(upload);
        // Sent, and taken, at the last moment
        at(VALIDITY.plus(SEND_TIME));
        assertThat(images.get(key(upload))).isPresent();
        assertThat(uploads.open(upload(UploadId.at(now)), MOST)).contains(OPENED.plus(VALIDITY));

        at(VALIDITY.plus(SEND_TIME).plusSeconds(61));

        assertThat(images.get(key(upload))).isEmpty();
        assertThat(uploads.find(upload)).isEmpty();
        assertThat(uploads.open(upload(UploadId.at(now)), MOST)).isEmpty();
        assertThat(meters.get("pawline.ingest.images.deleted")
                        .tag("kind", "upload")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void deletesPhotosOfWhichNobodyKnowsAndNothingElse() throws IOException {
        ImageKey photo = ImageKey.photo(TaskId.at(OPENED));
        ImageKey check = new ImageKey("pawline-check/" + UUID.randomUUID());
        UploadId later = UploadId.at(OPENED.plus(VALIDITY));
        images.put(photo, new byte[1], "image/png");
        images.put(check, new byte[1], "image/png");
        Instant expiry = OPENED.plus(VALIDITY).plus(VALIDITY);
        assertThat(uploads.open(new DirectUpload(later, tenant, "image/png", 1, null, expiry, null), MOST))
                .isEmpty();
        put(later);
        // More than a page of them
        for (int i = 0; i < 1_001; i++) {
            Files.write(folder.resolve(key(UploadId.at(OPENED.plusMillis(i))).value()), new byte[1]);
        }

        at(VALIDITY.plus(SEND_TIME).plusSeconds(62));

        assertThat(images.keys(null, 1_000).keys()).containsExactly(photo, key(later), check);
    }

    /** As after the setting was shortened, or by a process with another one. */
    @Test
    void keepsAPhotoUntilTheTimeThatItsClientWasGiven() {
        UploadId upload = UploadId.at(OPENED);
        Instant expiry = OPENED.plus(Duration.ofHours(2));
        assertThat(uploads.open(new DirectUpload(upload, tenant, "image/png", 1, null, expiry, null), MOST))
                .isEmpty();
        put(upload);

        at(Duration.ofHours(2).plus(SEND_TIME));
        assertThat(images.get(key(upload))).isPresent();

        at(Duration.ofHours(2).plus(SEND_TIME).plusSeconds(61));
        assertThat(images.get(key(upload))).isEmpty();
    }

    @Test
    void remembersATakenUploadForAsLongAsItsRequestMayBeRepeated() {
        UploadId upload = opened();
        Duration taken = VALIDITY.minusSeconds(1);
        uploads.take(upload, new DirectUpload.Taking("a", "b", "c", "d"), OPENED.plus(taken));

        at(taken.plus(REMEMBERED));
        assertThat(uploads.find(upload).orElseThrow().taking()).contains(new DirectUpload.Taking("a", "b", "c", "d"));

        at(taken.plus(REMEMBERED).plusSeconds(1));
        assertThat(uploads.find(upload)).isEmpty();
    }

    private void at(Duration afterOpening) {
        now = OPENED.plus(afterOpening);
        sweep.sweep();
    }

    private UploadId opened() {
        UploadId id = UploadId.at(now);
        assertThat(uploads.open(upload(id), MOST)).isEmpty();
        return id;
    }

    private DirectUpload upload(UploadId id) {
        return new DirectUpload(id, tenant, "image/png", 1, null, now.plus(VALIDITY), null);
    }

    private void put(UploadId upload) {
        images.put(key(upload), new byte[1], "image/png");
    }

    private static ImageKey key(UploadId upload) {
        return ImageKey.incoming(upload.value());
    }
}
