package io.pawline.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ops.deadletters.DeadLetterIndex;
import io.pawline.ops.deadletters.TestingDeadLetters;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.RawExchange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Checks who may look, who may act, and by what name. */
class OpsAccessIT {

    private static final String DISCARD = """
            {"filter":{"reason":"no_pet"},"why":"walls have no fur"%s}""";

    private static final TestingOps OPS =
            new TestingOps(TestingDatabase.create(), "--pawline.ops.open-access=false", "--pawline.ops.tenant=staff");
    private static final TestingOps READER = OPS.as(OPS.newKey("staff", "reader", Scope.READ));
    private static final TestingOps ANN = OPS.as(OPS.newKey("staff", "ann", Scope.READ, Scope.OPERATE));

    @AfterAll
    static void close() {
        OPS.close();
    }

    /**
     * The operations of every controller are closed, whoever wrote it; the paths that are open say so in the document.
     */
    @Test
    void nothingThatTheDocumentDoesNotOpenIsServedWithoutAKey() {
        for (String operation : TestingOps.CONTRACT.operations()) {
            String[] parts = operation.split(" ", 2);
            String path = parts[1].replace("{id}", "1")
                    .replace("{move}", "pause")
                    .replace("{stage}", "generate")
                    .replace("{provider}", "seedream")
                    .replace("{tenant}", "shop")
                    .replace("{name}", "mine");
            boolean open = TestingOps.CONTRACT
                    .document()
                    .get("paths")
                    .at("/" + parts[1].replace("/", "~1") + "/" + parts[0].toLowerCase(Locale.ROOT))
                    .has("security");
            assertThat(OPS.call(parts[0], path).status() == 401).as(operation).isEqualTo(!open);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/elsewhere", "/v1/dead-letters/", "//v1/dead-letters", "/v1/openapi.json;/../dead-letters"})
    void noDetourIsOpen(String path) {
        assertThat(OPS.call("GET", path).status()).isIn(400, 401, 404);
    }

    /** Spring and Jetty read an address and its headers differently. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/replays/x;;;%%%    |                   | 400 | invalid-request",
                "/console/app.js;%      |                   | 400 | invalid-request",
                "/;%zz                  |                   | 400 | invalid-request",
                "/v1/dead-letters       | Accept: ;;;       | 406 | not-acceptable",
                "/v1/report             | Accept: a/b;q=c   | 406 | not-acceptable",
                "/elsewhere             | Accept: */json    | 406 | not-acceptable",
                "/                      | Accept: image/png | 406 | not-acceptable",
                "/actuator/health/none  |                   | 404 | not-found",
            })
    void saysSoIfAnAddressOrAHeaderCannotBeRead(String path, String header, int status, String problem) {
        String request = "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n"
                .formatted(path, header == null ? "" : header + "\r\n");

        assertThat(RawExchange.send(OPS.port(), request.getBytes(ISO_8859_1)))
                .startsWith("HTTP/1.1 " + status)
                .contains("application/problem+json", "urn:pawline:problem:" + problem, "\"request_id\"");
    }

    /** The answer is there before the body. Whoever keeps the connection sends the next request on it. */
    @Test
    void aConnectionOutlivesARefusalWhoseBodyComesLate() {
        String refused = "POST /v1/dead-letters/discard HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n";
        String next = "GET /actuator/health/liveness HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

        assertThat(RawExchange.sendWithPause(
                        OPS.port(), refused.getBytes(ISO_8859_1), ("{}" + next).getBytes(ISO_8859_1)))
                .startsWith("HTTP/1.1 401")
                .contains("HTTP/1.1 200");
    }

    /** Whoever waits for a word before it sends the body does not send it after a refusal. So the connection ends. */
    @Test
    void aRefusalBeforeTheBodyIsAskedForSaysThatTheConnectionEnds() {
        String refused = """
                POST /v1/dead-letters/discard HTTP/1.1\r
                Host: x\r
                Content-Length: 2\r
                Expect: 100-continue\r
                \r
                """;

        assertThat(RawExchange.send(OPS.port(), refused.getBytes(ISO_8859_1)))
                .startsWith("HTTP/1.1 401")
                .containsIgnoringCase("\r\nConnection: close\r\n");
    }

    @Test
    void whoMayLookMayNotAct() {
        assertThat(READER.get("/v1/dead-letters").status()).isEqualTo(200);
        assertThat(READER.post("/v1/replays/dry-run", """
                {"filter":{"stage":"generate"},"per_second":1}""").status()).isEqualTo(200);

        TestingOps.Answer refused = READER.post("/v1/dead-letters/discard", DISCARD.formatted(""));

        assertThat(READER.post("/v1/controls/stages/generate/pause", "{\"why\":\"just trying\"}")
                        .status())
                .isEqualTo(403);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("detail").asString("")).contains("operate");
        assertThat(OPS.as(OPS.newKey("staff", "robot", Scope.OPERATE))
                        .get("/v1/dead-letters")
                        .status())
                .as("nor the other way round")
                .isEqualTo(403);
    }

    @Test
    void theAuditHasTheNameOfTheKeyWhateverTheBodySays() {
        OPS.bean(DeadLetterIndex.class)
                .add(List.of(TestingDeadLetters.deadLetter(
                        TestingTasks.submission(), "detect", "no_pet", "A wall.", TestingTasks.NOW)));

        assertThat(ANN.post("/v1/dead-letters/discard", DISCARD.formatted("")).status())
                .isEqualTo(200);
        assertThat(ANN.post("/v1/dead-letters/discard", DISCARD.formatted(",\"by\":\"bob\""))
                        .status())
                .isEqualTo(200);

        assertThat(READER.get("/v1/audit").json().path("audit"))
                .extracting((JsonNode action) -> action.path("by").asString("") + " "
                        + action.path("letters").asInt(-1))
                .containsExactly("ann (bob) 0", "ann 1");
    }

    @Test
    void aFrontEndsKeyIsNotTakenThoughItMayReadItsOwnTasks() {
        TestingOps shop = OPS.as(OPS.newKey("shop", "front end", Scope.SUBMIT, Scope.READ, Scope.OPERATE));

        assertThat(shop.get("/v1/dead-letters").status()).isEqualTo(403);
    }

    @Test
    void aRevokedKeyIsRefusedSoon() {
        String key = OPS.newKey("staff", "gone", Scope.READ);
        TestingOps gone = OPS.as(key);
        assertThat(gone.get("/v1/dead-letters").status()).isEqualTo(200);

        new ApiKeys(OPS.bean(TaskDatabase.class)).revoke(ApiKeys.idOf(key).orElseThrow(), Instant.now());

        await().atMost(Duration.ofSeconds(60))
                .until(() -> gone.get("/v1/dead-letters").status() == 401);
        assertThat(OPS.as("pwk_0123").get("/v1/dead-letters").status()).isEqualTo(401);
    }
}
