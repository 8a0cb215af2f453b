package io.pawline.ingest.follow;

import io.pawline.ingest.task.TaskView;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Sends the events of one task to one listener: each stage as it is reached, then the final state, after which the
 * stream closes. The id of an event is its generation and its rank, which both only grow. So a listener who comes back
 * with the last id he received gets what he missed, and nothing twice. Thread-safe.
 */
final class EventStreamView {

    private static final Logger log = LoggerFactory.getLogger(EventStreamView.class);

    private static final Pattern ID = Pattern.compile("([0-9]{1,9})-([0-9])");
    private static final int END = 9;

    private final SseEmitter emitter;
    private final Function<TaskSnapshot, TaskView> view;
    private final ReentrantLock lock = new ReentrantLock();
    private Position last;

    /** Names the newest event that a listener has received. */
    record Position(int generation, int rank) {

        static Position parse(@Nullable String lastEventId) {
            if (lastEventId == null || lastEventId.isEmpty()) {
                return new Position(0, 0);
            }
            Matcher parts = ID.matcher(lastEventId);
            if (!parts.matches()) {
                throw new ProblemException(
                        CommonProblem.INVALID_REQUEST, "Last-Event-ID is none: send the id of an event as it was");
            }
            return new Position(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
        }

        /** Whether the task, as far as it has come, has no later event. */
        boolean isEndOf(Task task) {
            return rank == END && generation >= task.generation();
        }
    }

    /** Says as JSON that the task has reached a stage. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Reached(String taskId, String stage, Instant at) {}

    /** @param view makes the JSON of the last event */
    EventStreamView(SseEmitter emitter, Function<TaskSnapshot, TaskView> view, Position last) {
        this.emitter = emitter;
        this.view = view;
        this.last = last;
    }

    /** Sends what is new. Ends the subscription after the final state, or if the listener is gone. */
    void advance(TaskSubscriptions.Subscription subscription, TaskSnapshot taskSnapshot) {
        lock.lock();
        try {
            if (send(taskSnapshot)) {
                subscription.close();
                emitter.complete();
            }
        } catch (IOException | IllegalStateException e) {
            gone(subscription, e);
        } catch (RuntimeException e) {
            log.warn("A stream is closed, and its listener has to come again: {}", String.valueOf(e.getMessage()));
            subscription.close();
            emitter.complete();
        } finally {
            lock.unlock();
        }
    }

    /** Sends a comment. So proxies see that the stream is alive, and the service notices one that is dead. */
    void heartbeat(TaskSubscriptions.Subscription subscription) {
        // The thread that holds the lock is sending. That may take long if the listener is slow.
        if (!lock.tryLock()) {
            return;
        }
        try {
            emitter.send(SseEmitter.event().comment("still here"));
        } catch (IOException | IllegalStateException e) {
            gone(subscription, e);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the request, which Jetty does not do by itself. */
    private void gone(TaskSubscriptions.Subscription subscription, Exception e) {
        log.debug("A listener is gone", e);
        subscription.close();
        emitter.complete();
    }

    /** Sends what is new; true if that was the final state. */
    private boolean send(TaskSnapshot taskSnapshot) throws IOException {
        Task task = taskSnapshot.task();
        if (task.generation() > last.generation()) {
            last = new Position(task.generation(), 0);
        }
        if (task.generation() == 1) {
            send(Stage.DETECT, task, task.submission().submittedAt());
        }
        for (StageReached reached : taskSnapshot.reached()) {
            send(reached.stage(), task, reached.at());
        }
        if (task.finalState().isPresent()) {
            send(END, "end", view.apply(taskSnapshot));
        }
        return task.finalState().isPresent();
    }

    private void send(Stage stage, Task task, Instant at) throws IOException {
        send(rank(stage), "stage", new Reached(task.id().toString(), stage.code(), at));
    }

    private static int rank(Stage stage) {
        return switch (stage) {
            case DETECT -> 1;
            case GENERATE -> 2;
            case MATTING -> 3;
            case FINALIZE -> 4;
            case CALLBACK -> 5;
        };
    }

    private void send(int rank, String name, Object data) throws IOException {
        if (rank > last.rank()) {
            last = new Position(last.generation(), rank);
            emitter.send(SseEmitter.event()
                    .id("%d-%d".formatted(last.generation(), rank))
                    .name(name)
                    .data(data, MediaType.APPLICATION_JSON));
        }
    }
}
