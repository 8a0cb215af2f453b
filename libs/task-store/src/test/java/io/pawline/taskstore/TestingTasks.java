package io.pawline.taskstore;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes tasks and final states for tests. */
public final class TestingTasks {

    public static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    /** So that ids are in the order in which tasks are made. */
    private static final AtomicLong ACCEPTED = new AtomicLong();

    private TestingTasks() {}

    public static Submission submission() {
        return submission(URI.create("https://shop.example/callback"));
    }

    public static Submission submission(@Nullable URI callback) {
        return submission(callback, NOW.plus(Duration.ofHours(1)));
    }

    public static Submission submission(@Nullable URI callback, Instant deadline) {
        return new Submission(
                TaskId.at(NOW.plus(ACCEPTED.incrementAndGet(), ChronoUnit.MICROS)),
                "default",
                "watercolour",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                callback,
                NOW,
                deadline);
    }

    public static FinalState.Success success() {
        return new FinalState.Success(
                NOW.plusSeconds(20),
                new TaskImages(
                        new StoredImage("t/1/result.png", 1024, 768), List.of(new StoredImage("t/1/s.png", 256, 192))));
    }

    public static FinalState.Failure failure(Reason reason) {
        TaskState state = switch (reason) {
            case CANCELLED -> TaskState.CANCELLED;
            case DEADLINE_PASSED -> TaskState.EXPIRED;
            default -> TaskState.FAILED;
        };
        return new FinalState.Failure(NOW.plusSeconds(5), state, reason, Stage.DETECT, "There is a car in the photo.");
    }
}
