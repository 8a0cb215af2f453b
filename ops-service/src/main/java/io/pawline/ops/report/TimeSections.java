package io.pawline.ops.report;

import static io.pawline.ops.report.Words.number;
import static io.pawline.ops.report.Words.percent;

import io.pawline.ops.report.Block.Paragraph;
import io.pawline.ops.report.Report.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Writes the sections of a report that are about time: peaks, the cascade, and each span of time. */
final class TimeSections {

    private final Report report;
    private final Words words;
    private final Findings findings;
    private final BlockWriter writer;

    TimeSections(Report report, Words words, Findings findings, BlockWriter writer) {
        this.report = report;
        this.words = words;
        this.findings = findings;
        this.writer = writer;
    }

    void peaks() {
        writer.table(
                "peaks",
                report.peaks().stream()
                        .map(peak -> List.of(
                                words.shortTime(peak.from()) + " – " + words.shortTime(peak.to()),
                                words.stage(peak.stage()),
                                number(peak.failures()),
                                number(peak.calls()),
                                percent(peak.share()),
                                words.reason(peak.reason())))
                        .toList());
    }

    void cascade() {
        Report.Cascade cascade = report.cascade();
        writer.add(new Paragraph(findings.cascade()));
        writer.table(
                "cascade",
                List.of(
                        List.of(words.say("cascade.calls"), number(cascade.calls())),
                        List.of(words.say("cascade.first"), number(cascade.firstCalls())),
                        List.of(
                                words.say("cascade.repeated"),
                                "%s (%s)".formatted(number(cascade.repeatedCalls()), percent(cascade.retryShare()))),
                        List.of(words.say("cascade.amplification"), number(cascade.amplification())),
                        List.of(
                                words.say("cascade.worst"),
                                cascade.worstFrom() == null
                                        ? "-"
                                        : words.say(
                                                "cascade.worst.value",
                                                words.shortTime(cascade.worstFrom()),
                                                number(cascade.worstRepeated()),
                                                number(cascade.worstCalls()),
                                                number(cascade.worstAmplification()))),
                        List.of(words.say("cascade.budget"), number(cascade.budget())),
                        List.of(words.say("cascade.resubmitted"), number(cascade.resubmitted()))));
    }

    /** The numbers are those of the marks in the pictures. */
    void changes() {
        List<List<String>> rows = new ArrayList<>();
        for (Report.Change change : report.changes()) {
            rows.add(List.of(
                    Integer.toString(rows.size() + 1),
                    words.time(change.at()),
                    words.change(change),
                    change.name(),
                    change.by(),
                    change.why()));
        }
        writer.table("changes", rows);
    }

    void replays() {
        List<List<String>> rows = new ArrayList<>();
        for (Report.Replay replay : report.replays()) {
            rows.add(List.of(
                    words.time(replay.at()),
                    number(replay.tasks()),
                    number(replay.succeeded()),
                    number(replay.lost()),
                    number(replay.open()),
                    number(replay.notSent()),
                    replay.by(),
                    replay.why()));
        }
        writer.table("replays", rows);
    }

    void overTime() {
        Map<Instant, long[]> spans = new TreeMap<>();
        for (Span span : report.overTime()) {
            long[] sums = spans.computeIfAbsent(span.at(), _ -> new long[4]);
            sums[0] += span.calls();
            sums[1] += span.failures();
            sums[2] += span.retries();
            sums[3] += span.timeouts();
        }
        writer.table(
                "overtime",
                spans.entrySet().stream()
                        .map(span -> Stream.concat(
                                        Stream.of(words.shortTime(span.getKey())),
                                        Arrays.stream(span.getValue()).mapToObj(Words::number))
                                .toList())
                        .toList(),
                2);
    }
}
