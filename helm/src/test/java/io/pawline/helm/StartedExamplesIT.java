package io.pawline.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.pawline.cli.TopicSetup;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.kafka.PrivateAuthority;
import io.pawline.kafka.SecuredKafka;
import io.pawline.local.LocalStack;
import io.pawline.registry.SchemaRegistryServer;
import io.pawline.registry.SecuredRegistry;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Starts every example: the rendered jobs and deployments run as processes, with exactly the environment, files,
 * arguments and memory that the chart gives them, against real servers. These are secured as the example says: Kafka
 * with TLS, SCRAM and the rights of the rendered users, PostgreSQL with {@code verify-full}, the registry with TLS and a
 * login.
 */
class StartedExamplesIT {

    private static final String BUCKET = "pawline";
    private static final String STORE_USER = "the-access-key";
    private static final String STORE_SECRET = "the-secret-key";
    private static final String REGISTRY_LOGIN = "pawline:registry-secret";
    private static final String MASTER_SECRET = "cGF3bGluZS1zdGFydGVkLWV4YW1wbGVzLW1hc3RlciE=";

    /** Of those examples that bring no simulator. */
    private static final int SIMULATOR_PORT = TestingNode.freePort();

    private static final String SIMULATOR = "http://127.0.0.1:" + SIMULATOR_PORT;

    @TempDir
    private static Path folder;

    private static PrivateAuthority authority;
    private static TestingPostgres database;
    private static SchemaRegistryServer plainRegistry;
    private static SecuredRegistry securedRegistry;
    private static S3Proxy images;
    private static HttpServer pictures;

