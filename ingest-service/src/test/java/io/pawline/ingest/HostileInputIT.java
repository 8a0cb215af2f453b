package io.pawline.ingest;

import static io.pawline.ingest.TestingIngest.BOUNDARY;
import static io.pawline.ingest.TestingIngest.file;
import static io.pawline.ingest.TestingIngest.part;
import static io.pawline.ingest.TestingPngs.PNG;
import static io.pawline.ingest.TestingPngs.pngClaiming;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.testkit.RawExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends hostile input: each gets a 4xx problem, and nothing is stored. */
class HostileInputIT {

    private static final String GRAMMAR = "{}[]\",:\\ntfu0123456789.-+eE\u0000é image_url style metadata ";

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;
    private static String key;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(postgres, images, "--pawline.photo.max-size=100KB");
        key = ingest.newKey("raw", Scope.SUBMIT, Scope.READ);
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @AfterEach
    void nothingIsStored() throws IOException {
        long rows = ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select (select count(*) from task) + (select count(*) from idempotency_key)")
                        .mapTo(Long.class)
                        .one());
        assertThat(rows).isZero();
        try (Stream<Path> files = Files.walk(images)) {
            assertThat(files.filter(Files::isRegularFile)
                            // made at the start, to sign the addresses of pictures
                            .filter(file -> !file.endsWith(".address-secret")))
                    .isEmpty();
        }
    }

    @Test
    void refusesTenThousandRandomBodies() {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            byte[] body = new byte[random.nextInt(300)];
            switch (i % 3) {
                case 0 -> {
                    random.nextBytes(body);
                    assertRefused(ingest.post("application/json", body));
                }
                case 1 -> {
                    for (int at = 0; at < body.length; at++) {
                        body[at] = (byte) GRAMMAR.charAt(random.nextInt(GRAMMAR.length()));
                    }
                    assertRefused(ingest.post("application/json", body));
                }
                default -> {
                    random.nextBytes(body);
                    byte[] head = ("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"style\"\r\n\r\n")
                            .getBytes(UTF_8);
                    byte[] form = Arrays.copyOf(head, head.length + body.length);
                    System.arraycopy(body, 0, form, head.length, body.length);
                    assertRefused(ingest.post(
                            "multipart/form-data; boundary=" + BOUNDARY,
                            Arrays.copyOfRange(form, random.nextInt(head.length / 2), form.length)));
                }
            }
        }
    }

    @Test
    void refusesRandomBytesAfterAnyImageSignature() {
        Random random = new Random(4);
        for (String magic : new String[] {"", "89504e470d0a1a0a", "ffd8ff", "524946460000000057454250", "504b0304"}) {
            for (int i = 0; i < 50; i++) {
                byte[] photo = new byte[20];
                random.nextBytes(photo);
                byte[] start = HexFormat.of().parseHex(magic);
                System.arraycopy(start, 0, photo, 0, start.length);
                assertRefused(ingest.upload(file("image", photo), part("style", "ink")));
            }
        }
    }

    @Test
    void refusesAPhotoThatIsCutShortAnywhere() {
        for (int length = 0; length < PNG.length; length++) {
            assertRefused(ingest.upload(file("image", Arrays.copyOf(PNG, length)), part("style", "ink")));
        }
    }

    /** A decompression bomb states its size or lies. The service believes a stated size only if it is small enough. */
    @ParameterizedTest
    @ValueSource(strings = {"30000x30000", "2147483647x2147483647", "1x2147483647", "0x0", "0x5", "-1x5"})
    void refusesAPhotoWithDimensionsThatNoPhotoHas(String size) {
        String[] sides = size.split("x", -1);
        byte[] bomb = pngClaiming(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
        assertRefused(ingest.upload(file("image", bomb), part("style", "ink")));
    }

    @Test
    void refusesAJpegBomb() {
        byte[] header = HexFormat.of().parseHex("ffd8ffe000104a46494600010100000100010000ffc0000b08ffffffff01011100");
        assertRefused(ingest.upload(file("image", header), part("style", "ink")));
    }

    /** One content coding turns a few bytes into many, and two turn them into very many. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "identity, gzip", "gzip, gzip", "zstd", "\"gzip\""})
    void refusesAPackedBombAndUnknownCodings(String encoding) throws IOException {
        byte[] bomb = gzipped(gzipped(new byte[50_000_000]));
        assertRefused(ingest.post("application/json", encoding, bomb));
        assertRefused(ingest.post("application/json", encoding, gzipped(new byte[50_000_000])));
        assertRefused(ingest.post("application/json", encoding, gzipped("{\"style\":\"ink\"}".getBytes(UTF_8))));
        assertRefused(ingest.post("multipart/form-data; boundary=x", encoding, gzipped(new byte[50_000_000])));
    }

    @Test
    void refusesAPackedBodyOfVeryManyEmptyMembers() throws IOException {
        byte[] empty = gzipped(new byte[0]);
        byte[] members = new byte[empty.length * 8_000];
        for (int at = 0; at < members.length; at += empty.length) {
            System.arraycopy(empty, 0, members, at, empty.length);
        }
        assertRefused(ingest.post("multipart/form-data; boundary=x", "gzip", members));
    }

    /** A whole and well-formed image of one colour, with 400 million pixels. */
    @Test
    void refusesAWholePngThatIsABomb() throws IOException {
        byte[] bomb = TestingPngs.png(20_000, 20_000);
        assertThat(bomb.length).isLessThan(100_000);
        assertRefused(ingest.upload(file("image", bomb), part("style", "ink")));
    }

    @Test
    void refusesAZipBombForAPhoto() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            zip.putNextEntry(new ZipEntry("cat.jpg"));
            zip.write(new byte[50_000_000]);
        }
        assertRefused(ingest.upload(file("image", archive.toByteArray()), part("style", "ink")));
    }

    @Test
    void refusesAFormThatEndsEarly() {
        byte[] head = file("image", PNG);
        for (int length = 1; length < head.length; length += 7) {
            assertRefused(ingest.post("multipart/form-data; boundary=" + BOUNDARY, Arrays.copyOf(head, length)));
        }
    }

    private static byte[] gzipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
            gzip.write(bytes);
        }
        return small.toByteArray();
    }

    @Test
    void refusesBodiesAndHeadersThatAreTooLarge() {
        assertRefused(ingest.upload(file("image", new byte[3_000_000]), part("style", "ink")));
        assertRefused(ingest.post("{\"metadata\":" + "{\"a\":".repeat(2_000) + "1" + "}".repeat(2_000) + "}"));
        assertRefused(ingest.post("{\"metadata\":{\"a\":" + "9".repeat(60_000) + "}}"));
        assertRefused(ingest.post(" ".repeat(2_000_000)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "application/xml",
                "application/octet-stream",
                "image/png",
                "multipart/form-data",
                "multipart/mixed; boundary=x",
                "application/json; charset=utf-16",
                "a/b;c=\"",
                "*/*"
            })
    void refusesOtherContentTypes(String type) {
        assertRefused(ingest.post(type, "{\"style\":\"ink\"}".getBytes(ISO_8859_1)));
    }

    /** Jetty passes on what it does not decode itself, and answers what it refuses itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/batches/x;;;%%%",
                "/v1/tasks;%zz",
                "/v1/tasks/1;a=%",
                "/v1/tasks;a=%e",
                "/;%%",
                "/actuator/health;%",
                "/v1/images/a;%%/b",
                "/v1/uploads/1;%2?signature=1",
                "/v1/tasks/%%%",
                "/v1/tasks/1;a={}",
                "/v1/tasks/1}",
                "/v1/tasks/^1",
                "/elsewhere/`",
                "/v1/tasks?cursor=%%%"
            })
    void refusesAnAddressThatCannotBeDecoded(String path) {
        assertThat(raw(path, "")).startsWith("HTTP/1.1 400 ").contains("urn:pawline:problem:invalid-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//", "///", "/;", "/;a=b", "/.", "/v1", "/v1//tasks", "//v1/tasks", "/%20", "/v1/tasks/;"})
    void findsNothingAtAnOddAddress(String path) {
        assertThat(raw(path, "")).containsPattern("^HTTP/1.1 40[04] ").contains("urn:pawline:problem:");
    }

    @ParameterizedTest
    @ValueSource(strings = {";;;", "text", "*/json", "text/html;q=much", "application/json;q=2", "a/b;c=\"", "/", "50"})
    void saysSoIfAnAcceptHeaderCannotBeRead(String accept) {
        String header = "Accept: %s\r\n".formatted(accept.equals("50") ? "a/b,".repeat(51) + "a/b" : accept);
        for (String path : List.of("/v1/tasks", "/v1/tasks/none", "/elsewhere", "/v1/openapi.json")) {
            assertThat(raw(path, header))
                    .startsWith("HTTP/1.1 406 ")
                    .contains("application/problem+json", "urn:pawline:problem:not-acceptable", "\"request_id\"");
        }
    }

    /** Spring answers so with a status alone. */
    @Test
    void givesABodyToAnErrorThatHasNone() {
        assertThat(raw("/actuator/health/none", ""))
                .startsWith("HTTP/1.1 404 ")
                .contains("application/problem+json", "urn:pawline:problem:not-found", "\"request_id\"");
    }

    /** What is wrong with the body is not that it is late. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":1}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n40\r\n{\"style\":",
                "Content-Length: 100\r\n\r\n{\"style\":"
            })
    void saysThatABodyIsWronglyFramedOrEndsEarly(String rest) {
        for (String type : List.of("application/json", "multipart/form-data; boundary=x")) {
            String request = "POST /v1/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Type: %s\r\n%s"
                    .formatted(credentials(), type, rest);
            assertThat(RawExchange.sendHalf(ingest.port(), request.getBytes(ISO_8859_1)))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("urn:pawline:problem:invalid-request");
        }
    }

    private static String raw(String path, String headers) {
        return ingest.raw("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s%s\r\n"
                .formatted(path, credentials(), headers)
                .getBytes(ISO_8859_1));
    }

    private static String credentials() {
        return "Authorization: Bearer " + key + "\r\n";
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).as(() -> new String(answer.body(), UTF_8)).isBetween(400, 499);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("type").asString()).startsWith("urn:pawline:problem:");
    }
}
