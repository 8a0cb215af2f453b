package io.pawline.ops.live;

import io.pawline.schemas.Stage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Knows which processes of each stage are there: the members of its consumer group. The answer of Kafka is good for
 * some seconds. Thread-safe.
 */
final class StageMembers {

    private static final Duration GOOD_FOR = Duration.ofSeconds(5);

    private final Admin admin;
    private final Clock clock;
    private @Nullable Members last;

    private record Members(Instant at, Optional<Map<Stage, Set<String>>> byStage) {}

    /** @param admin stays the caller's to close */
    StageMembers(Admin admin, Clock clock) {
        this.admin = admin;
        this.clock = clock;
    }

    /** Returns the instance ids of each stage's processes; empty if Kafka does not answer. */
    synchronized Optional<Map<Stage, Set<String>>> now() {
        Instant now = clock.instant();
        if (last == null || last.at().plus(GOOD_FOR).isBefore(now)) {
            last = new Members(now, ask());
        }
        return last.byStage();
    }

    private Optional<Map<Stage, Set<String>>> ask() {
        try {
            Map<String, KafkaFuture<ConsumerGroupDescription>> groups = admin.describeConsumerGroups(
                            Arrays.stream(Stage.values())
                                    .map(Stage::consumerGroup)
                                    .toList())
                    .describedGroups();
            Map<Stage, Set<String>> members = new EnumMap<>(Stage.class);
            for (Stage stage : Stage.values()) {
                members.put(stage, instances(stage, groups.get(stage.consumerGroup())));
            }
            return Optional.of(members);
        } catch (ExecutionException | KafkaException unknown) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** The client id of a stage's consumer is its group and its instance. */
    private static Set<String> instances(Stage stage, @Nullable KafkaFuture<ConsumerGroupDescription> group)
            throws InterruptedException, ExecutionException {
        if (group == null) {
            return Set.of();
        }
        try {
            int prefix = stage.consumerGroup().length() + 1;
            return group.get().members().stream()
                    .filter(member -> member.clientId().length() > prefix)
                    .map(member -> member.clientId().substring(prefix))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                return Set.of();
            }
            throw failed;
        }
    }
}
