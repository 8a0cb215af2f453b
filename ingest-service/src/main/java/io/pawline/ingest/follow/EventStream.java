package io.pawline.ingest.follow;

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
 * The events of one task as one listener has them: each stage as it is reached, then the ending, after which the stream
 * closes. An event's id is generation and rank, both of which only grow, so a listener who comes back with the last id he
 * had gets what he missed and nothing twice. Thread-safe.
 */
final class EventStream {

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);

    private static final Pattern ID = Pattern.compile("([0-9]{1,9})-([0-9])");
    private static final int END = 9;

    private final SseEmitter emitter;
    private final Function<TaskSnapshot, TaskView> view;
    private final ReentrantLock lock = new ReentrantLock();
    private Position last;

    /** The newest event that a listener has. */
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

        /** Whether nothing follows, as far as this task has come. */
        boolean isEndOf(Task task) {
            return rank == END && generation >= task.generation();
        }
    }

    /** That a stage has been reached. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Reached(String taskId, String stage, Instant at) {}

    /** @param view the task as the ending shows it */
    EventStream(SseEmitter emitter, Function<TaskSnapshot, TaskView> view, Position last) {
        this.emitter = emitter;
        this.view = view;
        this.last = last;
    }

    /** Sends what is new; waits no longer when that was the ending, or nobody listens. */
    void advance(TaskSubscriptions.Wait wait, TaskSnapshot taskSnapshot) {
        lock.lock();
        try {
            if (send(taskSnapshot)) {
                wait.close();
                emitter.complete();
            }
        } catch (IOException | IllegalStateException e) {
            gone(wait, e);
        } catch (RuntimeException e) {
            log.warn("A listener is sent away to come again: {}", String.valueOf(e.getMessage()));
            wait.close();
            emitter.complete();
        } finally {
            lock.unlock();
        }
    }

    /** Sends a comment, so that nobody on the way takes the stream for dead, and one that is dead is found to be. */
    void beat(TaskSubscriptions.Wait wait) {
        // Whoever holds the lock is sending, and may be for long to a listener who is slow.
        if (!lock.tryLock()) {
            return;
        }
        try {
            emitter.send(SseEmitter.event().comment("still here"));
        } catch (IOException | IllegalStateException e) {
            gone(wait, e);
        } finally {
            lock.unlock();
        }
    }

    /** Jetty does not end the request by itself. */
    private void gone(TaskSubscriptions.Wait wait, Exception e) {
        log.debug("A listener is gone", e);
        wait.close();
        emitter.complete();
    }

    /** Whether that was the ending. */
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
        if (task.ending().isPresent()) {
            send(END, "end", view.apply(taskSnapshot));
        }
        return task.ending().isPresent();
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
