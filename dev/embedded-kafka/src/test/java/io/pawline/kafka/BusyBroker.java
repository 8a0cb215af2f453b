package io.pawline.kafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Runs a broker with many transactions at once, and dies in the middle of them as if it were killed. */
final class BusyBroker {

    static final String TOPIC = "results";
    static final int PARTITIONS = 4;
    static final int PRODUCERS = 16;
    private static final int TRANSACTIONS = 400;

    private BusyBroker() {}

    /** Prints each message that it has committed, a line each. */
    public static void main(String[] folder) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(folder[0]), 0, Map.of());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            // The more partitions, the longer the next start takes to know who leads them
            admin.createTopics(
                            List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1), new NewTopic("idle", 200, (short) 1)))
                    .all()
                    .get();
        }
        AtomicInteger left = new AtomicInteger(TRANSACTIONS);
        for (int number = 0; number < PRODUCERS; number++) {
            String id = "producer-" + number;
            Thread.ofPlatform().start(() -> produce(producer(kafka, id), id, left));
        }
    }

    static Producer<byte[], String> producer(EmbeddedKafka kafka, String id) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        settings.put("transactional.id", id);
        settings.put("retry.backoff.ms", 5);
        Producer<byte[], String> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new StringSerializer());
        producer.initTransactions();
        return producer;
    }

    /** The message of a transaction, which is in every partition. */
    static String message(String id, int transaction) {
        return id + " " + transaction;
    }

    private static void produce(Producer<byte[], String> producer, String id, AtomicInteger left) {
        for (int transaction = 0; ; transaction++) {
            producer.beginTransaction();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                var _ = producer.send(new ProducerRecord<>(TOPIC, partition, null, message(id, transaction)));
            }
            producer.commitTransaction();
            System.out.println(message(id, transaction));
            if (left.decrementAndGet() == 0) {
                System.out.flush();
                Runtime.getRuntime().halt(137);
            }
        }
    }
}
