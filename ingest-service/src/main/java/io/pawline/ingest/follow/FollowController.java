package io.pawline.ingest.follow;

import io.pawline.images.ImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.http.TimeSpan;
import io.pawline.ingest.pressure.TaskForecasts;
import io.pawline.ingest.task.TaskIds;
import io.pawline.ingest.task.TaskView;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
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

/**
 * Serves {@code GET /v1/tasks/{id}}, with and without {@code wait}, and {@code /events}: shows a task now, when it has
 * ended, or stage by stage. A request that waits holds no thread.
 */
@RestController
final class FollowController {

    /** Ends a stream after this time. A listener who wants more comes again, and misses nothing. */
    private static final Duration LONGEST_STREAM = Duration.ofMinutes(30);

    private final TaskSubscriptions taskSubscriptions;
    private final TaskDao tasks;
    private final ProgressDao progress;
    private final ImageStore images;
    private final TaskForecasts forecasts;
    private final Clock clock;
    private final Duration maxWait;

    FollowController(
            TaskSubscriptions taskSubscriptions,
            TaskDao tasks,
            ProgressDao progress,
            ImageStore images,
            TaskForecasts forecasts,
            IngestProperties settings,
            Clock clock) {
        this.taskSubscriptions = taskSubscriptions;
        this.tasks = tasks;
        this.progress = progress;
        this.images = images;
        this.forecasts = forecasts;
        this.clock = clock;
        this.maxWait = settings.follow().maxWait();
    }

    @GetMapping("/v1/tasks/{id}")
    TaskView status(@RequiresScope(Scope.READ) ApiClient client, @PathVariable("id") String id) {
        return view(snapshot(find(TaskIds.parse(id), client)));
    }

    /** Answers when the task has ended, or when the wait is over. */
    @GetMapping(path = "/v1/tasks/{id}", params = "wait")
    DeferredResult<TaskView> await(
            @RequiresScope(Scope.READ) ApiClient client,
            @PathVariable("id") String id,
            @RequestParam("wait") String wait) {
        Duration time = waitTime(wait);
        TaskId taskId = TaskIds.parse(id);
        Task task = find(taskId, client);
        DeferredResult<TaskView> answer = new DeferredResult<>(time.toMillis());
        if (task.finalState().isPresent()) {
            answer.setResult(view(snapshot(task)));
            return answer;
        }
        TaskSubscriptions.Subscription subscription =
                taskSubscriptions.open(client.tenant(), taskId, new TaskSubscriptions.Listener() {
                    @Override
                    public void changed(TaskSnapshot snapshot) {
                        if (snapshot.task().finalState().isPresent()) {
                            answer(answer, () -> snapshot);
                        }
                    }

                    // The wait is over sooner; whoever waits asks again, and reaches another process
                    @Override
                    public void stopping() {
                        answer(answer, () -> snapshot(find(taskId, client)));
                    }
                });
        answer.onTimeout(() ->
                answer(answer, () -> subscription.latest().orElseGet(() -> snapshot(find(taskId, client)))));
        answer.onCompletion(subscription::close);
        return answer;
    }

    private Duration waitTime(String text) {
        Duration time = TimeSpan.parse(text)
                .orElseThrow(() -> new ProblemException(CommonProblem.INVALID_REQUEST, "wait " + TimeSpan.FAULT));
        if (time.isZero() || time.compareTo(maxWait) > 0) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST, "wait must be from 1s to %ds".formatted(maxWait.toSeconds()));
        }
        return time;
    }

    private void answer(DeferredResult<TaskView> answer, Supplier<TaskSnapshot> snapshot) {
        try {
            answer.setResult(view(snapshot.get()));
        } catch (RuntimeException e) {
            answer.setErrorResult(e);
        }
    }

    @GetMapping("/v1/tasks/{id}/events")
    ResponseEntity<SseEmitter> events(
            @RequiresScope(Scope.READ) ApiClient client,
            @PathVariable("id") String id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
        TaskId taskId = TaskIds.parse(id);
        EventStreamView.Position last = EventStreamView.Position.parse(lastEventId);
        if (last.isEndOf(find(taskId, client))) {
            // No other answer keeps an EventSource from coming again.
            return ResponseEntity.status(HttpStatus.NO_CONTENT).build();
        }
        SseEmitter emitter = new SseEmitter(LONGEST_STREAM.toMillis());
        EventStreamView stream = new EventStreamView(emitter, this::view, last);
        // The listener is called on another thread, maybe before open returns. The lock makes it wait until it knows
        // the
        // subscription that it has to close.
        TaskSubscriptions.Subscription[] subscription = new TaskSubscriptions.Subscription[1];
        synchronized (subscription) {
            subscription[0] = taskSubscriptions.open(client.tenant(), taskId, new TaskSubscriptions.Listener() {
                @Override
                public void changed(TaskSnapshot taskSnapshot) {
                    synchronized (subscription) {
                        stream.advance(subscription[0], taskSnapshot);
                    }
                }

                @Override
                public void heartbeat() {
                    synchronized (subscription) {
                        stream.heartbeat(subscription[0]);
                    }
                }

                // The listener comes again after the last event, and reaches another process
                @Override
                public void stopping() {
                    emitter.complete();
                }
            });
        }
        emitter.onTimeout(emitter::complete);
        emitter.onCompletion(subscription[0]::close);
        return ResponseEntity.ok()
                .header("Cache-Control", "no-store")
                .header("X-Accel-Buffering", "no")
                .body(emitter);
    }

    /** The task of this id. A task of another tenant is not found. */
    private Task find(TaskId id, ApiClient client) {
        return tasks.find(id).filter(found -> found.visibleTo(client.tenant())).orElseThrow(TaskIds::notFound);
    }

    /** The task with the stages it has reached. The stages of a task that has ended are not shown, so none are read. */
    private TaskSnapshot snapshot(Task task) {
        boolean ended = task.finalState().isPresent();
        return new TaskSnapshot(task, ended ? List.of() : progress.of(task.id(), task.generation()));
    }

    private TaskView view(TaskSnapshot taskSnapshot) {
        return TaskView.of(
                taskSnapshot.task(),
                taskSnapshot.stage(),
                images,
                clock.instant(),
                forecasts
                        .of(taskSnapshot.task(), taskSnapshot.newest().orElse(null))
                        .orElse(null));
    }
}
