package io.pawline.controls;

import io.pawline.events.ControlCommand;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/** Decodes the controls in records. It asks a schema registry that cannot be reached again until it answers. */
final class ControlDecoder {

    private static final long FIRST_WAIT_MILLIS = 100;
    private static final long LONGEST_WAIT_MILLIS = 5_000;

    private final Deserializer<?> deserializer;
    private final CountDownLatch stop;
    private final Consumer<RuntimeException> trouble;

    /**
     * Makes a decoder for one thread.
     *
     * @param stop ends the wait for the registry
     * @param trouble is called each time that the registry does not answer
     */
    ControlDecoder(Deserializer<?> deserializer, CountDownLatch stop, Consumer<RuntimeException> trouble) {
        this.deserializer = deserializer;
        this.stop = stop;
        this.trouble = trouble;
    }

    /**
     * Decodes the control in a record that has a value.
     *
     * @throws SerializationException if there is none in it
     * @throws RegistryUnavailableException if stopped before the registry answered
     */
    ControlCommand decode(ConsumerRecord<byte[], byte[]> data) throws InterruptedException {
        for (long wait = FIRST_WAIT_MILLIS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS)) {
            try {
                Object event = deserializer.deserialize(Topics.CONTROL, data.headers(), data.value());
                if (event instanceof ControlCommand command) {
                    return command;
                }
                throw new SerializationException("not a ControlCommand");
            } catch (RegistryUnavailableException noAnswer) {
                trouble.accept(noAnswer);
                if (stop.await(wait, TimeUnit.MILLISECONDS)) {
                    throw noAnswer;
                }
            }
        }
    }
}
