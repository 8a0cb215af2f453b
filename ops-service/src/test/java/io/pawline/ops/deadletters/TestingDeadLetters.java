package io.pawline.ops.deadletters;

import io.pawline.ops.deadletters.IndexedDeadLetter.OfTask;
import io.pawline.ops.deadletters.IndexedDeadLetter.Position;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TestingTasks;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Makes dead letters as tests want them. */
public final class TestingDeadLetters {

    private static final AtomicLong OFFSETS = new AtomicLong();

    private TestingDeadLetters() {}

    public static IndexedDeadLetter deadLetter(
            Submission task, String stage, String reason, String detail, Instant failedAt) {
        return new IndexedDeadLetter(
                new Position("pawline." + stage + ".dlt", "made-once", 0, OFFSETS.getAndIncrement()),
                stage,
                reason,
                detail,
                failedAt,
                failedAt.minusSeconds(60),
                failedAt.minusSeconds(90),
                3,
                new OfTask(task.id().value(), 1, task.tenant(), task.style(), TestingTasks.NOW),
                null,
                new byte[] {1},
                new byte[] {2},
                List.of(),
                "");
    }
}
