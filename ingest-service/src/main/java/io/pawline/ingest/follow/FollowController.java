package io.pawline.ingest.follow;

import io.pawline.images.ImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.submit.RefusedException;
import io.pawline.ingest.submit.TaskController;
import io.pawline.ingest.submit.TimeSpan;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** {@code GET /v1/tasks/{id}?wait=} and {@code /events}: requests that stay open until there is something to tell. */
@RestController
final class FollowController {

    /** A listener who stays longer comes again, and goes on where he was. */
    private static final Duration LONGEST_STREAM = Duration.ofMinutes(30);

    private final TaskSubscriptions taskSubscriptions;
    private final TaskDao tasks;
    private final ProgressDao progress;
    private final ImageStore images;
    private final Duration maxWait;

    FollowController(
            TaskSubscriptions taskSubscriptions,
            TaskDao tasks,
            ProgressDao progress,
            ImageStore images,
            IngestProperties settings) {
        this.taskSubscriptions = taskSubscriptions;
        this.tasks = tasks;
        this.progress = progress;
        this.images = images;
        this.maxWait = settings.follow().maxWait();
    }

    /** Answers when the task has ended, or the wait is over. */
    @GetMapping(path = "/v1/tasks/{id}", params = "wait")
    DeferredResult<TaskView> await(
            @RequiresScope(Scope.READ) ApiClient tenant,
            @PathVariable("id") String id,
            @RequestParam("wait") String wait)
            throws RefusedException {
        Duration time = TimeSpan.parse("wait", wait);
        if (time.isZero() || time.compareTo(maxWait) > 0) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST, "wait must be from 1s to %ds".formatted(maxWait.toSeconds()));
        }
        TaskId taskId = TaskController.parse(id);
        Task task = TaskController.find(tasks, taskId, tenant.tenant());
        DeferredResult<TaskView> answer = new DeferredResult<>(time.toMillis());
        if (task.ending().isPresent()) {
            answer.setResult(view(news(task)));
            return answer;
        }
        TaskSubscriptions.Wait open = taskSubscriptions.open(taskId, taskSnapshot -> {
            if (taskSnapshot.task().ending().isPresent()) {
                answer(answer, () -> taskSnapshot);
            }
        });
        answer.onTimeout(() -> answer(
                answer,
                () -> open.latest().orElseGet(() -> news(TaskController.find(tasks, taskId, tenant.tenant())))));
        answer.onCompletion(open::close);
        return answer;
    }

    private void answer(DeferredResult<TaskView> answer, Supplier<TaskSnapshot> news) {
        try {
            answer.setResult(view(news.get()));
        } catch (RuntimeException e) {
            answer.setErrorResult(e);
        }
    }

    @GetMapping("/v1/tasks/{id}/events")
    ResponseEntity<SseEmitter> events(
            @RequiresScope(Scope.READ) ApiClient tenant,
            @PathVariable("id") String id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
        TaskId taskId = TaskController.parse(id);
        EventStream.Position last = EventStream.Position.parse(lastEventId);
        if (last.isEndOf(TaskController.find(tasks, taskId, tenant.tenant()))) {
            // The one answer that keeps an EventSource from coming again.
            return ResponseEntity.status(HttpStatus.NO_CONTENT).build();
        }
        SseEmitter emitter = new SseEmitter(LONGEST_STREAM.toMillis());
        EventStream stream = new EventStream(emitter, this::view, last);
        // Told soon after it is opened, and by then it is known here.
        TaskSubscriptions.Wait[] open = new TaskSubscriptions.Wait[1];
        synchronized (open) {
            open[0] = taskSubscriptions.open(taskId, new TaskSubscriptions.Listener() {
                @Override
                public void moved(TaskSnapshot taskSnapshot) {
                    synchronized (open) {
                        stream.advance(open[0], taskSnapshot);
                    }
                }

                @Override
                public void beat() {
                    synchronized (open) {
                        stream.beat(open[0]);
                    }
                }
            });
        }
        emitter.onTimeout(emitter::complete);
        emitter.onCompletion(open[0]::close);
        return ResponseEntity.ok()
                .header("Cache-Control", "no-store")
                .header("X-Accel-Buffering", "no")
                .body(emitter);
    }

    private TaskSnapshot news(Task task) {
        return new TaskSnapshot(task, progress.of(task.id(), task.generation()));
    }

    private TaskView view(TaskSnapshot taskSnapshot) {
        return TaskView.of(taskSnapshot.task(), taskSnapshot.stage(), images);
    }
}
