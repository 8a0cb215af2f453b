package io.pawline.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.taskstore.TestingPostgres;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedSchemaRegistryIT extends SchemaRegistryContract {

    private static TestingPostgres postgres;
    private static SchemaRegistryServer server;

    private final String subject = "embedded-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        server = SchemaRegistryServer.start(postgres.dataSource(), 0);
    }

    @AfterAll
    static void stop() {
        server.close();
        postgres.close();
    }

    @Override
    String url() {
        return server.url();
    }

    @Test
    void answersInConfluentsContentType() {
        assertThat(registry().get("/subjects").contentType()).isEqualTo("application/vnd.schemaregistry.v1+json");
        assertThat(registry().get("/nowhere").contentType()).isEqualTo("application/vnd.schemaregistry.v1+json");
    }

    @Test
    void keepsWhatItWasGivenOverARestart() {
        int id = register(subject, record(""));
        try (SchemaRegistryServer again = SchemaRegistryServer.start(postgres.dataSource(), 0)) {
            assertThat(new RegistryClient(again.url()).get("/schemas/ids/" + id).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void givesOneIdToASchemaThatManyRegisterAtOnce() throws Exception {
        String schema = record("{'name': 'at_once', 'type': 'string'}");
        Set<Integer> ids = new HashSet<>();
        try (SchemaRegistryServer other = SchemaRegistryServer.start(postgres.dataSource(), 0);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            RegistryClient toOther = new RegistryClient(other.url());
            for (Future<Integer> id : threads.invokeAll(IntStream.range(0, 40)
                    .<Callable<Integer>>mapToObj(i -> () -> (i % 2 == 0 ? registry() : toOther)
                            .post("/subjects/" + subject + i % 3 + "/versions", schema)
                            .body()
                            .path("id")
                            .asInt())
                    .toList())) {
                ids.add(id.get());
            }
        }
        assertThat(ids).hasSize(1).allMatch(id -> id > 0);
        assertThat(registry().get("/subjects/" + subject + "0/versions").body()).hasToString("[1]");
    }

    @Test
    void takesSubjectsOfAnyName() {
        register("a%2Fb%20c+d%C3%A4%25", record(""));
        assertThat(registry().get("/subjects").body().valueStream().map(name -> name.asString()))
                .contains("a/b c+dä%");
        assertThat(registry().get("/subjects/a%2Fb%20c+d%C3%A4%25/versions").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%20", "a%00b", "%0A"})
    void refusesASubjectThatIsNoName(String name) {
        assertRefused(registry().post("/subjects/" + name + "/versions", record("")), 422, 42208);
    }

    @Test
    void checksEveryVersionWhenTheLevelIsTransitive() {
        // Each step adds a field or removes it; only the last and the first are incompatible
        String with = record("{'name': 'age', 'type': 'int'}");
        String without = record("");
        String withDefault = record("{'name': 'age', 'type': 'int', 'default': 0}");
        String other = record("{'name': 'age', 'type': 'string', 'default': ''}");
        registry().putLevel("/config/" + subject, "BACKWARD_TRANSITIVE");
        register(subject, with);
        register(subject, withDefault);
        register(subject, without);
        assertRefused(registry().post("/subjects/" + subject + "/versions", other), 409, 409);
        registry().putLevel("/config/" + subject, "BACKWARD");
        register(subject, other);
    }

    @Test
    void saysWhyASchemaIsRefused() {
        register(subject, record(""));
        String incompatible = record("{'name': 'breed', 'type': 'string'}");
        assertThat(registry()
                        .post("/subjects/" + subject + "/versions", incompatible)
                        .message())
                .contains(subject, "READER_FIELD_MISSING_DEFAULT_VALUE", "breed");
        assertThat(registry()
                        .post("/compatibility/subjects/" + subject + "/versions/latest?verbose=true", incompatible)
                        .body()
                        .path("messages")
                        .toString())
                .contains("breed");
    }

    @Test
    void agreesWithAnySchemaForASubjectThatIsNotThereYet() {
        String path = "/compatibility/subjects/" + subject + "/versions/";
        assertThat(registry()
                        .post(path + "latest", record(""))
                        .body()
                        .path("is_compatible")
                        .asBoolean())
                .isTrue();
        assertRefused(registry().post(path + "1", record("")), 404, 40401);
    }

    @Test
    void keepsTheGlobalLevelApartFromTheSubjects() {
        assertRefused(registry().get("/config/" + subject), 404, 40408);
        assertThat(registry()
                        .get("/config/" + subject + "?defaultToGlobal=true")
                        .body())
                .hasToString("{\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(registry().putLevel("/config", "FULL").status()).isEqualTo(200);
        assertThat(registry().get("/config").body()).hasToString("{\"compatibilityLevel\":\"FULL\"}");
        registry().putLevel("/config", "BACKWARD");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    PUT    | /config                   | {"compatibility":"SOMETIMES"}             | 422 | 42203
                    PUT    | /config                   | {}                                        | 422 | 42203
                    PUT    | /config                   | nonsense                                  | 400 | 400
                    PUT    | /config                   | [1]                                       | 400 | 400
                    PUT    | /config                   | ''                                        | 400 | 400
                    POST   | /subjects/bad/versions    | {"schema":7}                              | 422 | 42201
                    POST   | /subjects/bad/versions    | {"schema":""}                             | 422 | 42201
                    POST   | /subjects/bad/versions    | {"schema":"{\\"type\\":"}                 | 422 | 42201
                    POST   | /subjects/bad/versions    | {"schemaType":"JSON","schema":"{}"}       | 422 | 42201
                    POST   | /subjects/bad/versions    | {"schema":"\\"int\\"","references":[{}]}  | 422 | 42201
                    GET    | /subjects/bad/versions/0  | ''                                        | 422 | 42202
                    GET    | /subjects/bad/versions/x  | ''                                        | 422 | 42202
                    GET    | /schemas/ids/x            | ''                                        | 404 | 40403
                    GET    | /schemas/ids/99999999999  | ''                                        | 404 | 40403
                    GET    | /nowhere                  | ''                                        | 404 | 404
                    GET    | /subjects/a/b/c/d         | ''                                        | 404 | 404
                    DELETE | /subjects                 | ''                                        | 405 | 405
                    PATCH  | /config                   | ''                                        | 405 | 405
                    """)
    void refusesBadRequestsInConfluentsWords(String method, String path, String body, int status, int code) {
        assertRefused(registry().send(method, path, body), status, code);
    }

    @Test
    void refusesARequestThatIsTooLong() {
        assertRefused(registry().post("/subjects/long/versions", "x".repeat(2 << 20)), 413, 413);
    }

    @Test
    void saysThatItsDatabaseIsAway() {
        TestingPostgres shortLived = TestingPostgres.own();
        try (SchemaRegistryServer broken = SchemaRegistryServer.start(shortLived.dataSource(), 0)) {
            shortLived.close();
            assertRefused(new RegistryClient(broken.url()).get("/subjects"), 500, 50001);
        }
    }

    @Test
    void saysWhichPortIsTaken() {
        int taken = URI.create(server.url()).getPort();
        assertThatThrownBy(() -> SchemaRegistryServer.start(postgres.dataSource(), taken))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(String.valueOf(taken));
    }
}
