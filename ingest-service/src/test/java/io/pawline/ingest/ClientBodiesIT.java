package io.pawline.ingest;

import static io.pawline.ingest.TestingIngest.BOUNDARY;
import static io.pawline.ingest.TestingIngest.part;
import static io.pawline.ingest.TestingPngs.PNG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TestingPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Tests what clients really send, besides what the document says: all of it is understood. */
class ClientBodiesIT {

    private static final String TASK = "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"水墨\"}";
    private static final String FORM = "multipart/form-data; boundary=" + BOUNDARY;

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;
    private static String key;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(postgres, images, "--pawline.ingest.collapse-window=0s");
        key = ingest.newKey("default", Scope.SUBMIT);
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    /** As curl does with {@code -F 'image=<cat.jpg'}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "form-data; name=\"image\"",
                "form-data; name=image",
                "form-data; name=\"image\"\r\nContent-Type: image/png",
                "form-data; name=\"image\"; filename=\"\"\r\nContent-Type: application/octet-stream",
                "form-data; name=\"image\"; filename=\"cat.png\"\r\nContent-Transfer-Encoding: binary",
                "form-data; name=\"image\"; filename=\"\u00c3\u00a8.png\"\r\nContent-Length: 5",
            })
    void takesAPhotoHoweverItsPartIsDescribed(String disposition) {
        Task task = accepted(FORM, form(described(disposition, PNG), part("style", "oil")));
        assertThat(ingest.bean(ImageStore.class)
                        .get(ImageKey.photo(task.submission().id())))
                .hasValueSatisfying(TestingPngs::assertIsPlainJpeg);
    }

    @Test
    void takesFieldsWithMediaTypesFileNamesAndCharacterSets() {
        Task task = accepted(
                FORM,
                form(
                        described(
                                "form-data; name=\"metadata\"\r\nContent-Type: application/json",
                                "{\"a\":1}".getBytes(UTF_8)),
                        described(
                                "form-data; name=\"style\"; filename=\"style.txt\"\r\nContent-Type: text/plain; charset=GBK",
                                "水墨".getBytes(Charset.forName("GBK"))),
                        described("form-data; name=\"client_ref\"\r\nContent-Type: text/plain", "猫".getBytes(UTF_8)),
                        described("form-data; name=\"image\"", PNG)));
        assertThat(task.submission().metadata()).contains("{\"a\":1}");
        assertThat(task.submission().style()).isEqualTo("水墨");
        assertThat(task.submission().clientRef()).contains("猫");
    }

    @Test
    void refusesAFieldThatIsNoTextInItsCharacterSet() {
        String answer = post(
                FORM, "", form(described("form-data; name=\"style\"", new byte[] {(byte) 0xff, 1}), part("ttl", "9s")));
        assertThat(answer).startsWith("HTTP/1.1 400").contains("style is no text in the character set UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                "Application/JSON; Charset=UTF8",
                "application/vnd.shop.task+json",
                "application/ld+json; charset=utf-8; profile=\"x\"",
            })
    void takesJsonUnderAnyOfItsNames(String type) {
        assertThat(accepted(type, TASK.getBytes(UTF_8)).submission().style()).isEqualTo("水墨");
        assertThat(post(
                        "/v1/tasks/batch",
                        type,
                        "",
                        "{\"tasks\":[%s]}".formatted(TASK).getBytes(UTF_8)))
                .startsWith("HTTP/1.1 207")
                .contains("\"task_id\"");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json; charset=GBK,        GBK",
        "application/json; charset=utf-16,     UTF-16",
        "application/json; charset=utf-16le,   UTF-16LE",
        "application/json,                     UTF-16LE",
        "application/json,                     UTF-16BE",
        "application/json,                     UTF-32LE",
        "application/json; charset=utf-8,      UTF-32BE",
    })
    void takesJsonInTheCharacterSetThatItNames(String type, String charset) {
        Charset set = Charset.forName(charset);
        assertThat(accepted(type, TASK.getBytes(set)).submission().style()).isEqualTo("水墨");
        byte[] batch = "{\"tasks\":[%s,{}]}".formatted(TASK).getBytes(set);
        assertThat(post("/v1/tasks/batch", type, "", batch))
                .startsWith("HTTP/1.1 207")
                .contains("\"task_id\"");
    }

    @Test
    void takesJsonWithAByteOrderMark() {
        assertThat(accepted("application/json", ("\ufeff" + TASK).getBytes(UTF_8))
                        .submission()
                        .style())
                .isEqualTo("水墨");
        assertThat(accepted("application/json", ("\ufeff" + TASK).getBytes(UTF_16LE))
                        .submission()
                        .style())
                .isEqualTo("水墨");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=klingon", "application/json; charset=", "text/json"})
    void refusesACharacterSetThatDoesNotExist(String type) {
        assertThat(post(type, "", TASK.getBytes(UTF_8))).startsWith("HTTP/1.1 415");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "identity", "identity, gzip"})
    void takesAPackedBody(String coding) throws IOException {
        String header = "Content-Encoding: " + coding + "\r\n";
        boolean packed = !coding.equals("identity");
        byte[] json = TASK.getBytes(UTF_8);
        byte[] form = form(described("form-data; name=\"image\"", PNG), part("style", "oil"));
        byte[] batch = "{\"tasks\":[%s]}".formatted(TASK).getBytes(UTF_8);
        assertThat(post("application/json", header, packed ? gzipped(json) : json))
                .startsWith("HTTP/1.1 202");
        assertThat(post(FORM, header, packed ? gzipped(form) : form)).startsWith("HTTP/1.1 202");
        assertThat(post("/v1/tasks/batch", "application/json", header, packed ? gzipped(batch) : batch))
                .startsWith("HTTP/1.1 207");
    }

    /** Each would be taken if only its packed length counted. */
    @Test
    void refusesABodyThatUnpacksToTooMuch() throws IOException {
        String header = "Content-Encoding: gzip\r\n";
        byte[] json = (" ".repeat(70_000) + TASK).getBytes(UTF_8);
        assertThat(post("application/json", header, gzipped(json))).startsWith("HTTP/1.1 413");
        byte[] batch = (" ".repeat(5_000_000) + "{\"tasks\":[%s]}".formatted(TASK)).getBytes(UTF_8);
        assertThat(post("/v1/tasks/batch", "application/json", header, gzipped(batch)))
                .startsWith("HTTP/1.1 413");
        byte[] form = form(described("form-data; name=\"image\"", new byte[22_000_000]), part("style", "oil"));
        assertThat(post(FORM, header, gzipped(form))).startsWith("HTTP/1.1 413");
    }

