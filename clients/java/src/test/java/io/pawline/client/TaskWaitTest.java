package io.pawline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pawline.client.model.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how a client waits for a final state, with events and without. */
class TaskWaitTest {

    private static final UUID TASK = UUID.fromString(ScriptedPawline.TASK);
    private static final Duration LONG = Duration.ofMinutes(10);

    @ParameterizedTest
    @ValueSource(strings = {"success", "failed", "cancelled", "expired"})
    void theEventsEndWithEachFinalState(String state) throws Exception {
        List<String> stages = new ArrayList<>();
        try (ScriptedPawline pawline = ScriptedPawline.with(ScriptedPawline.events(
                ": hello\n\n" + stage("1-1", "detect") + stage("1-2", "generate") + end("1-9", state)))) {
            Task task = pawline.client().waitFor(TASK, LONG, stages::add);
            assertThat(task.getState().getValue()).isEqualTo(state);
            assertThat(stages).containsExactly("detect", "generate");
            assertThat(pawline.received).hasSize(1);
        }
    }

    @Test
    void aBrokenStreamGoesOnAfterTheLastEvent() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(
                ScriptedPawline.events(stage("1-1", "detect") + "id:1-2\nevent:st"),
                ScriptedPawline.events(stage("1-2", "generate") + end("1-9", "success")))) {
            List<String> stages = new ArrayList<>();
            pawline.client().waitFor(TASK, LONG, stages::add);
            assertThat(stages).containsExactly("detect", "generate");
            assertThat(pawline.received.get(0).header("Last-Event-ID")).isEqualTo("none");
            assertThat(pawline.received.get(1).header("Last-Event-ID")).isEqualTo("1-1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"success", "failed", "cancelled", "expired"})
    void withoutEventsTheTaskIsAskedForUntilItEnds(String state) throws Exception {
        List<String> looks = new ArrayList<>();
        try (ScriptedPawline pawline = ScriptedPawline.by(request -> {
            if (request.address().getPath().endsWith("/events")) {
                return ScriptedPawline.problem(503, "too-many-waits", "Retry-After", "1");
            }
            looks.add("look");
            return ScriptedPawline.task(looks.size() < 6 ? "processing" : state);
        })) {
            assertThat(pawline.client().waitFor(TASK, LONG).getState().getValue())
                    .isEqualTo(state);
            assertThat(pawline.received.stream()
                            .filter(request -> request.address().getPath().endsWith("/events")))
                    .as("connections for events")
                    .hasSize(2);
            assertThat(pawline.pacing.pauses).isSorted().hasSize(5);
        }
    }

    @Test
    void aStreamThatIsCutAtOnceIsNotTriedForEver() throws Exception {
        try (ScriptedPawline pawline =
                ScriptedPawline.by(request -> request.address().getPath().endsWith("/events")
                        ? ScriptedPawline.cut()
                        : ScriptedPawline.task("processing"))) {
            assertThatExceptionOfType(WaitTimeoutException.class)
                    .isThrownBy(() -> pawline.client().waitFor(TASK, Duration.ofMinutes(1)))
                    .matches(late -> late.id().equals(TASK));
            assertThat(pawline.pacing.pauses.stream().reduce(Duration.ZERO, Duration::plus))
                    .isEqualTo(Duration.ofMinutes(1));
        }
    }

    @Test
    void anUnknownTaskIsNotWaitedFor() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(ScriptedPawline.problem(404, "task-not-found"))) {
            assertThatExceptionOfType(PawlineProblemException.class)
                    .isThrownBy(() -> pawline.client().waitFor(TASK, LONG))
                    .matches(problem -> problem.is("task-not-found"));
            assertThat(pawline.pacing.pauses).isEmpty();
        }
    }

    private static String stage(String id, String stage) {
        return "id:%s\nevent:stage\ndata:{\"task_id\":\"%s\",\"stage\":\"%s\"}\n\n"
                .formatted(id, ScriptedPawline.TASK, stage);
    }

    private static String end(String id, String state) {
        return "id:%s\nevent:end\ndata:%s\n\n".formatted(id, ScriptedPawline.taskJson(state));
    }
}
