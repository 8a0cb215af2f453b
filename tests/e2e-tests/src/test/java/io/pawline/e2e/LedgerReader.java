package io.pawline.e2e;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.AvroDeserializer;
import io.pawline.testkit.TopicReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads the outside calls from the topic of attempts. */
final class LedgerReader {

    private final Map<String, List<CallAttempt>> byTask;

    private LedgerReader(List<CallAttempt> events) {
        byTask = events.stream().collect(groupingBy(event -> event.getContext().getTaskId()));
    }

    /** Reads the topic as it is at the moment. */
    static LedgerReader in(LocalSettingsFile settings) {
        try (AvroDeserializer deserializer = new AvroDeserializer()) {
            deserializer.configure(
                    Map.of(
                            "schema.registry.url",
                            settings.get("spring.kafka.properties.schema.registry.url"),
                            "specific.avro.value.type",
                            CallAttempt.class.getName()),
                    false);
            try (TopicReader topic = new TopicReader(settings.kafka(), Topics.ATTEMPTS, "read_committed")) {
                return new LedgerReader(topic.all().stream()
                        .map(data -> (CallAttempt)
                                Objects.requireNonNull(deserializer.deserialize(data.topic(), data.value())))
                        .toList());
            }
        }
    }

    /** The ends of a task's calls; fails unless each call has exactly one beginning and then one end. */
    List<CallAttempt> endsOf(String task) {
        List<CallAttempt> events = byTask.getOrDefault(task, List.of());
        assertThat(events.stream().collect(groupingBy(CallAttempt::getCallId)))
                .allSatisfy((_, call) -> assertThat(call)
                        .extracting(CallAttempt::getMoment)
                        .containsExactly(CallMoment.START, CallMoment.END));
        return events.stream()
                .filter(event -> event.getMoment() == CallMoment.END)
                .toList();
    }

    /** The stages, each with its provider, of the calls that succeeded. */
    static List<String> succeeded(List<CallAttempt> ends) {
        return ends.stream()
                .filter(end ->
                        end.getOutcome().filter(CallOutcome.SUCCEEDED::equals).isPresent())
                .map(end -> end.getStage() + " by " + end.getProvider())
                .toList();
    }

    /** The reasons of the calls that failed. */
    static List<String> failures(List<CallAttempt> ends) {
        return ends.stream().flatMap(end -> end.getReason().stream()).toList();
    }
}
