package io.pawline.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the store against S3Proxy, a server of the S3 protocol that checks every signature. */
class S3ImageStoreIT extends ImageStoreContract {

    private static final String BUCKET = "pets";
    private static final String SECRET = "the-secret-key";

    private static S3Proxy server;
    private static URI endpoint;

    private S3ImageStore store;

    @BeforeAll
    static void startServer() throws Exception {
        TransientNio2BlobStore blobs = new TransientNio2BlobStore();
        blobs.createContainer(BUCKET);
        server = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, "the-access-key", SECRET)
                .build();
        server.start();
        endpoint = URI.create("http://127.0.0.1:" + server.getPort());
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.stop();
    }

    @BeforeEach
    void open() {
        store = open(settings(endpoint, SECRET, BUCKET), null);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected ManagedImageStore store() {
        return store;
    }

    @Test
    void signsAnAddressThatAnybodyCanReadTheImageFrom() throws Exception {
        store.put(key, "an image".getBytes(UTF_8), "image/png");

        HttpResponse<String> answer = fetch(store.urlOf(key));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("an image");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
    }

    @Test
    void showsNothingWithoutTheSignature() throws Exception {
        store.put(key, "an image".getBytes(UTF_8), "image/png");
        URI signed = store.urlOf(key);

        assertThat(fetch(endpoint.resolve(signed.getRawPath())).statusCode()).isEqualTo(403);
    }

    @Test
    void readsIntoOneArrayAndWritesWithoutACopy() {
        byte[] image = new byte[16 * 1024 * 1024];
        new Random(1).nextBytes(image);

        long written = allocatedBy(() -> store.put(key, image, "image/png"));
        long read = allocatedBy(() -> assertThat(store.get(key))
                .hasValueSatisfying(
                        bytes -> assertThat(Arrays.equals(bytes, image)).isTrue()));

        assertThat(written).as("bytes allocated by the write").isLessThan(image.length / 2);
        assertThat(read).as("bytes allocated by the read").isLessThan(image.length * 3 / 2);
    }

    private static long allocatedBy(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void anybodyMaySendTheImageThatAnAddressIsSignedFor() throws Exception {
        ImageKey upload = ImageKey.incoming(UUID.randomUUID());
        Instant before = Instant.now();
        UploadAddress address = store.uploadAddress(upload, "image/png", 8, Duration.ofMinutes(15));
        assertThat(address.headers()).containsExactly(Map.entry("Content-Type", "image/png"));
        assertThat(address.expiresAt()).isBetween(before.plusSeconds(890), before.plusSeconds(960));

        assertThat(send(address.url(), "image/png", "an imag")).isEqualTo(403);
        assertThat(send(address.url(), "image/png", "an image and more")).isEqualTo(403);
        assertThat(send(address.url(), "image/gif", "an image")).isEqualTo(403);
        assertThat(store.size(upload)).isEmpty();
        assertThat(send(address.url(), "image/png", "an image")).isEqualTo(200);

        assertThat(store.get(upload)).contains("an image".getBytes(UTF_8));
        assertThat(store.keys(ImageKey.beforeIncoming(), 10).keys()).contains(upload);
        assertThat(send(
                        store.uploadAddress(upload, "image/png", 8, Duration.ofSeconds(1))
                                .url()
                                .resolve("?X-Amz-Signature=none"),
                        "image/png",
                        "an image"))
                .isEqualTo(403);
    }

    private static int send(URI url, String type, String image) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(url)
                    .header("Content-Type", type)
                    .PUT(HttpRequest.BodyPublishers.ofString(image))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    @Test
    void signsForTheTimeAsked() {
        Instant before = Instant.now();
        ImageAddress address = store.addressOf(key);
        assertThat(address.url()).hasParameter("X-Amz-Expires", "3600");
        assertThat(address.expiresAt()).isBetween(before.plusSeconds(3590), before.plusSeconds(3660));
    }

    @Test
    void signsForTheAddressThatTheStoreHasFromOutside() {
        ImageStoreProperties.S3 settings = new ImageStoreProperties.S3(
                endpoint,
                URI.create("https://images.example"),
                "us-east-1",
                BUCKET,
                "the-access-key",
                SECRET,
                true,
                Duration.ofHours(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5));

        try (S3ImageStore outside = open(settings, null)) {
            assertThat(outside.urlOf(key))
                    .hasScheme("https")
                    .hasHost("images.example")
                    .hasPath("/pets/" + key);
        }
    }

    @Test
    void namesThePublicAddressWhenThereIsOne() {
        try (S3ImageStore open = open(settings(endpoint, SECRET, BUCKET), URI.create("https://cdn.example/pets/"))) {
            assertThat(open.addressOf(key))
                    .isEqualTo(new ImageAddress(URI.create("https://cdn.example/pets/" + key), null));
        }
    }

    @Test
    void saysThatItIsLostWhenTheServerIsDown() {
        try (S3ImageStore down = open(settings(URI.create("http://127.0.0.1:1"), SECRET, BUCKET), null)) {
            assertLost(down);
        }
    }

    @Test
    void saysThatItIsLostWhenTheSecretIsWrong() {
        try (S3ImageStore refused = open(settings(endpoint, "wrong", BUCKET), null)) {
            assertLost(refused);
        }
    }

    @Test
    void saysThatItIsLostWhenThereIsNoSuchBucket() {
        try (S3ImageStore nowhere = open(settings(endpoint, SECRET, "cats"), null)) {
            assertLost(nowhere);
        }
    }

    @Test
    void aProbeIsWrittenReadAndDeleted() {
        assertThat(ImageStoreProbe.run(properties(settings(endpoint, SECRET, BUCKET))))
                .isEqualTo(new ImageStoreProbe.Result.Gone());
        assertThatThrownBy(() -> ImageStoreProbe.run(properties(settings(endpoint, SECRET, "cats"))))
                .isInstanceOf(ImageStoreException.class)
                .hasMessageContaining("could not be written to bucket cats");
    }

    private static ImageStoreProperties properties(ImageStoreProperties.S3 s3) {
        return new ImageStoreProperties(ImageStoreProperties.Kind.S3, null, null, s3);
    }

    private void assertLost(ImageStore lost) {
        assertThatThrownBy(() -> lost.put(key, new byte[] {1}, "image/png"))
                .isInstanceOf(ImageStoreException.class)
                .hasMessageContaining(key.value());
        assertThatThrownBy(() -> lost.get(key))
                .isInstanceOf(ImageStoreException.class)
                .hasMessageContaining(key.value());
    }

    private static S3ImageStore open(ImageStoreProperties.S3 settings, @Nullable URI publicBaseUrl) {
        return new S3ImageStore(settings, publicBaseUrl);
    }

    private static ImageStoreProperties.S3 settings(URI endpoint, String secret, String bucket) {
        return new ImageStoreProperties.S3(
                endpoint,
                null,
                "us-east-1",
                bucket,
                "the-access-key",
                secret,
                true,
                Duration.ofHours(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5));
    }

    private static HttpResponse<String> fetch(URI url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
