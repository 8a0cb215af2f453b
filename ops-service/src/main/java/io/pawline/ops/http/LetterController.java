package io.pawline.ops.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.ops.letters.EventJson;
import io.pawline.ops.letters.IndexedLetter.Header;
import io.pawline.ops.letters.Letter;
import io.pawline.ops.letters.LetterFilter;
import io.pawline.ops.letters.LetterGroup;
import io.pawline.ops.letters.LetterQueries;
import io.pawline.ops.letters.LetterQueries.MadeCall;
import io.pawline.ops.letters.LetterQueries.Place;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Ending;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
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

/** {@code /v1/dead-letters}: what there is, by cause and one by one. */
@RestController
final class LetterController {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 1_000;
    private static final int SPANS = 48;

    private final LetterQueries letters;
    private final TaskDao tasks;
    private final EventJson events;
    private final Clock clock;

    LetterController(LetterQueries letters, TaskDao tasks, EventJson events, Clock clock) {
        this.letters = letters;
        this.tasks = tasks;
        this.events = events;
        this.clock = clock;
    }

    /** @param spanSeconds length of the spans of time that {@code over_time} counts in */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Groups(long letters, long spanSeconds, List<GroupView> groups) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record GroupView(
            String stage,
            String reason,
            @Nullable String providerCode,
            long count,
            Instant oldest,
            Instant newest,
            List<LetterGroup.Span> overTime) {
        static GroupView of(LetterGroup group) {
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
        LetterFilter filter = Parameters.of(query).filter();
        Duration span = span(filter);
        List<LetterGroup> groups = letters.groups(filter, span);
        return new Groups(
                groups.stream().mapToLong(LetterGroup::count).sum(),
                span.toSeconds(),
                groups.stream().map(GroupView::of).toList());
    }

    /** Some 48 spans, of a length that a person can name. */
    private Duration span(LetterFilter filter) {
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

    /** A page; without a cursor it is the last one. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<LetterView> deadLetters, @Nullable String nextCursor) {}

    @GetMapping("/v1/dead-letters")
    Page list(@RequestParam MultiValueMap<String, String> query) {
        Parameters given = Parameters.of(query, "limit", "cursor");
        int limit = given.limit(DEFAULT_LIMIT, MAX_LIMIT);
        String cursor = given.text("cursor");
        List<Letter> found = letters.page(given.filter(), cursor == null ? null : Cursor.parse(cursor), limit + 1);
        List<Letter> shown = found.subList(0, Math.min(limit, found.size()));
        return new Page(
                shown.stream().map(LetterView::of).toList(),
                found.size() > limit ? Cursor.after(Place.of(shown.getLast())) : null);
    }

    @GetMapping("/v1/dead-letters/export")
    ResponseEntity<StreamingResponseBody> export(@RequestParam MultiValueMap<String, String> query) {
        Parameters given = Parameters.of(query, "format");
        LetterFilter filter = given.filter();
        Export format = Export.named(given.text("format"));
        return ResponseEntity.ok()
                .contentType(format.mediaType())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"dead-letters." + format.suffix() + "\"")
                .body(out -> format.write(letters, filter, out));
    }

    /**
     * One letter and all that is known of it.
     *
     * @param calls every call for its task, in all generations
     * @param task how the task stands now
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Whole(
            LetterView letter,
            PayloadView payload,
            List<HeaderView> headers,
            List<CallView> calls,
            @Nullable TaskNow task) {}

    /**
     * @param event in Avro's JSON encoding; missing if the bytes are no event
     * @param schema what an edited event is checked against
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PayloadView(
            int bytes,
            String hex,
            String text,
            @Nullable String type,
            @JsonRawValue @Nullable String event,
            @JsonRawValue @Nullable String schema) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record HeaderView(
            String name, @Nullable String text, @Nullable String hex) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CallView(
            String stage,
            int generation,
            int attempt,
            String provider,
            Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String outcome,
            boolean orphaned,
            @Nullable String reason,
            @Nullable String phase,
            @Nullable Integer httpStatus,
            @Nullable String providerCode,
            @Nullable String requestId,
            @Nullable Long durationMs,
            @Nullable Long costMicros,
            @Nullable String billed) {
        static CallView of(MadeCall call) {
            return new CallView(
                    call.stage(),
                    call.generation(),
                    call.attempt(),
                    call.provider(),
                    call.startedAt(),
                    call.endedAt(),
                    call.outcome(),
                    call.orphaned(),
                    call.reason(),
                    call.phase(),
                    call.httpStatus(),
                    call.providerCode(),
                    call.requestId(),
                    call.durationMs(),
                    call.costMicros(),
                    call.billed());
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TaskNow(
            String state,
            int generation,
            @Nullable Instant endedAt,
            @Nullable String reason,
            @Nullable String message,
            @Nullable Instant deliveredAt) {
        static TaskNow of(Task task) {
            Ending.Failure failure = task.ending().orElse(null) instanceof Ending.Failure ended ? ended : null;
            return new TaskNow(
                    task.ending().isEmpty() ? "processing" : task.state().code(),
                    task.generation(),
                    task.ending().map(Ending::at).orElse(null),
                    failure == null ? null : failure.reason().code(),
                    failure == null ? null : failure.message(),
                    task.delivery().deliveredAt());
        }
    }

    @GetMapping("/v1/dead-letters/{id}")
    Whole letter(@PathVariable("id") String id) {
        Letter letter = find(id);
        LetterQueries.Content content = letters.content(letter.id());
        return new Whole(
                LetterView.of(letter),
                payload(letter, content),
                content.headers().stream().map(LetterController::header).toList(),
                letter.taskId() == null
                        ? List.of()
                        : letters.calls(letter.taskId()).stream()
                                .map(CallView::of)
                                .toList(),
                Optional.ofNullable(letter.taskId())
                        .flatMap(task -> tasks.find(new TaskId(task)))
                        .map(TaskNow::of)
                        .orElse(null));
    }

    /** The letter's bytes as they came. */
    @GetMapping("/v1/dead-letters/{id}/payload")
    ResponseEntity<byte[]> payload(@PathVariable("id") String id) {
        Letter letter = find(id);
        byte[] value = letters.content(letter.id()).value();
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"dead-letter-%d.bin\"".formatted(letter.id()))
                .body(value == null ? new byte[0] : value);
    }

    Letter find(String id) {
        Optional<Letter> letter = id.matches("[0-9]{1,18}") ? letters.find(Long.parseLong(id)) : Optional.empty();
        return letter.orElseThrow(
                () -> new ProblemException(ProblemType.LETTER_NOT_FOUND, "no dead letter has this id"));
    }

    private PayloadView payload(Letter letter, LetterQueries.Content content) {
        byte[] value = content.value() == null ? new byte[0] : content.value();
        Optional<EventJson.Shown> event = events.read(letter.topic(), value);
        return new PayloadView(
                value.length,
                HexFormat.of().formatHex(value),
                Bytes.readable(value),
                event.map(EventJson.Shown::type).orElse(null),
                event.map(EventJson.Shown::json).orElse(null),
                event.map(EventJson.Shown::schema).orElse(null));
    }

    private static HeaderView header(Header header) {
        byte[] value = header.value();
        if (value == null) {
            return new HeaderView(header.name(), null, null);
        }
        return Bytes.isText(value)
                ? new HeaderView(header.name(), Bytes.readable(value), null)
                : new HeaderView(header.name(), null, HexFormat.of().formatHex(value));
    }
}
