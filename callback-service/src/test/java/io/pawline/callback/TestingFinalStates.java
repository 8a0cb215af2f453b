package io.pawline.callback;

import io.pawline.events.Ending;
import io.pawline.events.StoredPicture;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.events.TaskResult;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.List;

/** Makes events with final states, as the stages publish them. */
final class TestingFinalStates {

    static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    private TestingFinalStates() {}

    static TaskFinished.Builder finished(TaskId id, int generation) {
        return TaskFinished.newBuilder()
                .setContext(TaskContext.newBuilder()
                        .setTaskId(id.toString())
                        .setTenant("default")
                        .setStyle("ink")
                        .setSubmittedAt(NOW)
                        .setDeadline(NOW.plusSeconds(3600))
                        .setGeneration(generation)
                        .build())
                .setFinishedAt(NOW);
    }

    static TaskFinished success(TaskId id, int generation) {
        String folder = id + "/" + generation;
        return finished(id, generation)
                .setEnding(Ending.SUCCESS)
                .setResult(new TaskResult(
                        picture(folder + "/result.png", 1024, 768),
                        List.of(
                                picture(folder + "/thumbnail-512.png", 512, 384),
                                picture(folder + "/thumbnail-128.png", 128, 96))))
                .build();
    }

    static TaskFinished failure(TaskId id, int generation, Reason reason) {
        return finished(id, generation)
                .setEnding(Ending.FAILED)
                .setStage("detect")
                .setReason(reason.code())
                .setDetail("There is a car in the photo.")
                .build();
    }

    static StoredPicture picture(String key, int width, int height) {
        return new StoredPicture(key, width, height);
    }
}
