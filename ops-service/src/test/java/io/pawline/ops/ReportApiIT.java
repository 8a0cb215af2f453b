package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.TestingKafka;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asks for reports over HTTP; each answer is checked against the contract. */
class ReportApiIT {

    private static final String BEFORE = "&before_from=2026-11-21T00:00:00Z&before_to=2026-11-22T00:00:00Z";

    private static TestingOps ops;

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(2);
        ops = new TestingOps(TestingDatabase.create());
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
