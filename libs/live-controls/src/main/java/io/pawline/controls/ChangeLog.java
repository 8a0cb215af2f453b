package io.pawline.controls;

import io.pawline.events.ControlCommand;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes changes of live controls to the log. */
final class ChangeLog {

    private static final Logger log = LoggerFactory.getLogger(ControlStateReader.class);

    private ChangeLog() {}

    static String words(ControlCommand control) {
        return "%s: %s, by %s: %s"
                .formatted(
                        control.getSubject(), what(control), inOneLine(control.getBy()), inOneLine(control.getWhy()));
    }

    static String nothingSaid(String subject) {
        return subject + ": nothing is in force any more";
    }

    /** Logs what holds now and did not before. Of cancelled tasks it logs only the number: there may be thousands. */
    static void readAnew(List<ControlCommand> before, List<ControlCommand> now) {
        Set<ControlCommand> news = new HashSet<>(now);
        before.forEach(news::remove);
        now.stream()
                .filter(news::contains)
                .filter(control -> !Subject.isTask(control.getSubject()))
                .map(ChangeLog::words)
                .forEach(log::info);
        long tasks = news.stream()
                .filter(control -> Subject.isTask(control.getSubject()))
                .count();
        if (tasks > 0) {
            log.info("cancelled tasks that may still be met: {}", tasks);
        }
        Set<String> subjects = now.stream().map(ControlCommand::getSubject).collect(Collectors.toSet());
        before.stream()
                .map(ControlCommand::getSubject)
                .filter(subject -> !subjects.contains(subject))
                .map(ChangeLog::nothingSaid)
                .forEach(log::info);
    }

    static void skipped(ConsumerRecord<byte[], byte[]> data, RuntimeException why) {
        log.error("record {}-{}@{} is skipped: {}", data.topic(), data.partition(), data.offset(), why.getMessage());
    }

    private static String inOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    private static String what(ControlCommand control) {
        return switch (control.getAction()) {
            case PAUSE -> "paused";
            case RESUME -> "free again";
            case LIMIT ->
                Subject.isWeight(control.getSubject())
                        ? control.getLimit()
                                .map(thousandths -> "weight " + TenantWeight.text(thousandths))
                                .orElse("weight as configured")
                        : control.getLimit()
                                .map(limit -> limit + " calls in flight per process")
                                .orElse("calls in flight as configured");
            case COOL_DOWN -> "no call before " + control.getUntil().orElseThrow();
            case CANCEL -> "cancelled";
        };
    }
}
