package io.pawline.ingest.list;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.images.ImageStore;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.http.PageLimit;
import io.pawline.ingest.http.QuotedName;
import io.pawline.ingest.http.TaskCursor;
import io.pawline.ingest.task.ReachedStages;
import io.pawline.ingest.task.TaskView;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskListing;
import io.pawline.taskstore.TaskState;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Serves {@code GET /v1/tasks}: the tasks of the client's tenant, newest first. */
@RestController
final class ListController {

    private static final Set<String> PARAMETERS =
            Set.of("state", "reason", "from", "to", "client_ref", "limit", "cursor");

    private final TaskListing listing;
    private final ReachedStages reachedStages;
    private final ImageStore images;
    private final Clock clock;

    ListController(TaskListing listing, ProgressDao progress, ImageStore images, Clock clock) {
        this.listing = listing;
        this.reachedStages = new ReachedStages(progress);
        this.images = images;
        this.clock = clock;
    }

    /** One page. A page without a cursor is the last one. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<TaskView> tasks, @Nullable String nextCursor) {}

    @GetMapping("/v1/tasks")
    Page list(@RequiresScope(Scope.READ) ApiClient client, @RequestParam MultiValueMap<String, String> parameters) {
        parameters.forEach(ListController::check);
        Map<String, String> given = parameters.toSingleValueMap();
        int limit = PageLimit.parse(given.get("limit"));
        List<Task> found = listing.page(new TaskListing.Query(
                client.tenant(),
                state(given.get("state")),
                reason(given.get("reason")),
                time("from", given.get("from")),
                time("to", given.get("to")),
                clientRef(given.get("client_ref")),
                given.containsKey("cursor") ? TaskCursor.parse(given.getOrDefault("cursor", "")) : null,
                limit + 1));
        List<Task> shown = found.subList(0, Math.min(limit, found.size()));
        Map<TaskId, StageReached> reached = reachedStages.of(shown);
        Instant now = clock.instant();
        return new Page(
                shown.stream()
                        .map(task -> TaskView.of(task, ReachedStages.shown(reached.get(task.id())), images, now))
                        .toList(),
                found.size() > limit ? TaskCursor.after(shown.getLast().id()) : null);
    }

    private static void check(String name, List<String> values) {
        if (!PARAMETERS.contains(name)) {
            throw invalid("there is no parameter %s; the parameters are %s"
                    .formatted(
                            QuotedName.of(name),
                            String.join(", ", PARAMETERS.stream().sorted().toList())));
        }
        if (values.size() > 1) {
            throw invalid(name + " is given more than once");
        }
    }

    private static @Nullable TaskState state(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return Arrays.stream(TaskState.values())
                .filter(state -> TaskView.nameOf(state).equals(text))
                .findFirst()
                .orElseThrow(() -> invalid("state is none of processing, success, failed, cancelled and expired"));
    }

    private static @Nullable Reason reason(@Nullable String text) {
        return text == null ? null : Reason.ofCode(text).orElseThrow(() -> invalid("reason is no code of a reason"));
    }

    /** Refuses a text with a NUL, which no reference has and the database does not take. */
    private static @Nullable String clientRef(@Nullable String text) {
        if (text != null && text.indexOf(0) >= 0) {
            throw invalid("client_ref has a control character");
        }
        return text;
    }

    private static @Nullable Instant time(String name, @Nullable String text) {
        try {
            Instant time = text == null ? null : OffsetDateTime.parse(text).toInstant();
            if (time == null || (time.isAfter(Instant.EPOCH) && time.isBefore(Instant.parse("2200-01-01T00:00:00Z")))) {
                return time;
            }
        } catch (DateTimeException e) {
            // the problem is thrown below
        }
        throw invalid(name + " is no RFC 3339 time of this age: it looks like 2026-11-23T10:15:30Z");
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
    }
}
