package io.pawline.stage;

import io.pawline.service.EventFormat;
import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Makes what a process of a stage speaks to Kafka with. {@link KafkaClients} is the one of every service. Whoever has a
 * client made closes it. Thread-safe.
 */
public interface StageClients {

    /** Names this process among those of the stage; the name is the same again after a restart. */
    String instanceId();

    /**
     * Makes a member of this consumer group that reads committed records.
     *
     * @param drain how long a poll may last when a partition is taken away
     * @param joins runs on the poll thread, before the member asks to join the next generation of its group; from then
     *     until the answer it sends no heartbeats. Never, if the member sends heartbeats at all times.
     */
    Consumer<byte[], byte[]> consumer(String group, Duration drain, Runnable joins);

    /** Returns the time for which the broker keeps a member of whom it hears nothing. */
    Duration sessionTimeout();

    /** Makes a consumer of no group, which reads single committed records again. */
    Consumer<byte[], byte[]> rereader(String group);

    /** Makes the producer of a stage's transactions. */
    Producer<byte[], byte[]> producer(String group);

    /**
     * Makes the producer of what happened anyway, whatever becomes of a transaction. It waits out an outage of the
     * broker.
     */
    Producer<byte[], byte[]> ledgerProducer(String group);

    /** Makes a consumer of no group, which follows what the processes of a stage tell each other. */
    Consumer<byte[], byte[]> limitsReader(String group);

    /** Makes the producer of what the processes of a stage tell each other. What is late is of no use, so it gives up soon. */
    Producer<byte[], byte[]> limitsProducer(String group);

    /** Makes what reads and writes the live controls; it is not started. */
    ControlChannel controls(EventFormat format, Clock clock);
}
