package io.pawline.ingest.submit;

import io.pawline.images.ImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.access.RateLimit;
import io.pawline.ingest.follow.TaskSnapshot;
import io.pawline.ingest.follow.TaskView;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** {@code /v1/tasks}: submit a task, and follow it. */
@RestController
public final class TaskController {

    private final TaskIntake intake;
    private final TaskDao tasks;
    private final ProgressDao progress;
    private final ImageStore images;
    private final Quotas quotas;
    private final long maxBodyBytes;
    private final @Nullable URI publicBaseUrl;
    private final Semaphore uploads;

    TaskController(
            TaskIntake intake,
            TaskDao tasks,
            ProgressDao progress,
            ImageStore images,
            Quotas quotas,
            IngestProperties settings) {
        this.intake = intake;
        this.tasks = tasks;
        this.progress = progress;
        this.images = images;
        this.quotas = quotas;
        this.maxBodyBytes = settings.maxBodySize().toBytes();
        this.publicBaseUrl = settings.publicBaseUrl();
        this.uploads = new Semaphore(settings.uploadsAtOnce());
    }

    @PostMapping(path = "/v1/tasks", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<SubmissionView> submit(@RequiresScope(Scope.SUBMIT) ApiClient tenant, HttpServletRequest request)
            throws IOException, RefusedException {
        return accept(TaskBody.read(request.getInputStream(), maxBodyBytes).request(), tenant, key(request));
    }

    @PostMapping(path = "/v1/tasks", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    ResponseEntity<SubmissionView> upload(
            @RequiresScope(Scope.SUBMIT) ApiClient tenant, MultipartHttpServletRequest form)
            throws IOException, RefusedException, InterruptedException {
        uploads.acquire();
        try {
            return accept(TaskForm.read(form), tenant, key(form));
        } finally {
            uploads.release();
        }
    }

    static @Nullable String key(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders("Idempotency-Key"));
        if (keys.size() > 1) {
            throw new ProblemException(CommonProblem.INVALID_REQUEST, "Idempotency-Key is given more than once");
        }
        return keys.isEmpty() ? null : keys.getFirst();
    }

    private ResponseEntity<SubmissionView> accept(TaskRequest request, ApiClient tenant, @Nullable String key)
            throws RefusedException {
        SubmittedTask submittedTask = intake.accept(request, tenant, key);
        SubmissionView submissionView = SubmissionView.of(submittedTask, publicBaseUrl);
        ResponseEntity.BodyBuilder answer = ResponseEntity.accepted().location(submissionView.statusUrl());
        if (submittedTask.repeated()) {
            answer.header("Idempotent-Replayed", "true");
        }
        quotas.state(tenant).map(RateLimit::headers).ifPresent(answer::headers);
        return answer.body(submissionView);
    }

    @GetMapping("/v1/tasks/{id}")
    TaskView status(@RequiresScope(Scope.READ) ApiClient tenant, @PathVariable("id") String id) {
        Task task = find(tasks, parse(id), tenant.tenant());
        return TaskView.of(task, stageOf(task, progress), images);
    }

    /** The tenant's task of this id; somebody else's is not found. */
    public static Task find(TaskDao tasks, TaskId id, String tenant) {
        return tasks.find(id)
                .filter(found -> found.submission().tenant().equals(tenant))
                .orElseThrow(TaskController::notFound);
    }

    static Stage stageOf(Task task, ProgressDao progress) {
        boolean ended = task.ending().isPresent();
        return new TaskSnapshot(task, ended ? List.of() : progress.of(task.id(), task.generation())).stage();
    }

    public static ProblemException notFound() {
        return new ProblemException(
                CommonProblem.TASK_NOT_FOUND, "no task has this id: use the task_id of the submission's answer");
    }

    public static TaskId parse(String id) {
        try {
            return TaskId.parse(id);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST,
                    "the task id is no UUID: it has 36 characters, like 0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f");
        }
    }
}
