package io.pawline.ingest.http;

import io.pawline.images.ImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.accept.RefusedException;
import io.pawline.ingest.accept.TaskIntake;
import io.pawline.ingest.accept.TaskRequest;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code /v1/tasks}: submit a task, and follow it. */
@RestController
final class TaskController {

    /** Whose tasks they are, as long as nobody has to say who they are. */
    private static final String TENANT = "default";

    private final TaskIntake intake;
    private final TaskDao tasks;
    private final ProgressDao progress;
    private final ImageStore images;
    private final long maxBodyBytes;
    private final @Nullable URI publicBaseUrl;
    private final Semaphore uploads;

    TaskController(
            TaskIntake intake, TaskDao tasks, ProgressDao progress, ImageStore images, IngestProperties settings) {
        this.intake = intake;
        this.tasks = tasks;
        this.progress = progress;
        this.images = images;
        this.maxBodyBytes = settings.maxBodySize().toBytes();
        this.publicBaseUrl = settings.publicBaseUrl();
        this.uploads = new Semaphore(settings.uploadsAtOnce());
    }

    /** What a submission is answered. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Accepted(String taskId, URI statusUrl) {}

    @PostMapping(path = "/v1/tasks", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Accepted> submit(HttpServletRequest request) throws IOException, RefusedException {
        return accept(TaskBody.read(request.getInputStream(), maxBodyBytes).request());
    }

    @PostMapping(path = "/v1/tasks", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    ResponseEntity<Accepted> upload(MultipartHttpServletRequest form)
            throws IOException, RefusedException, InterruptedException {
        uploads.acquire();
        try {
            return accept(TaskForm.read(form));
        } finally {
            uploads.release();
        }
    }

    private ResponseEntity<Accepted> accept(TaskRequest request) throws RefusedException {
        TaskId id = intake.accept(request, TENANT).id();
        URI status = statusUrl(id);
        return ResponseEntity.accepted().location(status).body(new Accepted(id.toString(), status));
    }

    private URI statusUrl(TaskId id) {
        ServletUriComponentsBuilder here = ServletUriComponentsBuilder.fromCurrentContextPath();
        String base = publicBaseUrl == null ? here.toUriString() : publicBaseUrl.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + "v1/tasks/" + id);
    }

    @GetMapping("/v1/tasks/{id}")
    TaskView status(@PathVariable("id") String id) {
        Task task = tasks.find(parse(id))
                .orElseThrow(() -> new ProblemException(
                        ProblemType.TASK_NOT_FOUND, "no task has this id: use the task_id of the submission's answer"));
        return TaskView.of(task, stageOf(task), images);
    }

    private Stage stageOf(Task task) {
        if (task.ending().isPresent()) {
            return Stage.CALLBACK;
        }
        return progress.of(task.id(), task.generation()).stream()
                .map(StageReached::stage)
                .reduce(Stage.DETECT, (earlier, later) -> later);
    }

    private static TaskId parse(String id) {
        try {
            return TaskId.parse(id);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    ProblemType.INVALID_REQUEST,
                    "the task id is no UUID: it has 36 characters, like 0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f");
        }
    }
}
