package io.pawline.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.TestingKafka;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks for reports over HTTP; each answer is checked against the contract. */
class ReportApiIT {

    private static final String BEFORE = "&before_from=2026-11-21T00:00:00Z&before_to=2026-11-22T00:00:00Z";

    private static final String DEPLOYMENT = "0.2.0, values 1a2b3c4d";

    private static TestingOps ops;

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(2);
        ops = new TestingOps(TestingDatabase.create(), "--pawline.ops.audit.deployment=" + DEPLOYMENT);
    }

    @AfterAll
    static void close() {
        ops.close();
    }

    @ParameterizedTest
    @CsvSource({
        "json, application/json",
        "md, text/markdown",
        "html, text/html",
        "page, application/json",
        "zip, application/zip"
    })
    void everyFormatIsAsTheContractSaysAlsoBesideAnotherPeriod(String format, String type) {
        TestingOps.Answer alone = ops.get("/v1/report?tenant=shop&format=" + format);
        TestingOps.Answer beside = ops.get("/v1/report?format=" + format + BEFORE);

        assertThat(alone.status()).isEqualTo(200);
        assertThat(alone.contentType()).startsWith(type);
        assertThat(beside.status()).isEqualTo(200);
        assertThat(beside.bytes().length).as("it has both").isGreaterThan(alone.bytes().length);
    }

    @Test
    void aDeploymentIsAmongTheChangesOfItsDay() {
        JsonNode change = ops.get("/v1/report?format=json").json().at("/changes/0");

        assertThat(change.at("/action").asString()).isEqualTo("deploy");
        assertThat(change.at("/why").asString()).isEqualTo(DEPLOYMENT);
        assertThat(ops.get("/v1/audit").json().at("/audit/0/why").asString()).isEqualTo(DEPLOYMENT);
        assertThat(ops.get("/v1/report?format=md&lang=zh").body()).contains("| 部署 | pawline | chart | " + DEPLOYMENT);
    }

    @Test
    void aStreamHasTheReportThatTheRequestHas() {
        String query = "from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z&exact=true&format=md&lang=zh";

        TestingOps.Answer stream = ops.get("/v1/report/stream?" + query);

        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.contentType()).startsWith("text/event-stream");
        List<String> lines = stream.body().lines().toList();
        assertThat(lines).contains("event: report");
        JsonNode report = JsonMapper.shared()
                .readTree(lines.get(lines.indexOf("event: report") + 1).substring("data: ".length()));
        assertThat(report.path("type").asString("")).startsWith("text/markdown");
        String text =
                new String(Base64.getDecoder().decode(report.path("base64").asString("")), UTF_8);
        assertThat(text).contains("精确统计").startsWith("# ");
        assertThat(withoutTime(text))
                .isEqualTo(withoutTime(ops.get("/v1/report?" + query).body()));
    }

    /** It says when it was put together. */
    private static String withoutTime(String report) {
        return report.replaceAll("生成时间：[^。]+", "");
    }

    @Test
    void aStreamOfNoPeriodIsRefusedAsTheRequestIs() {
        TestingOps.Answer refused = ops.get("/v1/report/stream?exact=perhaps");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.contentType()).startsWith("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({
        "before_from=2026-11-21T00:00:00Z",
        "before_from=2026-11-22T00:00:00Z&before_to=2026-11-21T00:00:00Z",
        "before_from=2026-01-21T00:00:00Z&before_to=2026-11-21T00:00:00Z",
        "format=pdf"
    })
    void aPeriodThatIsNoneIsRefused(String query) {
        assertThat(ops.get("/v1/report?" + query).status()).isEqualTo(400);
    }
}
