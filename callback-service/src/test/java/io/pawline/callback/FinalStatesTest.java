package io.pawline.callback;

import static io.pawline.callback.TestingFinalStates.NOW;
import static io.pawline.callback.TestingFinalStates.finished;
import static io.pawline.callback.TestingFinalStates.picture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.pawline.events.TaskFinished;
import io.pawline.events.TaskResult;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingTasks;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FinalStatesTest {

    private static final TaskId ID = TaskId.next();

    @ParameterizedTest
    @EnumSource(
            value = io.pawline.events.Ending.class,
            names = {"FAILED", "CANCELLED", "EXPIRED"})
    void readsAFinalStateWithoutAReason(io.pawline.events.Ending kind) {
        assertThat(FinalStates.of(finished(ID, 1).setEnding(kind).build()))
                .asInstanceOf(type(FinalState.Failure.class))
                .satisfies(failure -> assertThat(failure.state()).isEqualTo(TaskState.valueOf(kind.name())))
                .satisfies(failure ->
                        assertThat(failure.message()).isEqualTo(failure.reason().description()));
    }

    @Test
    void readsAFailure() {
        assertThat(FinalStates.of(TestingFinalStates.failure(ID, 1, Reason.NO_PET)))
                .isEqualTo(new FinalState.Failure(
                        NOW, TaskState.FAILED, Reason.NO_PET, Stage.DETECT, "There is a car in the photo."));
    }

    @Test
    void readsAnUnknownReasonAsUnclassified() {
        assertThat(FinalStates.of(finished(ID, 1)
                        .setEnding(io.pawline.events.Ending.FAILED)
                        .setReason("from_a_later_version")
                        .build()))
                .asInstanceOf(type(FinalState.Failure.class))
                .extracting(FinalState.Failure::reason)
                .isEqualTo(Reason.UNCLASSIFIED);
    }

    static Stream<TaskResult> nonsense() {
        return Stream.of(
                new TaskResult(picture("../etc/passwd", 1, 1), List.of()),
                new TaskResult(picture("t/1/result.png", 0, 1), List.of()),
                new TaskResult(picture("t/1/result.png", 1, 1), List.of(picture("", 1, 1))));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void endsATaskEvenIfItsPicturesMakeNoSense(TaskResult result) {
        assertThat(FinalStates.of(finished(ID, 1)
                                .setEnding(io.pawline.events.Ending.SUCCESS)
                                .setResult(result)
                                .build())
                        .state())
                .isEqualTo(TaskState.FAILED);
    }

    @Test
    void endsATaskEvenIfItsSuccessNamesNoPictures() {
        assertThat(FinalStates.of(finished(ID, 1)
                                .setEnding(io.pawline.events.Ending.SUCCESS)
                                .build())
                        .state())
                .isEqualTo(TaskState.FAILED);
    }

    static Stream<FinalState> finalStates() {
        return Stream.of(
                TestingTasks.success(),
                TestingTasks.failure(Reason.NO_PET),
                TestingTasks.failure(Reason.CANCELLED),
                TestingTasks.failure(Reason.DEADLINE_PASSED),
                new FinalState.Failure(NOW, TaskState.CANCELLED, Reason.CANCELLED, null, null));
    }

    @ParameterizedTest
    @MethodSource("finalStates")
    void writesWhatItReads(FinalState finalState) {
        Task task = new Task(TestingTasks.submission(), 2, finalState, new Delivery(null, 0, null, null, null, null));

        TaskFinished event = FinalStates.eventOf(task);

        assertThat(FinalStates.of(event)).isEqualTo(finalState);
        assertThat(event.getContext().getTaskId()).isEqualTo(task.id().toString());
        assertThat(event.getContext().getGeneration()).isEqualTo(2);
        assertThat(event.getContext().getCallbackUrl()).contains("https://shop.example/callback");
    }
}
