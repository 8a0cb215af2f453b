package io.pawline.ops.deadletters;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ops.deadletters.DeadLetterQueries.Place;
import io.pawline.ops.http.OpsProblem;
import io.pawline.ops.http.Parameters;
import io.pawline.web.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Shows the dead letters by cause and one by one: {@code /v1/dead-letters}. */
@RestController
final class DeadLetterController {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 1_000;
    private static final int SPANS = 48;

    private final DeadLetterQueries queries;
    private final DeadLetterGroups groups;
    private final DeadLetterDetails details;
    private final Clock clock;

    DeadLetterController(DeadLetterQueries queries, DeadLetterGroups groups, DeadLetterDetails details, Clock clock) {
        this.queries = queries;
        this.groups = groups;
        this.details = details;
        this.clock = clock;
    }

    /**
     * The dead letters of a filter, by cause.
     *
     * @param more whether there are more than were counted
     * @param spanSeconds length of the spans of time that {@code over_time} counts in
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Groups(long letters, boolean more, long spanSeconds, List<GroupView> groups) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record GroupView(
            String stage,
            String reason,
            @Nullable String providerCode,
            long count,
            Instant oldest,
            Instant newest,
            List<DeadLetterGroup.Span> overTime) {
        static GroupView of(DeadLetterGroup group) {
            return new GroupView(
                    group.stage(),
                    group.reason(),
                    group.providerCode(),
                    group.count(),
                    group.oldest(),
                    group.newest(),
                    group.overTime());
        }
    }

    @GetMapping("/v1/dead-letters/groups")
    Groups groups(@RequestParam MultiValueMap<String, String> query) {
        DeadLetterFilter filter = DeadLetterParameters.filter(Parameters.of(query, DeadLetterParameters.filterAnd()));
        Duration span = span(filter);
        DeadLetterGroups.Counted counted = groups.by(filter, span);
        return new Groups(
                counted.letters(),
                counted.more(),
                span.toSeconds(),
                counted.groups().stream().map(GroupView::of).toList());
    }

    /** Chooses a length that a person can name, so that about 48 spans make up the period. */
    private Duration span(DeadLetterFilter filter) {
        Instant to = filter.to() == null ? clock.instant() : filter.to();
        Instant from = filter.from() == null ? to.minus(Duration.ofDays(2)) : filter.from();
        Duration wanted = Duration.between(from, to).dividedBy(SPANS);
        for (Duration span : List.of(
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(15),
                Duration.ofHours(1),
                Duration.ofHours(6))) {
            if (span.compareTo(wanted) >= 0) {
                return span;
            }
        }
        return Duration.ofDays(1);
    }

    /** A page of dead letters; the last one has no cursor. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<DeadLetterView> deadLetters, @Nullable String nextCursor) {}

    @GetMapping("/v1/dead-letters")
    Page list(@RequestParam MultiValueMap<String, String> query) {
        Parameters given = Parameters.of(query, DeadLetterParameters.filterAnd("limit", "cursor"));
        int limit = given.limit(DEFAULT_LIMIT, MAX_LIMIT);
        String cursor = given.text("cursor");
        List<DeadLetter> found = queries.page(
                DeadLetterParameters.filter(given), cursor == null ? null : DeadLetterCursor.parse(cursor), limit + 1);
        List<DeadLetter> shown = found.subList(0, Math.min(limit, found.size()));
        return new Page(
                shown.stream().map(DeadLetterView::of).toList(),
                found.size() > limit ? DeadLetterCursor.after(Place.of(shown.getLast())) : null);
    }

    @GetMapping("/v1/dead-letters/export")
    ResponseEntity<StreamingResponseBody> export(@RequestParam MultiValueMap<String, String> query) {
        Parameters given = Parameters.of(query, DeadLetterParameters.filterAnd("format"));
        DeadLetterFilter filter = DeadLetterParameters.filter(given);
        DeadLetterExport format = DeadLetterExport.named(given.text("format"));
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(format.mediaType()))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"dead-letters." + format.suffix() + "\"")
                .body(out -> format.write(queries, filter, out));
    }

    @GetMapping("/v1/dead-letters/{id}")
    DeadLetterDetail detail(@PathVariable("id") String id) {
        return details.of(find(id));
    }

    /** Sends the bytes of the dead letter as they came. */
    @GetMapping("/v1/dead-letters/{id}/payload")
    ResponseEntity<byte[]> payload(@PathVariable("id") String id) {
        DeadLetter deadLetter = find(id);
        byte[] value = queries.content(deadLetter.id()).value();
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"dead-letter-%d.bin\"".formatted(deadLetter.id()))
                .body(value == null ? new byte[0] : value);
    }

    DeadLetter find(String id) {
        Optional<DeadLetter> found = id.matches("[0-9]{1,18}") ? queries.find(Long.parseLong(id)) : Optional.empty();
        return found.orElseThrow(() -> new ProblemException(OpsProblem.LETTER_NOT_FOUND, "no dead letter has this id"));
    }
}
