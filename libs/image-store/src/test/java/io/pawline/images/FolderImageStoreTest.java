package io.pawline.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.images.AddressSignatures.Verdict;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderImageStoreTest extends ImageStoreContract {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");
    private static final Duration VALIDITY = Duration.ofHours(24);
    private static final Pattern QUERY = Pattern.compile("expires=([0-9]+)&signature=([A-Za-z0-9_-]{43})");

    private static final Pattern UPLOAD =
            Pattern.compile("type=image%2Fsvg%2Bxml&length=5&expires=([0-9]+)&signature=([A-Za-z0-9_-]{43})");

    @TempDir
    Path folder;

    private ManagedImageStore store;

    @BeforeEach
    void open() {
        store = open(folder, "http://localhost:8080");
    }

    @Override
    protected ManagedImageStore store() {
        return store;
    }

    @Test
    void findsItsImagesAgainAfterARestart() {
        store.put(key, new byte[] {1}, "image/png");

        assertThat(open(folder, "http://localhost:8080").get(key)).isPresent();
    }

    @Test
    void leavesNothingAsideAfterAWrite() {
        store.put(key, new byte[] {1}, "image/png");

        assertThat(folder.resolve(".incoming")).isEmptyDirectory();
        assertThat(folder.resolve(key.value())).hasBinaryContent(new byte[] {1});
    }

    @Test
    void removesWhatWritersThatDiedHaveLeft() throws IOException {
        Instant time = Instant.parse("2026-11-29T12:00:00Z");
        Path left = Files.write(folder.resolve(".incoming").resolve("left"), new byte[9]);
        Files.setLastModifiedTime(left, FileTime.from(time.minusSeconds(1)));
        Path inWork = Files.write(folder.resolve(".incoming").resolve("in-work"), new byte[9]);
        Files.setLastModifiedTime(inWork, FileTime.from(time.plusSeconds(1)));
        store.put(key, new byte[] {1}, "image/png");
        Files.setLastModifiedTime(folder.resolve(key.value()), FileTime.from(time.minusSeconds(9)));

        store.sweep(time);

        assertThat(left).doesNotExist();
        assertThat(inWork).exists();
        assertThat(store.get(key)).isPresent();
    }

    @Test
    void namesTheAddressThatIngestServesTheImageAt() {
        assertThat(store.urlOf(key)).asString().startsWith("http://localhost:8080/v1/images/" + key + "?expires=");
        assertThat(open(folder, "https://pets.example/api/").urlOf(key))
                .asString()
                .startsWith("https://pets.example/api/v1/images/" + key + "?expires=");
    }

    @Test
    void signsAnAddressThatEveryProcessOfTheFolderTakes() {
        ImageAddress address = store.addressOf(key);
        Instant expiresAt = Objects.requireNonNull(address.expiresAt());
        AddressSignatures elsewhere = AddressSignatures.ofFolder(folder);

        assertThat(expiresAt).isBetween(NOW.plus(VALIDITY), NOW.plus(VALIDITY).plusSeconds(VALIDITY.toSeconds() / 24));
        assertThat(verdict(elsewhere, address.url(), key, NOW)).isEqualTo(Verdict.VALID);
        assertThat(verdict(elsewhere, address.url(), key, expiresAt.minusSeconds(1)))
                .isEqualTo(Verdict.VALID);
        assertThat(verdict(elsewhere, address.url(), key, expiresAt)).isEqualTo(Verdict.EXPIRED);
    }

    @Test
    void signsAnAddressToSendOneKindAndLengthOfImageTo() {
        ImageKey upload = ImageKey.incoming(UUID.randomUUID());
        UploadAddress address = store.uploadAddress(upload, "image/svg+xml", 5, Duration.ofMinutes(15));
        Matcher query = UPLOAD.matcher(String.valueOf(address.url().getRawQuery()));
        assertThat(query.matches()).isTrue();
        String expires = query.group(1);
        String signature = query.group(2);
        AddressSignatures elsewhere = AddressSignatures.ofFolder(folder);

        assertThat(address.url().getPath()).isEqualTo("/v1/uploads/" + upload.upload());
        assertThat(address.headers()).containsExactly(Map.entry("Content-Type", "image/svg+xml"));
        assertThat(address.expiresAt()).isBetween(NOW.plusSeconds(899), NOW.plusSeconds(900));
        assertThat(address.toString()).doesNotContain(signature);
        assertThat(elsewhere.uploadVerdict(upload, "image/svg+xml", "5", expires, signature, NOW))
                .isEqualTo(Verdict.VALID);
        assertThat(elsewhere.uploadVerdict(upload, "image/svg+xml", "5", expires, signature, address.expiresAt()))
                .isEqualTo(Verdict.EXPIRED);
        assertThat(List.of(
                        elsewhere.uploadVerdict(upload, "image/png", "5", expires, signature, NOW),
                        elsewhere.uploadVerdict(upload, "image/svg+xml", "6", expires, signature, NOW),
                        elsewhere.uploadVerdict(upload, "image/svg+xml", "5x", expires, signature, NOW),
                        elsewhere.uploadVerdict(upload, "image/svg+xml", "5", expires + "0", signature, NOW),
                        elsewhere.uploadVerdict(key, "image/svg+xml", "5", expires, signature, NOW),
                        elsewhere.uploadVerdict(upload, "image/svg+xml", "5", expires, null, NOW),
                        elsewhere.verdict(upload, expires, signature, NOW)))
                .containsOnly(Verdict.FORGED);
        assertThatThrownBy(() -> store.uploadAddress(key, "image/png", 5, VALIDITY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStreamThatBreaksOffLeavesWhatWasThereBefore() throws IOException {
        store.put(key, new ByteArrayInputStream(new byte[] {1, 2}), 2, "image/png");
        assertThatThrownBy(() -> store.put(key, new ByteArrayInputStream(new byte[1]), 2, "image/png"))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> store.put(key, new ByteArrayInputStream(new byte[3]), 2, "image/png"))
                .isInstanceOf(EOFException.class);

        assertThat(store.get(key)).contains(new byte[] {1, 2});
        assertThat(folder.resolve(".incoming")).isEmptyDirectory();
    }

    @Test
    void givesTheSameAddressForAWhileSoThatCachesCanHoldTheImage() {
        Instant begin = Instant.ofEpochSecond(NOW.getEpochSecond() / 3600 * 3600 + 1);

        assertThat(at(begin).urlOf(key)).isEqualTo(at(begin.plusSeconds(3598)).urlOf(key));
        assertThat(at(begin).urlOf(key))
                .isNotEqualTo(at(begin.plusSeconds(3600)).urlOf(key));
    }

    @Test
    void keepsTheSecretFromOtherUsersAndFromKeys() throws IOException {
        assertThat(Files.getPosixFilePermissions(folder.resolve(".address-secret")))
                .doesNotContain(PosixFilePermission.OTHERS_READ);
        assertThatThrownBy(() -> new ImageKey(".address-secret")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void makesOneSecretHoweverManyProcessesStart() throws Exception {
        Path another = folder.resolve("another");
        List<Future<URI>> addresses = new ArrayList<>();
        try (ExecutorService processes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                addresses.add(processes.submit(
                        () -> open(another, "http://localhost:8080").urlOf(key)));
            }
        }
        Set<URI> all = new HashSet<>();
        for (Future<URI> address : addresses) {
            all.add(address.get());
        }
        assertThat(all).hasSize(1);
        try (Stream<Path> files = Files.list(another)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(".address-secret", ".incoming");
        }
    }

    @Test
    void saysThatItIsLostWhenItsFolderCannotBeWritten() throws IOException {
        Path inTheWay = Files.writeString(folder.resolve("file"), "no folder");

        assertThatThrownBy(() -> store.put(new ImageKey("file/1/result.png"), new byte[] {1}, "image/png"))
                .isInstanceOf(ImageStoreException.class)
                .hasMessageContaining("file/1/result.png")
                .hasMessageContaining(folder.toString());
        assertThatThrownBy(() -> open(inTheWay, "http://localhost:8080"))
                .isInstanceOf(ImageStoreException.class)
                .hasMessageContaining(inTheWay.toString());
        assertThat(folder.resolve(".incoming")).isEmptyDirectory();
    }

    private ImageStore at(Instant now) {
        return new FolderImageStore(
                folder, URI.create("http://localhost:8080"), VALIDITY, Clock.fixed(now, ZoneOffset.UTC));
    }

    private static Verdict verdict(AddressSignatures signatures, URI address, ImageKey key, Instant now) {
        Matcher query = QUERY.matcher(address.getQuery());
        assertThat(query.matches()).isTrue();
        return signatures.verdict(key, query.group(1), query.group(2), now);
    }

    private static ManagedImageStore open(Path folder, String publicBaseUrl) {
        return new FolderImageStore(folder, URI.create(publicBaseUrl), VALIDITY, Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
