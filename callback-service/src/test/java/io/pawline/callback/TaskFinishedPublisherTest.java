package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.Reason;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingEvents;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.KafkaTemplate;

class TaskFinishedPublisherTest {

    /** Otherwise they would count as put back, and come back only after a long time without work. */
    @Test
    void failsUnlessTheBrokersHaveAllRecords() {
        MockProducer<String, SpecificRecord> producer =
                new MockProducer<>(false, null, new StringSerializer(), TestingEvents.serializer()) {
                    @Override
                    public synchronized void flush() {
                        completeNext();
                        errorNext(new TimeoutException("no broker"));
                    }
                };

        assertThatThrownBy(() -> new TaskFinishedPublisher(new KafkaTemplate<>(() -> producer))
                        .take(List.of(finished(), finished())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("final states do not reach Kafka");
    }

    @Test
    void leavesOutWhatKafkaCanNeverTake() throws InterruptedException {
        MockProducer<String, SpecificRecord> producer =
                new MockProducer<>(false, null, new StringSerializer(), TestingEvents.serializer()) {
                    @Override
                    public synchronized void flush() {
                        errorNext(new RecordTooLargeException("2 MB"));
                        completeNext();
                    }
                };
        Task open = new Task(TestingTasks.submission(), 1, null, finished().delivery());

        new TaskFinishedPublisher(new KafkaTemplate<>(() -> producer)).take(List.of(finished(), open, finished()));

        assertThat(producer.history()).as("records made").hasSize(2);
    }

    private static Task finished() {
        return new Task(
                TestingTasks.submission(),
                1,
                TestingTasks.failure(Reason.NO_PET),
                new Delivery(null, 0, null, null, null, null));
    }
}
