package io.pawline.ingest.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.images.ImageStore;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.cancel.TaskCancel;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.http.PageLimit;
import io.pawline.ingest.http.TaskCursor;
import io.pawline.ingest.task.ReachedStages;
import io.pawline.ingest.task.TaskView;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.BatchId;
import io.pawline.taskstore.Batches;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskState;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Serves {@code /v1/batches/{id}}: how far a batch is, its tasks, and its cancellation. */
@RestController
final class BatchStatusController {

    private final Batches batches;
    private final TaskCancel cancel;
    private final ReachedStages reachedStages;
    private final ImageStore images;
    private final Clock clock;

    BatchStatusController(Batches batches, TaskCancel cancel, ProgressDao progress, ImageStore images, Clock clock) {
        this.batches = batches;
        this.cancel = cancel;
        this.reachedStages = new ReachedStages(progress);
        this.images = images;
        this.clock = clock;
    }

    /**
     * A batch as JSON.
     *
     * @param state {@code processing} while a task of it is, and then {@code ended}
     * @param counts tasks in each state, also in those without any
     * @param tasks a page of them, in the order of their acceptance
     * @param nextCursor null: the page is the last one
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record BatchView(
            String batchId,
            Instant createdAt,
            String state,
            Map<String, Integer> counts,
            List<TaskView> tasks,
            @Nullable String nextCursor) {}

    @GetMapping("/v1/batches/{id}")
    BatchView show(
            @RequiresScope(Scope.READ) ApiClient client,
            @PathVariable("id") String id,
            @RequestParam(name = "limit", required = false) @Nullable String limit,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
        int most = PageLimit.parse(limit);
        TaskId after = cursor == null ? null : TaskCursor.parse(cursor);
        return view(find(parse(id), client), after, most);
    }

    /** Cancels the tasks that have no final state. The answer to a repeated request is the same. */
    @PostMapping("/v1/batches/{id}/cancel")
    BatchView cancel(@RequiresScope(Scope.SUBMIT) ApiClient client, @PathVariable("id") String id) {
        BatchId batch = find(parse(id), client).id();
        cancel.cancelAll(batches.open(batch), client.tenant());
        return view(find(batch, client), null, PageLimit.DEFAULT);
    }

    private Batches.Batch find(BatchId id, ApiClient client) {
        return batches.find(id, client.tenant())
                .orElseThrow(() -> new ProblemException(
                        IngestProblem.BATCH_NOT_FOUND,
                        "no batch has this id: use the batch_id of the answer to POST /v1/batches"));
    }

    private BatchView view(Batches.Batch batch, @Nullable TaskId after, int most) {
        List<Task> found = batches.page(batch.id(), after, most + 1);
        List<Task> shown = found.subList(0, Math.min(most, found.size()));
        Map<TaskId, StageReached> reached = reachedStages.of(shown);
        Instant now = clock.instant();
        Map<String, Integer> counts = new LinkedHashMap<>();
        Arrays.stream(TaskState.values())
                .forEach(state ->
                        counts.put(TaskView.nameOf(state), batch.tasks().getOrDefault(state, 0)));
        return new BatchView(
                batch.id().toString(),
                batch.createdAt(),
                batch.tasks().containsKey(TaskState.ACCEPTED) ? "processing" : "ended",
                counts,
                shown.stream()
                        .map(task -> TaskView.of(task, ReachedStages.shown(reached.get(task.id())), images, now))
                        .toList(),
                found.size() > most ? TaskCursor.after(shown.getLast().id()) : null);
    }

    private static BatchId parse(String id) {
        try {
            return BatchId.parse(id);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST,
                    "the batch id is no UUID: it has 36 characters, like 0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f");
        }
    }
}
