package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Shortens what Maven prints while it runs tests, and says at the end which tests failed and what they had printed. The
 * launcher runs this class from its source, before anything is built. So it needs the JDK alone. For one thread.
 */
public final class TestRunOutput {

    private static final Pattern SHOWN = Pattern.compile("\\[ERROR] .*\\S.*"
            + "|\\[WARNING] .*\\S.*"
            + "|\\[INFO] Tests run: .*"
            + "|\\[INFO] Building .* \\[\\d+/\\d+]"
            + "|\\[INFO] BUILD .*"
            + "|\\[INFO] Total time: .*");

    private static final Pattern LEVEL = Pattern.compile("\\[(?:DEBUG|INFO|WARNING|ERROR)].*");

    /** A stack trace is cut after so many lines. The whole one is in the log. */
    private static final int LONGEST_TRACE = 60;

    private static final int DOWNLOADS_A_LINE = 100;

    private final PrintStream out;
    private int downloads;
    private boolean inSummary;

    /** Counts the lines since the last error, while they belong to it; negative if they do not. */
    private int traceLines = -1;

    TestRunOutput(PrintStream out) {
        this.out = out;
    }

    /**
     * Copies what matters from the standard input to the standard output.
     *
     * @param arguments the project's folder, in which the reports of the tests are
     */
    public static void main(String[] arguments) throws IOException {
        Instant start = Instant.now();
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        TestRunOutput shown = new TestRunOutput(out);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            shown.take(line);
        }
        FailedTests.since(start, Path.of(arguments[0])).forEach(failed -> failed.print(out));
    }

    /** Prints the line, if it matters. */
    void take(String line) {
        if (!LEVEL.matcher(line).matches()) {
            takeUnmarked(line);
            return;
        }
        traceLines = line.startsWith("[ERROR]") ? 0 : -1;
        inSummary |= line.startsWith("[INFO] Reactor Summary");
        if (inSummary || SHOWN.matcher(line).matches()) {
            out.println(line);
        } else if (line.startsWith("[INFO] Downloaded from ") && ++downloads % DOWNLOADS_A_LINE == 0) {
            out.println("  " + downloads + " files downloaded");
        }
    }

    /** Takes a line that Maven gave no level. It belongs to a stack trace, or a test printed it past its redirection. */
    private void takeUnmarked(String line) {
        if (traceLines < 0) {
            return;
        }
        traceLines++;
        if (traceLines <= LONGEST_TRACE) {
            out.println(line);
        } else if (traceLines == LONGEST_TRACE + 1) {
            out.println("  ... the rest is in target/test.log");
        }
    }
}
