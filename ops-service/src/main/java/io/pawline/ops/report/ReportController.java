package io.pawline.ops.report;

import io.pawline.ops.http.Parameters;
import io.pawline.ops.http.Period;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
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
    ResponseEntity<String> report(@RequestParam MultiValueMap<String, String> query) {
        Parameters given = Parameters.of(query, "from", "to", "lang", "format", "zone");
        Period period = given.period(clock.instant(), BY_DEFAULT, LONGEST);
        Words words = new Words(given.oneOf("lang", Words.LANGUAGES.toArray(String[]::new)), zone(given));
        ReportFormat format =
                ReportFormat.valueOf(given.oneOf("format", "json", "md", "html").toUpperCase(Locale.ROOT));
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(format.mediaType()))
                .body(format.write(reports.of(period), words));
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