    @Test
    void saysWhichContentCodingItTakes() {
        assertThat(post("application/json", "Content-Encoding: br\r\n", TASK.getBytes(UTF_8)))
                .startsWith("HTTP/1.1 415")
                .containsIgnoringCase("\r\nAccept-Encoding: gzip\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "https://photos.example/my cat.jpg; https://photos.example/my%20cat.jpg",
                "https://photos.example/猫|狗[1].jpg; https://photos.example/%E7%8C%AB%7C%E7%8B%97%5B1%5D.jpg",
                "https://例え.jp/cat.jpg; https://xn--r8jz45g.jp/cat.jpg",
            })
    void takesAddressesAsBrowsersDo(String sent, String stored) {
        String body = JsonMapper.shared()
                .createObjectNode()
                .put("image_url", sent)
                .put("callback_url", sent)
                .put("style", "ink")
                .toString();
        Task task = accepted("application/json", body.getBytes(UTF_8));
        assertThat(task.submission().photo()).isEqualTo(new PhotoSource.Remote(URI.create(stored)));
        assertThat(task.submission().callbackUrl()).contains(URI.create(stored));
    }

    private static Task accepted(String type, byte[] body) {
        String answer = post(type, "", body);
        assertThat(answer).startsWith("HTTP/1.1 202");
        String id = answer.replaceFirst("(?s).*\"task_id\":\"([^\"]*)\".*", "$1");
        return ingest.bean(TaskDao.class).find(TaskId.parse(id)).orElseThrow();
    }

    private static String post(String type, String headers, byte[] body) {
        return post("/v1/tasks", type, headers, body);
    }

    private static String post(String path, String type, String headers, byte[] body) {
        String head =
                "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n".formatted(path, key)
                        + "Content-Type: %s\r\nContent-Length: %d\r\n%s\r\n".formatted(type, body.length, headers);
        return ingest.raw(joined(List.of(head.getBytes(ISO_8859_1), body)));
    }

    private static byte[] described(String disposition, byte[] content) {
        String head = "--%s\r\nContent-Disposition: %s\r\n\r\n".formatted(BOUNDARY, disposition);
        return joined(List.of(head.getBytes(ISO_8859_1), content, "\r\n".getBytes(UTF_8)));
    }

    private static byte[] form(byte[]... parts) {
        return joined(
                List.of(joined(List.of(parts)), "--%s--\r\n".formatted(BOUNDARY).getBytes(UTF_8)));
    }

    private static byte[] joined(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] gzipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
            gzip.write(bytes);
        }
        return small.toByteArray();
    }
}
