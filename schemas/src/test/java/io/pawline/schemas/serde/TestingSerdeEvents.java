package io.pawline.schemas.serde;

import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.ControlAction;
import io.pawline.events.ControlCommand;
import io.pawline.events.Ending;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.StoredPicture;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.events.TaskResult;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/** One event of every kind. */
final class TestingSerdeEvents {

    private TestingSerdeEvents() {}

    static TaskAccepted accepted() {
        return TaskAccepted.newBuilder()
                .setContext(context())
                .setPhoto(ImageRef.newBuilder().setKey("task/photo").build())
                .build();
    }

    static Stream<SpecificRecord> oneOfEach() {
        ImageRef image = ImageRef.newBuilder().setUrl("https://images.test/1").build();
        StoredPicture picture = new StoredPicture("task/1/result.png", 1024, 768);
        Instant now = Instant.ofEpochMilli(1_763_900_000_123L);
        return Stream.of(
                accepted(),
                PetDescribed.newBuilder()
                        .setContext(context())
                        .setDescription("橘猫 🐈")
                        .build(),
                ImageGenerated.newBuilder()
                        .setContext(context())
                        .setImage(image)
                        .build(),
                ImageCutOut.newBuilder().setContext(context()).setImage(image).build(),
                TaskFinished.newBuilder()
                        .setContext(context())
                        .setEnding(Ending.SUCCESS)
                        .setFinishedAt(now)
                        .setResult(new TaskResult(picture, List.of(picture, picture)))
                        .build(),
                CallAttempt.newBuilder()
                        .setContext(context())
                        .setCallId("call")
                        .setMoment(CallMoment.START)
                        .setAt(now)
                        .setStage("detect")
                        .setProvider("ark")
                        .setAttempt(1)
                        .setBilled(Billed.NO)
                        .build(),
                ControlCommand.newBuilder()
                        .setSubject("provider:ark")
                        .setAction(ControlAction.COOL_DOWN)
                        .setUntil(now)
                        .setBy("stage")
                        .setWhy("429")
                        .setAt(now)
                        .build());
    }

    private static TaskContext context() {
        return TaskContext.newBuilder()
                .setTaskId("0197a5d0-0000-7000-8000-000000000001")
                .setTenant("tenant")
                .setStyle("watercolour")
                .setSubmittedAt(Instant.ofEpochMilli(1_763_800_000_000L))
                .setDeadline(Instant.ofEpochMilli(1_763_900_000_000L))
                .setCallbackUrl("https://front-end.test/callback")
                .build();
    }
}
