package io.pawline.ops.deadletters;

import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Stage;
import io.pawline.service.EventFormats;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the index of the dead letters together, and what people see of it and change in it. */
@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {

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
    DeadLetterListener deadLetterListener(DeadLetterIndex index, Deserializer<?> eventDeserializer) {
        return new DeadLetterListener(index, eventDeserializer);
    }

    @Bean
    DeadLetterQueries deadLetterQueries(TaskDatabase database) {
        return new DeadLetterQueries(database.reports());
    }

    @Bean
    DeadLetterReplays deadLetterReplays(TaskDatabase database) {
        return new DeadLetterReplays(database.reports());
    }

    @Bean
    DeadLetterChanges deadLetterChanges(TaskDatabase database, Clock clock) {
        return new DeadLetterChanges(database.reports(), clock);
    }

    @Bean
    EventJson eventJson(Deserializer<?> eventDeserializer, KafkaProperties kafka) {
        return new EventJson(eventDeserializer, EventFormats.of(kafka).serializer(), EVENTS);
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
