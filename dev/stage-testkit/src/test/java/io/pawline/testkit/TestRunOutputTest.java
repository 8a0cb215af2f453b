package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestRunOutputTest {

    private static final String FAILURE = """
            [ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 1.3 s <<< FAILURE! -- in a.OneTest
            [ERROR] a.OneTest.holds -- Time elapsed: 0.1 s <<< FAILURE!
            java.lang.AssertionError: expected 1
            \tat a.OneTest.holds(OneTest.java:7)
            Caused by: java.io.IOException: no such file
            """;

    private final Instant start = Instant.now();

    @TempDir
    private Path project;

    @Test
    void keepsEachClassEachModuleAndTheSummary() {
        List<String> kept = List.of(
                "[INFO] Building schemas 0.1.0-SNAPSHOT                                   [2/26]",
                "[INFO] Tests run: 6, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.5 s -- in a.OneTest",
                "[WARNING] Tests run: 2, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.1 s -- in a.TwoTest",
                "[WARNING] Tests run: 8, Failures: 0, Errors: 0, Skipped: 1",
                "[INFO] Reactor Summary for Pawline 0.1.0-SNAPSHOT:",
                "[INFO] schemas ............................................ SUCCESS [ 19.703 s]",
                "[INFO] BUILD SUCCESS",
                "[INFO] Total time:  28:39 min",
                "[INFO] Finished at: 2026-11-29T11:54:32Z");

        assertThat(shown(kept)).isEqualTo(kept);
    }

    @Test
    void dropsWhatPluginsAndLogsPrint() {
        assertThat(shown(List.of(
                        "[INFO] Scanning for projects...",
                        "[INFO] Building jar: schemas/target/schemas.jar",
                        "[INFO] --- surefire:3.5.6:test (default-test) @ schemas ---",
                        "[INFO] Running a.OneTest",
                        "11:54:31.978 [main] INFO org.apache.kafka.common.metrics.Metrics -- Metrics reporters closed",
                        "[main] ERROR not Maven's",
                        "[INFO] ",
                        "[ERROR] ")))
                .isEmpty();
    }

    @Test
    void keepsAFailureWithItsStackTrace() {
        List<String> lines = FAILURE.lines().toList();

        assertThat(shown(lines)).isEqualTo(lines);
        assertThat(shown(Stream.concat(lines.stream(), Stream.of("[INFO] ", "a line of a log"))
                        .toList()))
                .isEqualTo(lines);
    }

    @Test
    void cutsAStackTraceThatDoesNotEnd() {
        List<String> lines = Stream.concat(
                        Stream.of("[ERROR] a.OneTest.holds -- Time elapsed: 0.1 s <<< ERROR!"),
                        IntStream.range(0, 1_000).mapToObj(line -> "\tat a.OneTest.holds(OneTest.java:" + line + ")"))
                .toList();

        assertThat(shown(lines)).hasSize(62).last().asString().contains("target/test.log");
    }

    @Test
    void showsThatDownloadsGoOn() {
        assertThat(shown(IntStream.range(0, 250)
                        .mapToObj(file -> "[INFO] Downloaded from central: https://repo.maven.apache.org/" + file)
                        .toList()))
                .containsExactly("  100 files downloaded", "  200 files downloaded");
    }

    @Test
    void showsWhatTheFailedTestPrintedAndNoOther() throws IOException {
        report("tests/e2e-tests/target/failsafe-reports", """
                <testsuite><testcase name="passes" classname="a.OneIT" time="0.1">
                <system-out><![CDATA[of another test]]></system-out></testcase>
                <testcase name="holds" classname="a.OneIT" time="12.5">
                <failure message="m" type="t"><![CDATA[java.lang.AssertionError: expected 1 & not <2>]]></failure>
                <system-out><![CDATA[%s]]></system-out><system-err><![CDATA[on the other stream]]></system-err>
                </testcase></testsuite>
                """.formatted(String.join(
                "\n",
                IntStream.range(0, 100_000).mapToObj(line -> "line " + line).toList())));

        List<String> lines = failed();

        assertThat(lines.subList(0, 3))
                .containsExactly(
                        "", "FAILED a.OneIT.holds after 12.5 s", "  java.lang.AssertionError: expected 1 & not <2>");
        assertThat(lines.get(3)).endsWith("failsafe-reports/a.OneIT-output.txt has all):");
        assertThat(lines)
                .hasSize(44)
                .contains("    line 99999", "    line 99961")
                .doesNotContain("    line 99960");
        assertThat(lines).last().isEqualTo("    on the other stream");
        assertThat(lines).noneMatch(line -> line.contains("another test"));
    }

    @Test
    void namesTheSeedOfAFailedProperty() throws IOException {
        report("schemas/target/surefire-reports", """
                <testsuite><testcase name="passes" classname="a.OneTest" time="0.1">
                <system-out><![CDATA[of another test]]></system-out></testcase>
                <testcase name="holdsForAll" classname="a.OneTest" time="0.1">
                <error message="m" type="t"><![CDATA[Property [a.OneTest:holdsForAll] failed]]></error>
                <system-out><![CDATA[tries = 7
                seed = -4711 | random seed to reproduce]]></system-out></testcase></testsuite>
                """);

        assertThat(failed()).contains("  seed: -4711").noneMatch(line -> line.contains("another test"));
    }

    @Test
    void namesASeedThatWasPrintedLongBeforeTheFailure() throws IOException {
        report("tests/e2e-tests/target/failsafe-reports", """
                <testsuite><testcase name="storm" classname="a.OneIT" time="0.1"><error message="m" type="t"/>
                <system-out><![CDATA[-Dpawline.test.seed=815
                %s]]></system-out></testcase></testsuite>
                """.formatted("a line of a log\n".repeat(100_000)));

        assertThat(failed()).contains("  seed: 815", "    a line of a log");
    }

    @Test
    void aReportOfAnEarlierRunIsNotShown() throws IOException {
        Path report = report("schemas/target/surefire-reports", """
                <testsuite><testcase name="holds" classname="a.OneTest" time="0.1">
                <failure message="m" type="t"><![CDATA[expected 1]]></failure></testcase></testsuite>
                """);
        assertThat(failed()).isNotEmpty();

        Files.setLastModifiedTime(report, FileTime.from(start.minusSeconds(60)));

        assertThat(failed()).isEmpty();
    }

    @Test
    void aReportThatIsCutShortHidesNoOther() throws IOException {
        report("schemas/target/surefire-reports", "<testsuite><testcase name=");
        report("cli/target/surefire-reports", """
                <testsuite><testcase name="holds" classname="a.OneTest" time="0.1">
                <failure message="m" type="t"><![CDATA[expected 1]]></failure></testcase></testsuite>
                """);

        assertThat(failed()).contains("FAILED a.OneTest.holds after 0.1 s");
    }

    private static List<String> shown(List<String> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TestRunOutput output = new TestRunOutput(new PrintStream(bytes, true, UTF_8));
        lines.forEach(output::take);
        return bytes.toString(UTF_8).lines().toList();
    }

    private List<String> failed() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, UTF_8);
        FailedTests.since(start, project).forEach(failed -> failed.print(out));
        return bytes.toString(UTF_8).lines().toList();
    }

    private Path report(String folder, String xml) throws IOException {
        Path reports = Files.createDirectories(project.resolve(folder));
        return Files.writeString(
                reports.resolve("TEST-" + (folder.startsWith("tests") ? "a.OneIT" : "a.OneTest") + ".xml"), xml);
    }
}
