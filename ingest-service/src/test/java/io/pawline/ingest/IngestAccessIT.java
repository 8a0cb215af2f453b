package io.pawline.ingest;

import static io.pawline.ingest.TestingPngs.PNG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests API keys, scopes and quotas. */
class IngestAccessIT {

    private static final String VALID = "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"}";

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;
    private static TestingIngest anonymous;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(postgres, images);
        anonymous = ingest.as(Optional.empty());
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /v1/tasks",
        "GET,  /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f",
        "GET,  /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f?wait=5s",
        "GET,  /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f/events",
        "POST, /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f/cancel",
        "POST, /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f/callback",
        "GET,  /v1/callbacks?state=undelivered",
        "POST, /v1/callbacks/test",
        "GET,  /v1/webhook-secret",
        "POST, /v1/webhook-secret/rotate",
        "DELETE, /v1/webhook-secret/previous",
        "PUT,  /v1/webhook-secret/shared",
        "DELETE, /v1/webhook-secret/shared",
        "POST, /v1/tasks",
        "POST, /v1/tasks/batch",
        "GET,  /v1/elsewhere",
        "GET,  /v1/images",
        "GET,  /v1/tasks/",
        "GET,  //v1/tasks",
        "GET,  /v1/images;/../tasks",
        "GET,  /",
        "GET,  /error",
    })
    void refusesWhoeverHasNoKey(String method, String path) {
        assertUnauthorized(anonymous.call(method, path), "Bearer realm=\"pawline\"");
    }

    @Test
    void refusesAnUploadWithoutAKeyAndKeepsNothing() throws IOException {
        long before = files();
        assertUnauthorized(
                anonymous.upload(TestingIngest.file("image", PNG), TestingIngest.part("style", "ink")),
                "Bearer realm=\"pawline\"");
        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "pwk_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef",
                "pwk_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef0",
                "pwk_%_%",
            })
    void refusesWhatIsNoKey(String key) {
        assertUnauthorized(
                ingest.as(Optional.of(key)).get("/v1/tasks"), "Bearer realm=\"pawline\", error=\"invalid_token\"");
    }

    @Test
    void refusesAKeyWithAnotherSecret() {
        String key = ingest.newKey("shop", Scope.READ);
        assertThat(ingest.as(Optional.of(key)).get("/v1/tasks").status()).isEqualTo(200);
        String other = key.substring(0, key.length() - 1) + (key.endsWith("0") ? "1" : "0");
        assertUnauthorized(
                ingest.as(Optional.of(other)).get("/v1/tasks"), "Bearer realm=\"pawline\", error=\"invalid_token\"");
    }

    @Test
    void refusesAKeyThatHasExpired() {
        Instant now = Instant.now();
        String key = new ApiKeys(ingest.bean(TaskDatabase.class))
                .create(
                        new ApiKeys.Terms("shop", "old", Set.of(Scope.READ), null, now.minusSeconds(1)),
                        now.minusSeconds(60))
                .secret();
        assertUnauthorized(
                ingest.as(Optional.of(key)).get("/v1/tasks"), "Bearer realm=\"pawline\", error=\"invalid_token\"");
    }

    @Test
    void refusesARevokedKeyWithinSecondsDespiteConstantUse() {
        ApiKeys keys = new ApiKeys(ingest.bean(TaskDatabase.class));
        String key = ingest.newKey("shop", Scope.READ);
        TestingIngest shop = ingest.as(Optional.of(key));
        assertThat(shop.get("/v1/tasks").status()).isEqualTo(200);
        String id = ApiKeys.idOf(key).orElseThrow();
        assertThat(keys.find(id).orElseThrow().key().lastUsedAt()).isNotNull();
        keys.revoke(id, Instant.now());
        await().pollInterval(Duration.ofMillis(100))
                .until(() -> shop.get("/v1/tasks").status() == 401);
        assertThat(shop.get("/v1/tasks").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "READ,    POST, /v1/tasks/batch,                                                submit",
        "READ,    POST, /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f/cancel,         submit",
        "SUBMIT,  GET,  /v1/tasks,                                                      read",
        "SUBMIT,  GET,  /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f,                read",
        "SUBMIT,  GET,  /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f?wait=5s,        read",
        "SUBMIT,  GET,  /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f/events,         read",
        "OPERATE, GET,  /v1/tasks,                                                      read",
        "SUBMIT,  GET,  /v1/callbacks?state=undelivered,                                read",
        "READ,    POST, /v1/tasks/0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f/callback,       submit",
        "READ,    GET,  /v1/webhook-secret,                                             webhook",
        "SUBMIT,  POST, /v1/callbacks/test,                                             webhook",
        "OPERATE, GET,  /v1/webhook-secret,                                             webhook",
        "SUBMIT,  POST, /v1/webhook-secret/rotate,                                      webhook",
        "SUBMIT,  DELETE, /v1/webhook-secret/previous,                                  webhook",
        "OPERATE, PUT,  /v1/webhook-secret/shared,                                      webhook",
        "OPERATE, DELETE, /v1/webhook-secret/shared,                                    webhook",
        "WEBHOOK, GET,  /v1/tasks,                                                      read",
    })
    void refusesWhatTheKeyDoesNotAllow(Scope scope, String method, String path, String needed) {
        TestingIngest client = ingest.as(Optional.of(ingest.newKey("shop", scope)));
        Answer answer = path.endsWith("/batch") ? client.postBatch("{}", "k") : client.call(method, path);
        assertForbidden(answer, needed);
    }

    @Test
    void refusesASubmissionThatTheKeyDoesNotAllow() {
        TestingIngest reader = ingest.as(Optional.of(ingest.newKey("reader", Scope.READ)));
        assertForbidden(reader.post(VALID), "submit");
        assertForbidden(reader.upload(TestingIngest.file("image", PNG), TestingIngest.part("style", "ink")), "submit");
        assertThat(reader.get("/v1/tasks").json().get("tasks")).isEmpty();
    }

    @Test
    void showsATenantItsOwnTasksOnly() {
        TestingIngest shop = ingest.as(Optional.of(ingest.newKey("shop-1", Scope.SUBMIT, Scope.READ)));
        TestingIngest other = ingest.as(Optional.of(ingest.newKey("shop-2", Scope.SUBMIT, Scope.READ)));
        String id = shop.post(VALID).json().get("task_id").asString();
        assertThat(shop.get("/v1/tasks/" + id).status()).isEqualTo(200);
        assertThat(ids(shop)).containsExactly(id);
        assertThat(ids(other)).isEmpty();
        for (String path : List.of("", "?wait=5s", "/events")) {
            assertThat(other.get("/v1/tasks/" + id + path).status()).as(path).isEqualTo(404);
        }
        assertThat(other.call("POST", "/v1/tasks/" + id + "/cancel").status()).isEqualTo(404);
        assertThat(shop.get("/v1/tasks/" + id).json().get("state").asString()).isEqualTo("processing");
    }

    @Test
    void keepsTheIdempotencyKeysOfTenantsApart() {
        TestingIngest shop = ingest.as(Optional.of(ingest.newKey("shop-3", Scope.SUBMIT)));
        TestingIngest other = ingest.as(Optional.of(ingest.newKey("shop-4", Scope.SUBMIT)));
        String first = shop.post(VALID, "order-1").json().get("task_id").asString();
        assertThat(shop.post(VALID, "order-1").json().get("task_id").asString()).isEqualTo(first);
        assertThat(other.post(VALID, "order-1").json().get("task_id").asString())
                .isNotEqualTo(first);
    }

    @Test
    void takesNoTenantFromABody() {
        Answer answer = ingest.post(
                "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\",\"tenant\":\"shop-1\"}");
        assertThat(answer.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/actuator/prometheus",
            })
    void answersProbesToEverybody(String path) {
        assertThat(anonymous.get(path).status()).isEqualTo(200);
    }

    @Test
    void servesResultsByTheirAddressAndPhotosNever() {
        TaskId task = TaskId.next();
        ImageStore store = ingest.bean(ImageStore.class);
        store.put(ImageKey.result(task, 1), PNG, "image/png");
        store.put(ImageKey.photo(task), PNG, "image/png");
        assertThat(anonymous.get(ingest.pathOf(ImageKey.result(task, 1))).status())
                .isEqualTo(200);
        assertThat(anonymous.get(ingest.pathOf(ImageKey.photo(task))).status()).isEqualTo(404);
        assertThat(ingest.get(ingest.pathOf(ImageKey.photo(task))).status()).isEqualTo(404);
    }

    @Test
    void servesNothingAtAnAddressThatPawlineHasNotMade() {
        TaskId task = TaskId.next();
        ImageStore store = ingest.bean(ImageStore.class);
        store.put(ImageKey.result(task, 1), PNG, "image/png");
        store.put(ImageKey.result(task, 2), PNG, "image/png");
        String made = ingest.pathOf(ImageKey.result(task, 1));
        String query = made.substring(made.indexOf('?'));
        for (String other : List.of(
                "/v1/images/" + ImageKey.result(task, 1),
                "/v1/images/" + ImageKey.result(task, 2) + query,
                made.replace("expires=", "expires=1"),
                made.replace("expires=", "expires=0"),
                made.replace("expires=", "expires=-"),
                made.replaceAll("&.*", ""),
                made.replaceAll("signature=.*", "signature="),
                made.replaceAll("expires=[0-9]*&", ""))) {
            Answer answer = anonymous.get(other);
            assertThat(answer.status()).as(other).isEqualTo(404);
            assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:image-not-found");
        }
    }

    @Test
    void servesNothingAtAnAddressThatHasExpired() throws Exception {
        try (TestingIngest own = new TestingIngest(postgres, images, "--pawline.image-store.url-expiry=1s")) {
            ImageKey key = ImageKey.result(TaskId.next(), 1);
            own.bean(ImageStore.class).put(key, PNG, "image/png");
            String path = own.pathOf(key);
            await().until(() -> own.get(path).status() == 410);
            assertThat(own.get(path).json().get("type").asString())
                    .isEqualTo("urn:pawline:problem:image-address-expired");
        }
    }

    @Test
    void hasNoRouteToImagesThatAreInABucket() {
        try (TestingIngest own = new TestingIngest(
                postgres,
                images,
                "--pawline.image-store.kind=s3",
                "--pawline.image-store.s3.bucket=pets",
                "--pawline.image-store.s3.endpoint=http://127.0.0.1:1",
                "--pawline.image-store.s3.access-key=key",
                "--pawline.image-store.s3.secret-key=secret")) {
            Answer answer = own.as(Optional.empty()).get("/v1/images/" + ImageKey.result(TaskId.next(), 1));
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:not-found");
        }
    }

    @Test
    void countsAcceptedTasksAgainstTheKeysOwnQuota() {
        TestingIngest shop = ingest.as(Optional.of(keyWithQuota("quota-1", 5)));
        for (int i = 0; i < 20; i++) {
            assertThat(shop.post("{}").status()).isEqualTo(400);
        }
        Answer first = shop.post(VALID, "order-0");
        assertThat(first.header("ratelimit-policy")).isEqualTo("\"tasks\";q=5;w=60");
        assertThat(first.header("ratelimit")).matches("\"tasks\";r=4;t=(1[0-2]|[0-9])");
        for (int i = 0; i < 20; i++) {
            assertThat(shop.post(VALID, "order-0").status()).isEqualTo(202);
        }
        assertThat(submitUntilRefused(shop)).isBetween(4, 20);

        Answer refused = refused(shop);
        assertThat(refused.json().get("type").asString()).isEqualTo("urn:pawline:problem:quota-exceeded");
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 12);
        assertThat(refused.header("ratelimit")).isEqualTo("\"tasks\";r=0;t=60");
        assertThat(shop.get("/v1/tasks").status()).isEqualTo(200);

        TestingIngest sibling = ingest.as(Optional.of(keyWithQuota("quota-1", 5)));
        assertThat(sibling.post(VALID, "order-s").status()).isEqualTo(202);
    }

    @Test
    void foldsARequestOfAClientThatHasHadItsQuota() {
        TestingIngest shop = ingest.as(Optional.of(keyWithQuota("quota-4", 2)));
        String another = VALID.replace("cat.jpg", "another-cat.jpg");
        String running = shop.post(another).json().get("task_id").asString();
        submitUntilRefused(shop);
        refused(shop);

        Answer folded = shop.post(another);

        assertThat(folded.status()).isEqualTo(202);
        assertThat(folded.json().get("collapsed").asBoolean()).isTrue();
        assertThat(folded.json().get("task_id").asString()).isEqualTo(running);
    }

    @Test
    void acceptsAgainAfterTheTimeOfRetryAfter() {
        TestingIngest shop = ingest.as(Optional.of(keyWithQuota("quota-2", 60)));
        submitUntilRefused(shop);
        Duration wait = Duration.ofSeconds(Integer.parseInt(refused(shop).header("retry-after")));
        await().pollDelay(wait)
                .atMost(wait.plusSeconds(20))
                .until(() -> post(shop).status() == 202);
    }

    @Test
    void countsEachTaskOfABatch() {
        TestingIngest shop = ingest.as(Optional.of(keyWithQuota("quota-3", 3)));
        String batch = IntStream.range(0, 30)
                .mapToObj(i -> "{\"image_url\":\"https://photos.example/%d\",\"style\":\"ink\"}".formatted(i))
                .collect(Collectors.joining(",", "{\"tasks\":[", "]}"));
        Answer answer = shop.postBatch(batch, "batch");
        JsonNode results = answer.json().get("results");
        assertThat(results.get(0).get("status").asInt()).isEqualTo(202);
        assertThat(results.get(29).get("status").asInt()).isEqualTo(429);
        assertThat(results.get(29).at("/problem/type").asString()).isEqualTo("urn:pawline:problem:quota-exceeded");
        assertThat(results.get(29).at("/problem/retry_after").asInt()).isBetween(1, 20);
        assertThat(answer.header("ratelimit-policy")).isEqualTo("\"tasks\";q=3;w=60");
        assertThat(ids(shop).size()).isBetween(3, 10);
    }

    @Test
    void needsNoKeyOnlyIfTheSettingsSaySo() {
        try (TestingIngest own = new TestingIngest(postgres, images, "--pawline.ingest.access.open=true")) {
            TestingIngest anybody = own.as(Optional.empty());
            Answer answer = anybody.post(VALID, UUID.randomUUID().toString());
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.headers()).doesNotContainKey("ratelimit");
            assertThat(anybody.get("/v1/tasks/" + answer.json().get("task_id").asString())
                            .status())
                    .isEqualTo(200);
        }
    }

    private static long files() throws IOException {
        try (Stream<Path> all = Files.walk(images)) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    private static String keyWithQuota(String tenant, int tasksPerMinute) {
        return ingest.newKey(new ApiKeys.Terms(tenant, "test", Set.of(Scope.SUBMIT, Scope.READ), tasksPerMinute, null));
    }

    private static Answer post(TestingIngest client) {
        return client.post(VALID, UUID.randomUUID().toString());
    }

    /** The number of accepted tasks. */
    private static int submitUntilRefused(TestingIngest client) {
        for (int accepted = 0; accepted < 1_000; accepted++) {
            if (post(client).status() != 202) {
                return accepted;
            }
        }
        throw new AssertionError("never refused");
    }

    private static Answer refused(TestingIngest client) {
        return IntStream.range(0, 100)
                .mapToObj(_ -> post(client))
                .filter(answer -> answer.status() == 429)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> ids(TestingIngest client) {
        return client.get("/v1/tasks?limit=100").json().get("tasks").findValuesAsString("task_id");
    }

    private static void assertUnauthorized(Answer answer, String challenge) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:unauthorized");
        assertThat(answer.header("www-authenticate")).isEqualTo(challenge);
    }

    private static void assertForbidden(Answer answer, String needed) {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().get("type").asString()).isEqualTo("urn:pawline:problem:forbidden");
        assertThat(answer.header("www-authenticate"))
                .isEqualTo("Bearer realm=\"pawline\", error=\"insufficient_scope\", scope=\"%s\"".formatted(needed));
    }
}