    @BeforeAll
    static void startServers() throws Exception {
        authority = PrivateAuthority.in(folder);
        database = TestingPostgres.own(Map.of(
                "ssl",
                "on",
                "ssl_cert_file",
                authority.certificate().toString(),
                "ssl_key_file",
                authority.privateKey().toString(),
                "max_connections",
                "200"));
        plainRegistry = SchemaRegistryServer.start(database.dataSource(), 0);
        securedRegistry = new SecuredRegistry(plainRegistry.url(), authority.server(), REGISTRY_LOGIN);
        TransientNio2BlobStore blobs = new TransientNio2BlobStore();
        blobs.createContainer(BUCKET);
        images = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, STORE_USER, STORE_SECRET)
                .build();
        images.start();
        pictures = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ImageStore store = ImageStores.open(imageStore());
        pictures.createContext("/", exchange -> show(store, exchange));
        pictures.start();
    }

    @AfterAll
    static void stopServers() throws Exception {
        pictures.stop(0);
        images.stop();
        securedRegistry.close();
        plainRegistry.close();
        database.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "laptop"})
    void anExampleWithoutTlsStartsAndAPhotoGoesThrough(String example) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(kafkaFolder(example), 0, Map.of())) {
            List<HasMetadata> objects =
                    rendered(example, Map.of(), kafka.bootstrapServers(), plainRegistry.url(), databaseUrl(example));
            if (example.equals("minimal")) {
                // Its topics are the operator's affair
                TopicSetup.create(Map.of("bootstrap.servers", kafka.bootstrapServers()), 12, (short) 1);
            }
            run(example, objects, secrets(), databaseUrl(example));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "incident-proof"})
    void anExampleWithTlsAndUsersStartsAndAPhotoGoesThrough(String example) throws Exception {
        try (SecuredKafka kafka = SecuredKafka.start(kafkaFolder(example), authority)) {
            String url = databaseUrl(example) + "?sslmode=verify-full";
            List<HasMetadata> objects = rendered(
                    example,
                    Map.of(
                            "schemaRegistry.existingSecret",
                            "pawline-registry",
                            "managementPort",
                            9090,
                            "monitoring.histograms",
                            true),
                    kafka.bootstrapServers(),
                    securedRegistry.url(),
                    url);
            assertThat(custom("KafkaTopic", objects)).isNotEmpty();
            StrimziOperator.makeTopics(kafka.admin(), custom("KafkaTopic", objects));
            Map<String, Map<String, String>> secrets = new HashMap<>(secrets());
            secrets.putAll(StrimziOperator.makeUsers(kafka, custom("KafkaUser", objects)));
            run(example, objects, secrets, url + "&sslrootcert=" + authority.certificate());
        }
    }

    /** What the chart renders for an example if the servers are those of this test. */
    private static List<HasMetadata> rendered(
            String example, Map<String, Object> own, String kafka, String registry, String database) {
        Map<String, Object> addresses = new HashMap<>(own);
        addresses.put("kafka.bootstrapServers", kafka);
        addresses.put("schemaRegistry.url", registry);
        addresses.put("database.url", database);
        addresses.put("imageStore.endpoint", "http://127.0.0.1:" + images.getPort());
        addresses.put("imageStore.pathStyle", true);
        if (example.equals("incident-proof")) {
            addresses.put(
                    "imageStore.publicBaseUrl",
                    "http://127.0.0.1:" + pictures.getAddress().getPort());
        }
        if (!example.equals("laptop")) {
            addresses.put("ark.baseUrl", SIMULATOR + "/api/v3");
            addresses.put("visual.baseUrl", SIMULATOR);
            // Photos, pictures and receivers are on this machine
            addresses.put("settings.pawline.outbound.allow[0]", "127.0.0.1");
        }
        return TestingChart.parse(TestingChart.render(Path.of("examples", example + ".yaml"), addresses));
    }

    private static void run(
            String example, List<HasMetadata> objects, Map<String, Map<String, String>> secrets, String databaseUrl)
            throws Exception {
        database.execute("create database " + databaseOf(example));
        Map<String, String> identity = Map.of("AWS_ACCESS_KEY_ID", STORE_USER, "AWS_SECRET_ACCESS_KEY", STORE_SECRET);
        Path files = Files.createDirectories(folder.resolve(example));
        try (TestingNode node = new TestingNode(files, objects, secrets, identity)) {
            Job setup = all(Job.class, objects).findFirst().orElseThrow();
            node.run("setup", setup.getSpec().getTemplate().getSpec());
            String key = node.command(
                            "keys",
                            Map.of(
                                    "PAWLINE_DATABASE_URL", databaseUrl,
                                    "PAWLINE_DATABASE_USERNAME", "postgres",
                                    "PAWLINE_DATABASE_PASSWORD", "postgres"),
                            "keys",
                            "create",
                            "--tenant=shop",
                            "--name=first")
                    .lines()
                    .reduce("", (_, last) -> last)
                    .strip();
            secrets.put("pawline-check", Map.of("api-key", key));
            if (!example.equals("laptop")) {
                startSimulator(node, secrets);
            }
            node.startDeployments();
            node.awaitReady();
            sendAPhoto(node, objects, key);
            if (apart(objects)) {
                assertMetricsAreApart(node);
            }
        }
    }

    private static boolean apart(List<HasMetadata> objects) {
        return all(Service.class, objects)
                .anyMatch(service -> service.getSpec().getPorts().size() > 1);
    }

    private static void assertMetricsAreApart(TestingNode node) throws IOException, InterruptedException {
        for (Component component : Component.values()) {
            String deployment = TestingChart.RELEASE + "-pawline-" + component.code();
            String metrics =
                    node.get(deployment, "management", "/actuator/prometheus").body();
            assertThat(metrics)
                    .as(deployment)
                    .containsPattern("pawline_certificate_expires_seconds\\{of=\"kafka_ca\",.*} [0-9]");
            assertThat(metrics.contains("pawline_stage_time_seconds_bucket{"))
                    .as(deployment)
                    .isEqualTo(component.isStage());
            assertThat(node.get(deployment, "http", "/actuator/prometheus").statusCode())
                    .as(deployment)
                    .isNotEqualTo(200);
        }
    }

    private static void startSimulator(TestingNode node, Map<String, Map<String, String>> secrets) throws IOException {
        node.startCommand(
                "simulator",
                Map.of(
                        "PAWLINE_ARK_APIKEY", secret(secrets, "pawline-ark", "api-key"),
                        "PAWLINE_MATTING_ACCESSKEY", secret(secrets, "pawline-visual", "access-key"),
                        "PAWLINE_MATTING_SECRETKEY", secret(secrets, "pawline-visual", "secret-key"),
                        "PAWLINE_CALLBACK_SECRETS", secret(secrets, "pawline-webhook", "secret")),
                "simulator",
                "--port=" + SIMULATOR_PORT,
                "--profile=instant");
    }

    private static String secret(Map<String, Map<String, String>> secrets, String name, String key) {
        return Objects.requireNonNull(Objects.requireNonNull(secrets.get(name)).get(key));
    }

    /** By the pod of {@code helm test}, or, if the example has none, by what that pod runs. */
    private static void sendAPhoto(TestingNode node, List<HasMetadata> objects, String key) throws Exception {
        var smoke = all(Pod.class, objects).findFirst();
        String said = smoke.isPresent()
                ? node.run("smoke", smoke.get().getSpec())
                : node.command(
                        "smoke",
                        Map.of("PAWLINE_API_KEY", key),
                        "smoke",
                        "--ingest=" + node.address("http://" + TestingChart.RELEASE + "-pawline-ingest"),
                        "--simulator=" + SIMULATOR);

        assertThat(said).contains("called back: success");
    }

    private static Map<String, Map<String, String>> secrets() throws IOException {
        String certificate = Files.readString(authority.certificate());
        return new HashMap<>(Map.of(
                "pawline-database", Map.of("username", "postgres", "password", "postgres"),
                "pawline-images", Map.of("access-key", STORE_USER, "secret-key", STORE_SECRET),
                "pawline-ark", Map.of("api-key", "the-ark-key"),
                "pawline-visual", Map.of("access-key", "AKLTSIMULATOR", "secret-key", "the-visual-secret"),
                "pawline-webhook", Map.of("master-secret", MASTER_SECRET, "secret", LocalStack.WEBHOOK_SECRET),
                "pawline-registry", Map.of("user-info", REGISTRY_LOGIN),
                "main-cluster-ca-cert", Map.of("ca.crt", certificate),
                "schema-registry-ca", Map.of("ca.crt", certificate),
                "postgres-ca", Map.of("ca.crt", certificate)));
    }

    private static <T extends HasMetadata> Stream<T> all(Class<T> kind, List<HasMetadata> objects) {
        return objects.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static List<GenericKubernetesResource> custom(String kind, List<HasMetadata> objects) {
        return all(GenericKubernetesResource.class, objects)
                .filter(object -> object.getKind().equals(kind))
                .toList();
    }

    private static ImageStoreProperties imageStore() {
        return new ImageStoreProperties(
                ImageStoreProperties.Kind.S3,
                null,
                null,
                new ImageStoreProperties.S3(
                        URI.create("http://127.0.0.1:" + images.getPort()),
                        null,
                        "us-east-1",
                        BUCKET,
                        STORE_USER,
                        STORE_SECRET,
                        true,
                        Duration.ofHours(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(15)));
    }

    /** The public address of the bucket. */
    private static void show(ImageStore store, HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] image = store.get(
                            new ImageKey(exchange.getRequestURI().getPath().substring(1)))
                    .orElseThrow(() -> new IOException("no image is at " + exchange.getRequestURI()));
            exchange.getResponseHeaders().set("Content-Type", "image/png");
            exchange.sendResponseHeaders(200, image.length);
            exchange.getResponseBody().write(image);
        }
    }

    private static String databaseOf(String example) {
        return example.replace('-', '_');
    }

    private static String databaseUrl(String example) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(database.port(), databaseOf(example));
    }

    private static Path kafkaFolder(String example) {
        return folder.resolve("kafka-" + example);
    }
}
