package io.pawline.testkit;

import io.pawline.schemas.Stage;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Says where a {@link StageProgram} ends itself, at once and without leaving in good order. */
public enum HaltPoint {
    NOWHERE,
    /** The provider has answered, and nobody but the handler knows. */
    BEHIND_THE_ANSWER,
    /** The broker has the first message of a transaction, the dead letter, and not the second, the final state. */
    BETWEEN_TWO_MESSAGES,
    /** The broker has all messages of a transaction, and not its commit. */
    BEFORE_THE_COMMIT;

    public static final int EXIT_CODE = 99;

    private static final String SETTING = "halt.point";

    void halt() {
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    /** Returns the settings that make a process halt here. */
    public Map<String, String> clientSettings() {
        return Map.of(SETTING, name(), "interceptor.classes", Interceptor.class.getName());
    }

    static HaltPoint of(Map<String, ?> settings) {
        return settings.get(SETTING) instanceof String name ? valueOf(name.toUpperCase(Locale.ROOT)) : NOWHERE;
    }

    /**
     * Halts the process. It is an interceptor of producer and consumer both, since both are given the same settings,
     * and watches what the producer sends.
     */
    public static final class Interceptor
            implements ProducerInterceptor<byte[], byte[]>, ConsumerInterceptor<byte[], byte[]> {

        private static final String FIRST = Stage.DETECT.deadLetterTopic();
        private static final String SECOND = Stage.CALLBACK.workTopic();

        private final CountDownLatch firstIsWritten = new CountDownLatch(1);
        private volatile HaltPoint point = NOWHERE;

        @Override
        public void configure(Map<String, ?> settings) {
            point = of(settings);
        }

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> data) {
            if (point == BETWEEN_TWO_MESSAGES && data.topic().equals(SECOND)) {
                try {
                    firstIsWritten.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                point.halt();
            }
            return data;
        }

        @Override
        public void onAcknowledgement(@Nullable RecordMetadata written, @Nullable Exception failure) {
            if (written == null || failure != null) {
                return;
            }
            if (written.topic().equals(FIRST)) {
                firstIsWritten.countDown();
            } else if (point == BEFORE_THE_COMMIT && written.topic().equals(SECOND)) {
                point.halt();
            }
        }

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}
    }
}
