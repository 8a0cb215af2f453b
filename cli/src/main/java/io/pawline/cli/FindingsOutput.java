package io.pawline.cli;

import io.pawline.cli.check.Finding;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ExitCode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what checks have found: a line as soon as it is known, or one JSON document.
 *
 * @param json whether it is one document
 */
record FindingsOutput(PrintWriter out, boolean json) {

    /** Writes the findings and returns the exit code, which says whether something is wrong. */
    int write(Stream<Finding> found) {
        List<Finding> findings = found.peek(finding -> {
                    if (!json) {
                        out.println(line(finding));
                        out.flush();
                    }
                })
                .toList();
        boolean ok = findings.stream().noneMatch(finding -> finding.state() == Finding.State.FAIL);
        if (json) {
            out.println(
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(new Verdict(ok, findings)));
            out.flush();
        }
        return ok ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Holds all findings, as the JSON document shows them. */
    record Verdict(boolean ok, List<Finding> findings) {}

    private static String line(Finding finding) {
        String advice = finding.advice().isEmpty() ? "" : "; " + finding.advice();
        return "%-7s  %-15s  %s: %s%s"
                .formatted(finding.state(), finding.check(), finding.where(), finding.what(), advice);
    }
}
