package io.pawline.ops.report;

import io.pawline.ops.report.Block.Bullets;
import io.pawline.ops.report.Block.Paragraph;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a report in the words of one language: the tables of the original incident report, and what follows from them.
 */
final class ReportText {

    private ReportText() {}

    /** Writes a report. */
    static List<Block> of(Report report, Words words) {
        return of(report, null, words);
    }

    /** Writes a report beside another one; null: alone. */
    static List<Block> of(Report report, @Nullable Report before, Words words) {
        BlockWriter writer = new BlockWriter(words);
        Findings findings = new Findings(report, words);
        TaskSections tasks = new TaskSections(report, words, writer);
        FailureSections failures = new FailureSections(report, words, findings, writer);
        TimeSections time = new TimeSections(report, words, findings, writer);
        CostSection cost = new CostSection(report, words, writer);

        writer.heading(1, "title");
        writer.add(new Paragraph(words.say(
                "period",
                words.time(report.from()),
                words.time(report.to()),
                words.zone(),
                words.time(report.generatedAt()))));
        if (report.tenant() != null) {
            writer.add(new Paragraph(words.say("tenant", report.tenant())));
        }
        if (report.exact()) {
            writer.add(new Paragraph(words.say("exact")));
        }
        if (before != null) {
            new SideBySide(report, before, words, writer).write();
        }
        writer.heading(2, "pictures");
        writer.add(new Bullets(findings.atAGlance()));
        new Pictures(report, words, "").all().forEach(writer::add);
        if (before != null) {
            writer.heading(2, "pictures.before");
            new Pictures(before, words, "-before").all().forEach(writer::add);
        }
        writer.heading(2, "core");
        tasks.core();
        writer.heading(3, "findings");
        writer.add(new Bullets(findings.key()));
        writer.heading(2, "comparison");
        writer.heading(3, "comparison.table");
        tasks.comparison();
        writer.heading(3, "errors");
        failures.errors();
        writer.heading(3, "examples");
        failures.examples();
        writer.heading(3, "links");
        report.stages().forEach(failures::stage);
        writer.heading(2, "time");
        writer.heading(3, "peaks");
        time.peaks();
        writer.heading(3, "cascade");
        time.cascade();
        writer.heading(3, "overtime");
        time.overTime();
        writer.heading(3, "changes");
        time.changes();
        writer.heading(3, "replays");
        time.replays();
        writer.heading(2, "bottlenecks");
        writer.heading(3, "bottlenecks.services");
        failures.bottlenecks();
        writer.heading(3, "retries");
        failures.retries();
        writer.heading(2, "indicators");
        writer.heading(3, "success");
        tasks.success();
        writer.heading(3, "latencies");
        tasks.latencies();
        writer.heading(2, "cost");
        cost.write();
        writer.heading(2, "conclusion");
        writer.add(new Bullets(findings.conclusion()));
        return writer.blocks();
    }
}
