package io.pawline.ingest.list;

import io.pawline.images.ImageStore;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.pressure.TaskForecasts;
import io.pawline.ingest.task.ReachedStages;
import io.pawline.ingest.task.TaskIds;
import io.pawline.ingest.task.TaskView;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves {@code GET /v1/tasks?ids=}: the tasks that a request names, each as by itself. */
@RestController
final class TasksByIdController {

    static final int MAX_IDS = 100;

    private static final String IDS = "ids";

    private final TaskDao tasks;
    private final ReachedStages reachedStages;
    private final ImageStore images;
    private final TaskForecasts forecasts;
    private final Clock clock;

    TasksByIdController(TaskDao tasks, ProgressDao progress, ImageStore images, TaskForecasts forecasts, Clock clock) {
        this.tasks = tasks;
        this.reachedStages = new ReachedStages(progress);
        this.images = images;
        this.forecasts = forecasts;
        this.clock = clock;
    }

    /**
     * The tasks, and the ids of which the tenant has no task, both in the order of the request.
     *
     * @param unknown includes the ids of other tenants' tasks
     */
    record Named(List<TaskView> tasks, List<String> unknown) {}

    @GetMapping(path = "/v1/tasks", params = IDS)
    Named named(@RequiresScope(Scope.READ) ApiClient client, @RequestParam MultiValueMap<String, String> parameters) {
        Set<TaskId> ids = ids(parameters);
        Map<TaskId, Task> found = tasks.find(ids).stream()
                .filter(task -> task.visibleTo(client.tenant()))
                .collect(Collectors.toMap(Task::id, Function.identity()));
        Map<TaskId, StageReached> reached = reachedStages.of(found.values());
        Instant now = clock.instant();
        return new Named(
                ids.stream()
                        .filter(found::containsKey)
                        .map(found::get)
                        .map(task -> view(task, reached.get(task.id()), now))
                        .toList(),
                ids.stream()
                        .filter(id -> !found.containsKey(id))
                        .map(TaskId::toString)
                        .toList());
    }

    private TaskView view(Task task, @Nullable StageReached reached, Instant now) {
        return TaskView.of(
                task,
                ReachedStages.shown(reached),
                images,
                now,
                forecasts.of(task, reached).orElse(null));
    }

    /** Reads the ids, each once. */
    private static Set<TaskId> ids(MultiValueMap<String, String> parameters) {
        if (parameters.size() > 1) {
            throw invalid("ids stands alone: leave out the other parameters");
        }
        List<String> values = parameters.getOrDefault(IDS, List.of());
        if (values.size() != 1) {
            throw invalid("ids is given more than once: send all ids in one, with a comma between two");
        }
        String[] texts = values.getFirst().split(",", -1);
        if (texts.length > MAX_IDS) {
            throw invalid("ids has %d ids: 1 to %d are allowed".formatted(texts.length, MAX_IDS));
        }
        return Arrays.stream(texts).map(TaskIds::parse).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
    }
}
