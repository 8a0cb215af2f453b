package io.pawline.ops.live;

import io.pawline.events.CallAttempt;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallEvents;
import io.pawline.ops.ledger.Prices;
import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Turns the events of calls into what they add to the counts of their stage, each once, however often it is read: it
 * remembers for {@link LiveTopology#REMEMBERED} what it has counted. What comes later than that counts in no span of time;
 * the ledger has it.
 */
final class CallDeduplicator extends ContextualProcessor<byte[], byte[], String, CountDelta> {

    static final String STORE = "calls-seen";

    private final EventReader events;
    private final Prices prices;
    private @Nullable Seen seen;

    CallDeduplicator(EventReader events, Prices prices) {
        this.events = events;
        this.prices = prices;
    }

    @Override
    public void init(ProcessorContext<String, CountDelta> context) {
        super.init(context);
        seen = new Seen(context.getStateStore(STORE));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (events.read(record.value()) instanceof CallAttempt event) {
            count(event, record);
        }
    }

    private void count(CallAttempt event, Record<byte[], byte[]> record) {
        Call call;
        try {
            call = CallEvents.call(event);
        } catch (IllegalArgumentException noCall) {
            return; // the ledger logs it
        }
        Instant at = event.getAt();
        InstanceState process = process(event);
        boolean isNew = isNew(call.id() + "/" + event.getMoment() + "/" + call.orphaned(), at);
        if (isNew && call.orphaned()) {
            forward(record, call, CountDelta.seen(at, process));
        } else if (isNew && call.end() != null) {
            forward(record, call, ended(call, call.end(), process));
        } else if (isNew) {
            boolean first = isNew(call.taskId() + "/" + call.generation() + "/" + call.stage(), at);
            forward(record, call, CountDelta.began(at, first && call.attempt() == 1, process));
        }
    }

    private CountDelta ended(Call call, Call.End end, @Nullable InstanceState process) {
        boolean well = end.outcome().equals("succeeded");
        String reason = well ? null : end.reason() == null ? Reason.UNCLASSIFIED.code() : end.reason();
        boolean timeout = reason != null
                && Reason.ofCode(reason)
                        .filter(known -> known.scope() == Reason.Scope.TIMEOUT)
                        .isPresent();
        return new CountDelta(
                end.at(),
                0,
                0,
                well ? 1 : 0,
                reason,
                timeout ? 1 : 0,
                prices.costMicros(call.provider(), end),
                null,
                process);
    }

    private static @Nullable InstanceState process(CallAttempt event) {
        if (event.getInstance().isEmpty() || event.getLimit().isEmpty()) {
            return null;
        }
        return new InstanceState(
                event.getInstance().get(),
                event.getProvider(),
                event.getAt(),
                event.getInFlight().orElse(0),
                event.getLimit().get(),
                event.getBreaker().map(CallEvents::code).orElse(null),
                event.getBreaker().isPresent() ? event.getAt() : null);
    }

    private boolean isNew(String name, Instant at) {
        return Objects.requireNonNull(seen).isNew(name, at);
    }

    private void forward(Record<byte[], byte[]> record, Call call, CountDelta countDelta) {
        context()
                .forward(record.withKey(call.stage())
                        .withValue(countDelta)
                        .withTimestamp(countDelta.at().toEpochMilli()));
    }
}
