package io.pawline.simulation;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Is one transaction: what it has written, which offsets it will commit, and what became of it. */
final class ModelTransaction {

    private enum State {
        OPEN,
        COMMITTED,
        ABORTED
    }

    final Set<ModelLog> logs = new LinkedHashSet<>();
    final Map<ModelGroup, Map<TopicPartition, OffsetAndMetadata>> offsets = new LinkedHashMap<>();
    private State state = State.OPEN;

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean committed() {
        return state == State.COMMITTED;
    }

    void end(boolean commit) {
        state = commit ? State.COMMITTED : State.ABORTED;
    }
}
