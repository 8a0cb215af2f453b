package io.pawline.stage.provider;

import io.pawline.controls.ControlPublishException;
import io.pawline.controls.ControlPublisher;
import io.pawline.controls.ControlStateReader;
import io.pawline.events.ControlCommand;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.service.EventFormat;
import io.pawline.stage.KafkaClients;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the live controls for one stage. A cool-down holds here at once, and everywhere as soon as the control topic
 * has it. Thread-safe.
 */
public final class LiveStageControls implements StageControls, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveStageControls.class);

    private final Stage stage;
    private final Optional<String> provider;
    private final String by;
    private final ControlStateReader reader;
    private final ControlPublisher publisher;
    /** Holds the end of a cool-down that is on its way to the control topic. */
    private final AtomicReference<Instant> onItsWay = new AtomicReference<>(Instant.EPOCH);

    public LiveStageControls(StageSpec<?> spec, KafkaClients clients, EventFormat format, Clock clock) {
        this.stage = spec.stage();
        this.provider = spec.provider().map(ProviderPolicies::name);
        this.by = "%s-service %s".formatted(stage.code(), clients.instanceId());
        this.reader = new ControlStateReader(
                clients.connection(), format.deserializers().apply(ControlCommand.class), clock);
        this.publisher = new ControlPublisher(clients.connection(), format.serializer(), clock);
    }

    public void start() {
        reader.start();
    }

    /** Waits until the controls given before the start are known, for so long at most, and says whether they are. */
    public boolean known(Duration longest) throws InterruptedException {
        return reader.awaitRead(longest);
    }

    @Override
    public boolean paused() {
        return reader.paused(stage);
    }

    @Override
    public OptionalInt limit() {
        return reader.limit(stage);
    }

    @Override
    public Instant coolDownUntil() {
        Instant published = provider.map(reader::coolDownUntil).orElse(Instant.EPOCH);
        Instant unpublished = onItsWay.get();
        return unpublished.isAfter(published) ? unpublished : published;
    }

    @Override
    public void coolDown(Instant until, String why) {
        Instant before = onItsWay.getAndAccumulate(until, (one, other) -> one.isAfter(other) ? one : other);
        if (provider.isPresent() && until.isAfter(before)) {
            Thread.ofVirtual().name(stage.code() + "-cool-down").start(() -> publish(provider.get(), until, why));
        }
    }

    public boolean cancelled(TaskId task) {
        return reader.cancelled(task);
    }

    private void publish(String name, Instant until, String why) {
        try {
            publisher.coolDown(name, until, by, why);
            // From here on the topic holds, where an operator may lift it.
            onItsWay.compareAndSet(until, Instant.EPOCH);
        } catch (ControlPublishException unknownElsewhere) {
            log.warn("only this process knows of the cool-down until {}: {}", until, unknownElsewhere.getMessage());
        }
    }

    @Override
    public void close() {
        reader.close();
        publisher.close();
    }
}
