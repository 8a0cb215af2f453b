package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.Reason;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingEvents;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.KafkaTemplate;

class TaskFinishedPublisherTest {

    /** Or they would be noted as put back to work, and looked for again only when nobody has worked on them for long. */
    @Test
    void failsUnlessTheBrokersHaveAllOfThem() {
        MockProducer<String, SpecificRecord> producer =
                new MockProducer<>(false, null, new StringSerializer(), TestingEvents.serializer()) {
                    @Override
                    public synchronized void flush() {
                        completeNext();
                        errorNext(new TimeoutException("no broker"));
                    }
                };

        assertThatThrownBy(() ->
                        new TaskFinishedPublisher(new KafkaTemplate<>(() -> producer)).take(List.of(ended(), ended())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("endings do not reach Kafka");
    }

    private static Task ended() {
        return new Task(
                TestingTasks.submission(),
                1,
                TestingTasks.failure(Reason.NO_PET),
                new Delivery(null, 0, null, null, null, null));
    }
}
