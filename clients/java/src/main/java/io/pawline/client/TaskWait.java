package io.pawline.client;

import io.pawline.client.ServerSentEvents.Event;
import io.pawline.client.model.Task;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;

/**
 * Waits for the final state of one task: by its events, or by asking again and again where no events come through.
 * For one thread.
 */
final class TaskWait {

    /** A stream has a comment every 15 seconds. */
    private static final Duration SILENCE = Duration.ofSeconds(45);

    /** After so many connections without an event, no further one is tried. */
    private static final int VAIN_CONNECTIONS = 2;

    private final HttpCalls calls;
    private final UUID id;
    private final Duration timeout;
    private final Consumer<String> onStage;
    private final Instant end;
    private String lastEvent = "";
    private int vain;

    TaskWait(HttpCalls calls, UUID id, Duration timeout, Consumer<String> onStage) {
        this.calls = calls;
        this.id = id;
        this.timeout = timeout;
        this.onStage = onStage;
        this.end = calls.pacing().now().plus(timeout);
    }

    /**
     * Returns the task in its final state.
     *
     * @throws WaitTimeoutException if it has none in time
     */
    Task result() throws InterruptedException {
        for (int looks = 1; ; ) {
            if (vain < VAIN_CONNECTIONS) {
                Optional<Task> ended = listen();
                if (ended.isPresent()) {
                    return ended.get();
                }
                if (vain == 0) {
                    continue;
                }
            }
            Task task = calls.call(ApiCall.of("GET", "/v1/tasks/" + id).within(atMost(calls.retryFor())), Task.class);
            if (hasEnded(task)) {
                return task;
            }
            calls.pacing().pause(atMost(calls.pacing().after(looks++, Optional.empty())));
        }
    }

    /** Listens until the connection ends; empty if the task has not ended by then. */
    private Optional<Task> listen() throws InterruptedException {
        ApiCall call = ApiCall.of("GET", "/v1/tasks/" + id + "/events").header("Accept", "text/event-stream");
        call = lastEvent.isEmpty() ? call : call.header("Last-Event-ID", lastEvent);
        vain++;
        try (EventConnection connection = EventConnection.open(calls, call, atMost(calls.requestTimeout()))) {
            while (connection.isStream()) {
                Optional<Event> event = connection.next(atMost(SILENCE));
                if (event.isEmpty()) {
                    break;
                }
                vain = 0;
                lastEvent = event.get().id();
                if (event.get().name().equals("end")) {
                    return Optional.of(ClientJson.MAPPER.readValue(event.get().data(), Task.class));
                }
                if (event.get().name().equals("stage")) {
                    onStage.accept(ClientJson.MAPPER
                            .readTree(event.get().data())
                            .path("stage")
                            .asString(""));
                }
            }
        } catch (IOException | JacksonException broken) {
            // The connection counts as vain unless it has brought an event
        }
        return Optional.empty();
    }

    /** Returns the time that is left, or this time if it is shorter. */
    private Duration atMost(Duration time) {
        Duration left = Duration.between(calls.pacing().now(), end);
        if (left.isNegative() || left.isZero()) {
            throw new WaitTimeoutException(id, "task " + id + " has no final state after " + timeout);
        }
        return Pacing.shorter(left, time);
    }

    private static boolean hasEnded(Task task) {
        return !task.getState().getValue().equals("processing");
    }
}
