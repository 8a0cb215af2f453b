package io.pawline.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests clients that never pause for long and never finish. Jetty's own time-outs would allow them for hours. */
class SlowClientsIT {

    /** Pause between two bytes, much shorter than the longest pause that Jetty allows. */
    private static final Duration PACE = Duration.ofMillis(100);

    private static final Duration LONGEST = Duration.ofSeconds(60);

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;
    private static String key;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(postgres, images, "--pawline.ingest.max-send-time=2s");
        key = ingest.newKey("slow", Scope.SUBMIT);
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @Test
    void disconnectsAClientThatTricklesHeaders() {
        assertThat(trickle("GET /v1/tasks HTTP/1.1\r\nHost: x\r\nX-Slow: ")).isEmpty();
    }

    @Test
    void disconnectsAClientThatTricklesARequestLine() {
        assertThat(trickle("GET /v1/")).isEmpty();
    }

    @Test
    void disconnectsAClientThatTricklesABody() {
        String answer = trickle(head("application/json", "Content-Length: 50000") + "{\"style\":\"");
        assertThat(answer).startsWith("HTTP/1.1 408").contains("urn:pawline:problem:request-timeout");
    }

    @Test
    void disconnectsAClientThatTricklesAForm() {
        String answer = trickle(head("multipart/form-data; boundary=x", "Content-Length: 50000")
                + "--x\r\nContent-Disposition: form-data; name=\"style\"\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 408").contains("urn:pawline:problem:request-timeout");
    }

    /** All of the pictures together are larger than the heap. */
    @Test
    void hasNoPictureInMemoryForAClientThatDoesNotReadIt() throws IOException {
        byte[] picture = Arrays.copyOf(TestingPngs.PNG, 8 * 1024 * 1024);
        ImageKey picturesKey = ImageKey.result(TaskId.next(), 1);
        ingest.bean(ImageStore.class).put(picturesKey, picture, "image/png");
        long clients = Runtime.getRuntime().maxMemory() / picture.length + 8;
        String request = "GET %s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(ingest.pathOf(picturesKey));

        List<Socket> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port());
                waiting.add(socket);
                socket.getOutputStream().write(request.getBytes(UTF_8));
            }
            for (Socket socket : waiting) {
                assertThat(new String(socket.getInputStream().readNBytes(15), UTF_8))
                        .isEqualTo("HTTP/1.1 200 OK");
            }
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void servesOtherClientsMeanwhileAndReusesConnections() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> slow.completeAsync(() -> trickle("GET /v1/"), Runnable::run));
        String id = ingest.post("{\"image_url\":\"https://photos.example/1\",\"style\":\"ink\"}")
                .json()
                .get("task_id")
                .asString();
        // The client keeps its connection. The age of the connection must not matter. It only asks: submissions that
        // come as fast as a quiet machine answers them are too many after two seconds.
        while (!slow.isDone()) {
            assertThat(ingest.get("/v1/tasks/" + id).status()).isEqualTo(200);
        }
        assertThat(slow.join()).isEmpty();
    }

    private static String head(String type, String length) {
        return "POST /v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n%s\r\n\r\n"
                .formatted(key, type, length);
    }

    /** Sends a text and then byte after byte, until the server closes the connection; returns what the server sent. */
    private static String trickle(String start) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(start.getBytes(UTF_8));
            CountDownLatch ended = new CountDownLatch(1);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    while (!ended.await(PACE.toMillis(), TimeUnit.MILLISECONDS)) {
                        out.write('a');
                    }
                } catch (IOException | InterruptedException e) {
                    // The server has closed the connection.
                }
            });
            socket.setSoTimeout(Math.toIntExact(LONGEST.toMillis()));
            try {
                return readUntilClosed(socket.getInputStream());
            } finally {
                ended.countDown();
                writer.join();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String readUntilClosed(InputStream in) throws IOException {
        StringBuilder said = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                said.append((char) next);
            }
        } catch (SocketException reset) {
            // Closed while bytes were on their way
        }
        return said.toString();
    }
}
