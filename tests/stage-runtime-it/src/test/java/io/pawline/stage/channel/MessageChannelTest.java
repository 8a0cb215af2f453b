package io.pawline.stage.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.TaskAccepted;
import io.pawline.schemas.TaskId;
import io.pawline.service.EventFormat;
import io.pawline.stage.ControlChannel;
import io.pawline.stage.StageClients;
import io.pawline.stage.SystemScheduler;
import io.pawline.testkit.TestingEvents;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs a channel over clients that are in memory. */
@Timeout(60)
class MessageChannelTest {

    private static final TopicPartition PARTITION = new TopicPartition("messages", 3);

    private final MockConsumer<byte[], byte[]> reader = new MockConsumer<>("none");
    private final MockProducer<byte[], byte[]> writer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final List<String> heard = new ArrayList<>();
    private final List<String> due = new ArrayList<>();
    private final List<byte[]> before = IntStream.range(0, 5)
            .mapToObj(offset -> bytes(String.valueOf(offset)))
            .collect(Collectors.toCollection(ArrayList::new));
    private boolean history;

    private final class Listener implements MessageChannel.Endpoint<TaskAccepted> {
        @Override
        public boolean readsHistory() {
            return history;
        }

        @Override
        public Duration untilDue() {
            return Duration.ofMillis(1);
        }

        @Override
        public void received(TaskAccepted event) {
            heard.add(style(event));
        }

        @Override
        public void caughtUp() {
            due.add("once caught up");
            caughtUp.countDown();
        }

        @Override
        public List<TaskAccepted> due() {
            List<TaskAccepted> now =
                    due.stream().map(MessageChannelTest::message).toList();
            due.clear();
            return now;
        }

        @Override
        public List<TaskAccepted> leave() {
            return List.of(message("the last"));
        }

        @Override
        public String inTrouble() {
            return "the test is in trouble";
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 5", "false, 0"})
    void onlyWhoWantsHistoryHearsWhatWasSaidBefore(boolean wanted, int messages) throws InterruptedException {
        history = wanted;

        run();

        assertThat(heard).hasSize(messages);
    }

    @Test
    void saysWhatIsDueAndWhatIsLast() throws InterruptedException {
        run();

        assertThat(writer.history()).allSatisfy(sent -> {
            assertThat(sent.topic()).isEqualTo(PARTITION.topic());
            assertThat(sent.partition()).isEqualTo(PARTITION.partition());
        });
        assertThat(writer.history())
                .extracting(
                        sent -> TestingEvents.deserializer(TaskAccepted.class).deserialize(sent.topic(), sent.value()))
                .extracting(MessageChannelTest::style)
                .containsExactly("once caught up", "the last");
    }

    @Test
    void whatIsNoMessageIsPassedOver() throws InterruptedException {
        history = true;
        before.set(2, new byte[] {1, 2, 3});

        run();

        assertThat(heard).containsExactly("0", "1", "3", "4");
    }

    private void run() throws InterruptedException {
        reader.updateBeginningOffsets(Map.of(PARTITION, 0L));
        reader.updateEndOffsets(Map.of(PARTITION, (long) before.size()));
        reader.schedulePollTask(() -> {
            for (int offset = 0; offset < before.size(); offset++) {
                reader.addRecord(new ConsumerRecord<>(
                        PARTITION.topic(), PARTITION.partition(), offset, new byte[0], before.get(offset)));
            }
        });
        MessageChannel<TaskAccepted> channel = new MessageChannel<>(
                "test",
                "test",
                PARTITION,
                new byte[0],
                TaskAccepted.class,
                new Listener(),
                new Clients(),
                TestingEvents.format(),
                new SystemScheduler());
        channel.start();
        caughtUp.await();
        channel.close();
    }

    private static String style(TaskAccepted event) {
        return event.getContext().getStyle();
    }

    private static TaskAccepted message(String text) {
        return TestingEvents.accepted(TaskId.next(), text, Duration.ofHours(1));
    }

    private static byte[] bytes(String text) {
        return TestingEvents.serializer().serialize(PARTITION.topic(), message(text));
    }

    /** Has no other clients than a channel needs. */
    private final class Clients implements StageClients {
        @Override
        public String instanceId() {
            return "one";
        }

        @Override
        public Consumer<byte[], byte[]> limitsReader(String group) {
            return reader;
        }

        @Override
        public Producer<byte[], byte[]> limitsProducer(String group) {
            return writer;
        }

        @Override
        public Consumer<byte[], byte[]> consumer(String group, Duration drain, Runnable joins) {
            throw notNeeded();
        }

        @Override
        public Duration sessionTimeout() {
            throw notNeeded();
        }

        @Override
        public Consumer<byte[], byte[]> rereader(String group) {
            throw notNeeded();
        }

        @Override
        public Producer<byte[], byte[]> producer(String group) {
            throw notNeeded();
        }

        @Override
        public Producer<byte[], byte[]> ledgerProducer(String group) {
            throw notNeeded();
        }

        @Override
        public ControlChannel controls(EventFormat format, Clock clock) {
            throw notNeeded();
        }

        private static AssertionError notNeeded() {
            return new AssertionError("a channel does not need this client");
        }
    }
}
