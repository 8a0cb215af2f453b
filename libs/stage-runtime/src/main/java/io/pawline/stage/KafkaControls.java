package io.pawline.stage;

import io.pawline.controls.ControlPublisher;
import io.pawline.controls.ControlStateReader;
import io.pawline.events.ControlCommand;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.service.EventFormat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads and writes the live controls in the control topic. Thread-safe. */
final class KafkaControls implements ControlChannel {

    private final ControlStateReader reader;
    private final ControlPublisher publisher;

    KafkaControls(Map<String, Object> connection, EventFormat format, Clock clock) {
        this.reader = new ControlStateReader(connection, format.deserializers().apply(ControlCommand.class), clock);
        this.publisher = new ControlPublisher(connection, format.serializer(), clock);
    }

    @Override
    public void start() {
        reader.start();
    }

    @Override
    public boolean awaitRead(Duration longest) throws InterruptedException {
        return reader.awaitRead(longest);
    }

    @Override
    public boolean paused(Stage stage) {
        return reader.paused(stage);
    }

    @Override
    public OptionalInt limit(Stage stage) {
        return reader.limit(stage);
    }

    @Override
    public OptionalDouble weight(String tenant) {
        return reader.weight(tenant);
    }

    @Override
    public Instant coolDownUntil(String provider) {
        return reader.coolDownUntil(provider);
    }

    @Override
    public boolean off(String provider) {
        return reader.off(provider);
    }

    @Override
    public boolean cancelled(TaskId task) {
        return reader.cancelled(task);
    }

    @Override
    public void coolDown(String provider, Instant until, String by, String why) {
        publisher.coolDown(provider, until, by, why);
    }

    @Override
    public void close() {
        reader.close();
        publisher.close();
    }
}
