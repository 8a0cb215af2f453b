package io.pawline.ops.timeline;

import io.pawline.ops.http.Parameters;
import io.pawline.schemas.TaskId;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows all that is known of one task. */
@RestController
final class TimelineController {

    private final Timelines timelines;

    TimelineController(Timelines timelines) {
        this.timelines = timelines;
    }

    @GetMapping("/v1/tasks/{id}/timeline")
    Timeline timeline(@PathVariable("id") String id, @RequestParam MultiValueMap<String, String> query)
            throws InterruptedException {
        Parameters.of(query);
        TaskId task;
        try {
            task = TaskId.parse(id);
        } catch (IllegalArgumentException none) {
            throw Parameters.invalid("the task's id is none: it is a UUID");
        }
        return timelines
                .find(task.value())
                .orElseThrow(() -> new ProblemException(CommonProblem.TASK_NOT_FOUND, "no task has the id " + task));
    }
}
