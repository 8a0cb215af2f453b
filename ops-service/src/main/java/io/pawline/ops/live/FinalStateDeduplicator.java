package io.pawline.ops.live;

import io.pawline.events.TaskFinished;
import io.pawline.ops.ledger.CallEvents;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Counts the final states of tasks, one for each generation: a final state that is put back to work later is the same
 * one, for it keeps its time.
 */
final class FinalStateDeduplicator extends ContextualProcessor<byte[], byte[], String, CountDelta> {

    /** The counts of final states have this key where those of calls have their stage. */
    static final String TASK = "task";

    static final String STORE = "endings-seen";

    private final EventReader events;
    private @Nullable Seen seen;

    FinalStateDeduplicator(EventReader events) {
        this.events = events;
    }

    @Override
    public void init(ProcessorContext<String, CountDelta> context) {
        super.init(context);
        seen = new Seen(context.getStateStore(STORE));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (events.read(record.value()) instanceof TaskFinished event) {
            String name =
                    event.getContext().getTaskId() + "/" + event.getContext().getGeneration();
            Instant at = event.getFinishedAt();
            if (Objects.requireNonNull(seen).isNew(name, at)) {
                CountDelta ended = CountDelta.ended(
                        at,
                        CallEvents.code(event.getEnding()),
                        event.getReason().orElse(null));
                context().forward(record.withKey(TASK).withValue(ended).withTimestamp(at.toEpochMilli()));
            }
        }
    }
}
