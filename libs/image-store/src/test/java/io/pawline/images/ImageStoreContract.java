package io.pawline.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the promises of every image store. Each kind of store runs it. */
abstract class ImageStoreContract {

    protected final ImageKey key = ImageKey.result(TaskId.next(), 1);

    /** The store under test. */
    protected abstract ManagedImageStore store();

    @Test
    void listsTheKeysInTheirOrderPageByPage() {
        TaskId first = TaskId.at(Instant.EPOCH);
        TaskId second = TaskId.at(Instant.EPOCH.plusMillis(1));
        List<ImageKey> keys = List.of(
                ImageKey.result(first, 1), ImageKey.photo(first), ImageKey.result(second, 1), ImageKey.photo(second));
        keys.forEach(each -> store().put(each, new byte[1], "image/png"));

        List<ImageKey> listed = new ArrayList<>();
        String after = null;
        do {
            ManagedImageStore.Page page = store().keys(after, 1);
            listed.addAll(page.keys());
            after = page.next();
        } while (after != null && listed.size() < keys.size());

        assertThat(listed).startsWith(keys.toArray(ImageKey[]::new));
        assertThat(store().keys(ImageKey.photo(first).value(), 1).keys()).containsExactly(keys.get(2));
    }

    @Test
    void hasNothingUnderAKeyThatWasDeleted() {
        ImageKey other = ImageKey.photo(key.task().orElseThrow());
        store().put(key, new byte[1], "image/png");
        store().put(other, new byte[1], "image/png");

        store().delete(key);
        store().delete(key);

        assertThat(store().get(key)).isEmpty();
        assertThat(store().get(other)).isPresent();
        store().delete(other);
        assertThat(store().keys(null, 1_000).keys()).doesNotContain(key, other);
    }

    @Test
    void givesBackTheBytesThatWerePut() throws IOException {
        byte[] image = new byte[300_000];
        new Random(1).nextBytes(image);

        store().put(key, image, "image/png");

        assertThat(store().get(key))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(image));
        assertThat(store().size(key)).hasValue(300_000L);
        try (InputStream opened = store().open(key).orElseThrow()) {
            assertThat(opened).hasBinaryContent(image);
        }
    }

    @Test
    void putsWhatRemainsInABuffer() {
        ByteBuffer bytes =
                ByteBuffer.wrap("__an image__".getBytes(UTF_8)).position(2).limit(10);

        store().put(key, bytes, "image/png");

        assertThat(bytes.remaining()).isEqualTo(8);
        assertThat(store().get(key))
                .hasValueSatisfying(put -> assertThat(put).asString().isEqualTo("an image"));
    }

    @Test
    void keepsAnEmptyImageAsOne() {
        store().put(key, new byte[0], "image/png");

        assertThat(store().get(key))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEmpty());
    }

    @Test
    void hasNothingUnderAKeyThatWasNeverPut() {
        assertThat(store().get(key)).isEmpty();
        assertThat(store().size(key)).isEmpty();
        assertThat(store().open(key)).isEmpty();
    }

    @Test
    void hasNothingUnderTheBeginningOfAKey() {
        TaskId task = TaskId.next();
        store().put(ImageKey.result(task, 1), "image".getBytes(UTF_8), "image/png");

        assertThat(store().get(new ImageKey(task.toString()))).isEmpty();
        assertThat(store().size(new ImageKey(task.toString()))).isEmpty();
        assertThat(store().open(new ImageKey(task.toString()))).isEmpty();
    }

    @Test
    void replacesWhatWasThere() {
        store().put(key, "an old image".getBytes(UTF_8), "image/png");
        store().put(key, "new".getBytes(UTF_8), "image/png");

        assertThat(store().get(key))
                .hasValueSatisfying(bytes -> assertThat(bytes).asString().isEqualTo("new"));
    }

    @Test
    void keepsOneImageWholeWhenManyWriteItAtOnce() throws Exception {
        List<byte[]> images = IntStream.range(0, 8)
                .mapToObj(i -> filled(200_000 + i, (byte) i))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> puts = images.stream()
                    .<Future<?>>map(image -> threads.submit(() -> store().put(key, image, "image/png")))
                    .toList();
            for (Future<?> put : puts) {
                put.get();
            }
        }

        assertThat(store().get(key))
                .hasValueSatisfying(bytes ->
                        assertThat(images).anySatisfy(image -> assertThat(bytes).isEqualTo(image)));
    }

    private static byte[] filled(int length, byte value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, value);
        return bytes;
    }
}
