package io.pawline.ops.report;

import io.pawline.ops.http.Parameters;
import io.pawline.ops.http.Period;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Sends the report of a period, the last three hours by default. */
@RestController
final class ReportController {

    private static final Duration BY_DEFAULT = Duration.ofHours(3);
    private static final Duration LONGEST = Duration.ofDays(31);

    private final Reports reports;
    private final Clock clock;

    ReportController(Reports reports, Clock clock) {
        this.reports = reports;
        this.clock = clock;
    }

    @GetMapping("/v1/report")
    ResponseEntity<byte[]> report(@RequestParam MultiValueMap<String, String> query) {
        Parameters given =
                Parameters.of(query, "from", "to", "before_from", "before_to", "tenant", "lang", "format", "zone");
        Period period = given.period(clock.instant(), BY_DEFAULT, LONGEST);
        Words words = new Words(given.oneOf("lang", Words.LANGUAGES.toArray(String[]::new)), zone(given));
        ReportFormat format = ReportFormat.valueOf(
                given.oneOf("format", "json", "md", "html", "page", "zip").toUpperCase(Locale.ROOT));
        String tenant = given.text("tenant");
        Period before = before(given);
        Report report = reports.of(period, tenant);
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(format.mediaType()))
                .body(format.write(report, before == null ? null : reports.of(before, tenant), words));
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
