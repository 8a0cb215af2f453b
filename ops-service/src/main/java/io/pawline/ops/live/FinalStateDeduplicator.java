package io.pawline.ops.live;

import io.pawline.events.TaskFinished;
import io.pawline.ops.ledger.CallEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/**
 * Counts the final states of tasks, one for each generation: a final state that is put back to work later is the same
 * one, for it keeps its time.
 */
final class FinalStateDeduplicator extends ContextualProcessor<byte[], byte[], String, CountDelta> {

    /** The counts of final states have this key where those of calls have their stage. */
    static final String TASK = "task";

    static final String STORE = "endings-seen";

    /** A final state that comes again later than that is too old for any count. */
    static final Duration REMEMBERED = Duration.ofDays(1);

    private final EventReader events;
    private @Nullable WindowStore<String, String> seen;

    FinalStateDeduplicator(EventReader events) {
        this.events = events;
    }

    @Override
    public void init(ProcessorContext<String, CountDelta> context) {
        super.init(context);
        seen = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (events.read(record.value()) instanceof TaskFinished event) {
            String name =
                    event.getContext().getTaskId() + "/" + event.getContext().getGeneration();
            Instant at = event.getFinishedAt();
            WindowStore<String, String> store = Objects.requireNonNull(seen);
            if (store.fetch(name, at.toEpochMilli()) == null) {
                store.put(name, "", at.toEpochMilli());
                CountDelta ended = CountDelta.ended(
                        at,
                        CallEvents.code(event.getEnding()),
                        event.getReason().orElse(null));
                context().forward(record.withKey(TASK).withValue(ended).withTimestamp(at.toEpochMilli()));
            }
        }
    }
}
