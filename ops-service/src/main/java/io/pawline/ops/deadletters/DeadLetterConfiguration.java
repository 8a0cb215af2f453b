package io.pawline.ops.deadletters;

import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Stage;
import io.pawline.service.EventFormats;
import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the index of the dead letters together, and what people see of it and change in it. */
@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {

    private static final int SEARCHES_AT_ONCE = 500;
    private static final int SUMS_AT_ONCE = 10_000;

    /** Each stage takes one class of event. */
    private static final Map<Stage, Class<? extends SpecificRecord>> EVENTS = Map.of(
            Stage.DETECT, TaskAccepted.class,
            Stage.GENERATE, PetDescribed.class,
            Stage.MATTING, ImageGenerated.class,
            Stage.FINALIZE, ImageCutOut.class,
            Stage.CALLBACK, TaskFinished.class);

    @Bean
    DeadLetterIndex deadLetterIndex(TaskDatabase database) {
        return new DeadLetterIndex(database);
    }

    @Bean
    TopicIds topicIds(KafkaProperties kafka) {
        return new TopicIds(kafka.buildAdminProperties());
    }

    @Bean
    DeadLetterListener deadLetterListener(
            DeadLetterIndex index, TopicIds topics, Deserializer<?> eventDeserializer, Clock clock) {
        return new DeadLetterListener(index, new TopicIncarnations(topics, clock), eventDeserializer);
    }

    @Bean
    DeadLetterQueries deadLetterQueries(TaskDatabase database) {
        return new DeadLetterQueries(database.reports());
    }

    @Bean
    DeadLetterGroups deadLetterGroups(TaskDatabase database) {
        return new DeadLetterGroups(database.reports());
    }

    @Bean
    Periodic deadLetterTally(DeadLetterGroups groups) {
        return Periodic.start("dead-letter-tally", Duration.ofSeconds(30), () -> groups.sumUp(SUMS_AT_ONCE));
    }

    @Bean
    DeadLetterReplays deadLetterReplays(TaskDatabase database) {
        return new DeadLetterReplays(database.reports());
    }

    @Bean
    SavedFilters savedFilters(TaskDatabase database, Clock clock) {
        return new SavedFilters(database.reports(), clock);
    }

    @Bean
    DeadLetterChanges deadLetterChanges(TaskDatabase database, Clock clock) {
        return new DeadLetterChanges(database.reports(), clock);
    }

    @Bean
    DeadLetterPatches deadLetterPatches(TaskDatabase database, EventJson events, Clock clock) {
        return new DeadLetterPatches(database.reports(), events, clock);
    }

    @Bean
    EventJson eventJson(Deserializer<?> eventDeserializer, KafkaProperties kafka) {
        return new EventJson(eventDeserializer, EventFormats.of(kafka).serializer(), EVENTS);
    }

    @Bean
    DeadLetterSearch deadLetterSearch(TaskDatabase database, EventJson events) {
        return new DeadLetterSearch(database, events);
    }

    /** Once it has caught up with what an earlier version left, it finds nothing, by an index that is empty then. */
    @Bean
    Periodic deadLetterSearches(DeadLetterSearch search) {
        return Periodic.start("dead-letter-search", Duration.ofSeconds(1), () -> {
            while (search.write(SEARCHES_AT_ONCE) == SEARCHES_AT_ONCE
                    && !Thread.currentThread().isInterrupted()) {
                // There are more
            }
        });
    }

    @Bean
    DeadLetterDetails deadLetterDetails(
            DeadLetterQueries queries,
            DeadLetterChanges changes,
            DeadLetterReplays replays,
            TaskDao tasks,
            EventJson events) {
        return new DeadLetterDetails(queries, changes, replays, tasks, events);
    }
}
