package io.pawline.ops.deadletters;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Carries a dead letter from its topic to the index.
 *
 * @param position where it stands in Kafka
 * @param detail one sentence about the failure
 * @param task what is known of its task; null: nothing
 * @param undecodable why its bytes are no event; null: they are one
 * @param text what its event says, for the search
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record IndexedDeadLetter(
        Position position,
        String stage,
        String reason,
        String detail,
        Instant failedAt,
        @Nullable Instant firstFailedAt,
        @Nullable Instant workAt,
        int attempts,
        @Nullable OfTask task,
        @Nullable String undecodable,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        String text) {

    /**
     * The place where a dead letter stands in Kafka, which names it for good.
     *
     * @param topicId incarnation of the topic: one that is made anew has another, and begins with offset 0 again
     */
    public record Position(String topic, String topicId, int partition, long offset) {}

    /**
     * What is known of the task of a dead letter.
     *
     * @param style and the others: null if only the record's key names the task
     */
    public record OfTask(
            UUID id,
            @Nullable Integer generation,
            @Nullable String tenant,
            @Nullable String style,
            @Nullable Instant submittedAt) {}

    /** One header of the record, as it came. */
    public record Header(String name, byte @Nullable [] value) {}

    public IndexedDeadLetter {
        Objects.requireNonNull(position, "position");
        headers = List.copyOf(headers);
    }
}
