package io.pawline.ops.report;

import io.pawline.ops.http.Parameters;
import io.pawline.ops.http.Period;
import io.pawline.taskstore.DatabaseUnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Sends the report of a period, the last three hours by default: up to the end of this minute. */
@RestController
final class ReportController {

    private static final Logger log = LoggerFactory.getLogger(ReportController.class);

    private static final Duration BY_DEFAULT = Duration.ofHours(3);
    private static final Duration LONGEST = Duration.ofDays(31);

    private final Reports reports;
    private final Clock clock;

    ReportController(Reports reports, Clock clock) {
        this.reports = reports;
        this.clock = clock;
    }

    /** What was asked for, checked. */
    private record Question(
            Period period,
            @Nullable Period before,
            @Nullable String tenant,
            boolean exact,
            ReportFormat format,
            Words words) {}

    @GetMapping("/v1/report")
    ResponseEntity<byte[]> report(@RequestParam MultiValueMap<String, String> query) {
        Question question = question(query);
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(question.format().mediaType()))
                .body(written(question, _ -> {}));
    }

    /** Sends how far the report has come while its rows are read, and then the report. */
    @GetMapping("/v1/report/stream")
    void stream(@RequestParam MultiValueMap<String, String> query, HttpServletResponse response) throws IOException {
        ReportStream stream = new ReportStream(response, clock);
        Question question = question(query);
        try {
            stream.report(written(question, stream::progress), question.format().mediaType());
        } catch (DatabaseUnavailableException lost) {
            stream.fail(lost);
        } catch (UncheckedIOException gone) {
            log.debug("nobody waits for a report any more", gone);
        }
    }

    private byte[] written(Question question, DoubleConsumer progress) {
        int parts = question.before() == null ? 1 : 2;
        Report report = reports.of(
                question.period(), question.tenant(), question.exact(), share -> progress.accept(share / parts));
        Report before = question.before() == null
                ? null
                : reports.of(
                        question.before(),
                        question.tenant(),
                        question.exact(),
                        share -> progress.accept((1 + share) / parts));
        return question.format().write(report, before, question.words());
    }

    private Question question(MultiValueMap<String, String> query) {
        Parameters given = Parameters.of(
                query, "from", "to", "before_from", "before_to", "tenant", "exact", "lang", "format", "zone");
        Words words = new Words(given.oneOf("lang", Words.LANGUAGES.toArray(String[]::new)), zone(given));
        ReportFormat format = ReportFormat.valueOf(
                given.oneOf("format", "json", "md", "html", "page", "zip").toUpperCase(Locale.ROOT));
        // Sums are there for whole minutes
        Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        return new Question(
                given.period(now, BY_DEFAULT, LONGEST),
                before(given),
                given.text("tenant"),
                given.oneOf("exact", "false", "true").equals("true"),
                format,
                words);
    }

    /** The period that is to stand beside the first one, if any. */
    private static @Nullable Period before(Parameters given) {
        Instant from = given.time("before_from");
        Instant to = given.time("before_to");
        if (from == null && to == null) {
            return null;
        }
        if (from == null
                || to == null
                || !from.isBefore(to)
                || Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw Parameters.invalid(
                    "before_from and before_to are no period of at most %d hours".formatted(LONGEST.toHours()));
        }
        return new Period(from, to);
    }

    private static ZoneId zone(Parameters given) {
        String zone = given.text("zone");
        try {
            return zone == null ? ZoneId.of("UTC") : ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw Parameters.invalid("zone is no time zone: it looks like Asia/Shanghai");
        }
    }
}
