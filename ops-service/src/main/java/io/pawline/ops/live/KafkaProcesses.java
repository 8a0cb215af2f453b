package io.pawline.ops.live;

import io.pawline.schemas.Stage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Answers the questions of the alerts by what Kafka knows. Thread-safe. */
record KafkaProcesses(StageMembers stages, ReaderDelays readers) implements Alerts.LiveProcesses {

    @Override
    public Optional<Map<Stage, Set<String>>> members() {
        return stages.now();
    }

    @Override
    public Map<String, Duration> delays() {
        return readers.all();
    }
}
