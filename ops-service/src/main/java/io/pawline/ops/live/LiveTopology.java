package io.pawline.ops.live;

import io.pawline.ops.ledger.Prices;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import java.time.Duration;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Turns the events of calls and the final states of tasks into counts by stage and span of time: each event once, by the
 * time at which it happened.
 *
 * <pre>
 * pawline.attempts -> each call's events once -.
 *                                               > by stage -> spans of 10 s, spans of 1 min, processes -> pawline.live
 * pawline.callback -> each final state once ---'
 * </pre>
 */
final class LiveTopology {

    static final Duration SHORT = Duration.ofSeconds(10);
    static final Duration LONG = Duration.ofMinutes(1);

    /** An event may come so much later than another one of its stage and still count in its own span of time. */
    static final Duration LATEST = Duration.ofMinutes(30);

    /**
     * What was counted is remembered for so long: what comes later is too late for any span of time, so it does not
     * matter whether it was counted before.
     */
    static final Duration REMEMBERED = LATEST.plus(LONG).plus(Duration.ofMinutes(4));

    private static final Serde<CountDelta> COUNT_DELTA = Json.serde(CountDelta.class);

    private LiveTopology() {}

    /** @param events thread-safe */
    static Topology of(Deserializer<?> events, Prices prices) {
        EventReader reader = new EventReader(events);
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Seen.store(CallDeduplicator.STORE));
        builder.addStateStore(Seen.store(FinalStateDeduplicator.STORE));
        Consumed<byte[], byte[]> bytes = Consumed.with(Serdes.ByteArray(), Serdes.ByteArray());
        KStream<String, CountDelta> calls = builder.stream(Topics.ATTEMPTS, bytes)
                .process(() -> new CallDeduplicator(reader, prices), CallDeduplicator.STORE);
        KStream<String, CountDelta> finalStates = builder.stream(Stage.CALLBACK.workTopic(), bytes)
                .process(() -> new FinalStateDeduplicator(reader), FinalStateDeduplicator.STORE);
        KGroupedStream<String, CountDelta> byStage = calls.merge(finalStates)
                .repartition(Repartitioned.with(Serdes.String(), COUNT_DELTA)
                        .withName("by-stage")
                        .withNumberOfPartitions(1))
                .groupByKey(Grouped.with(Serdes.String(), COUNT_DELTA));
        Produced<String, LiveUpdate> results = Produced.with(Serdes.String(), Json.serde(LiveUpdate.class));
        windows(byStage, SHORT).to(Topics.LIVE, results);
        windows(byStage, LONG).to(Topics.LIVE, results);
        processes(byStage).to(Topics.LIVE, results);
        return builder.build();
    }

    private static KStream<String, LiveUpdate> windows(KGroupedStream<String, CountDelta> byStage, Duration span) {
        return byStage.windowedBy(TimeWindows.ofSizeAndGrace(span, LATEST))
                .aggregate(
                        () -> WindowTotals.NONE,
                        (_, event, totals) -> totals.plus(event),
                        Materialized.<String, WindowTotals, WindowStore<Bytes, byte[]>>as(
                                        "windows-" + span.toSeconds() + "s")
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Json.serde(WindowTotals.class)))
                .toStream()
                .map((window, totals) -> {
                    LiveUpdate update =
                            LiveUpdate.of(window.key(), span, window.window().startTime(), totals);
                    return KeyValue.pair(update.key(), update);
                });
    }

    private static KStream<String, LiveUpdate> processes(KGroupedStream<String, CountDelta> byStage) {
        return byStage.aggregate(
                        () -> InstanceStates.NONE,
                        (_, event, processes) -> processes.with(event.process()),
                        Materialized.<String, InstanceStates, KeyValueStore<Bytes, byte[]>>as("processes")
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Json.serde(InstanceStates.class)))
                .toStream()
                .flatMap((stage, processes) -> processes.byInstance().values().stream()
                        .map(process -> LiveUpdate.of(stage, process))
                        .map(update -> KeyValue.pair(update.key(), update))
                        .toList());
    }
}
