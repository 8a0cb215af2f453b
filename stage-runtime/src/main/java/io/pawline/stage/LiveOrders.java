package io.pawline.stage;

import io.pawline.events.ControlCommand;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.control.ControlBoard;
import io.pawline.stage.control.Controls;
import io.pawline.stage.control.NotToldException;
import io.pawline.stage.provider.Orders;
import io.pawline.stage.provider.ProviderPolicies;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live controls as one stage sees them. A cool-down holds here at once, and everywhere as soon as the control topic has
 * it. Thread-safe.
 */
final class LiveOrders implements Orders, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveOrders.class);

    private final Stage stage;
    private final Optional<String> provider;
    private final String by;
    private final ControlBoard board;
    private final Controls controls;
    /** A cool-down on its way to the control topic. */
    private final AtomicReference<Instant> onItsWay = new AtomicReference<>(Instant.EPOCH);

    LiveOrders(StageSpec<?> spec, KafkaClients clients, EventFormat format, Clock clock) {
        this.stage = spec.stage();
        this.provider = spec.provider().map(ProviderPolicies::name);
        this.by = "%s-service %s".formatted(stage.code(), clients.instanceId());
        this.board =
                new ControlBoard(clients.connection(), format.deserializers().apply(ControlCommand.class), clock);
        this.controls = new Controls(clients.connection(), format.serializer(), clock);
    }

    void start() {
        board.start();
    }

    /** Whether what was said before the start is known by now, waiting for it so long at most. */
    boolean known(Duration longest) throws InterruptedException {
        return board.awaitRead(longest);
    }

    @Override
    public boolean paused() {
        return board.paused(stage);
    }

    @Override
    public OptionalInt limit() {
        return board.limit(stage);
    }

    @Override
    public Instant coolDownUntil() {
        Instant told = provider.map(board::coolDownUntil).orElse(Instant.EPOCH);
        Instant untold = onItsWay.get();
        return untold.isAfter(told) ? untold : told;
    }

    @Override
    public void coolDown(Instant until, String why) {
        Instant before = onItsWay.getAndAccumulate(until, (one, other) -> one.isAfter(other) ? one : other);
        if (provider.isPresent() && until.isAfter(before)) {
            Thread.ofVirtual().name(stage.code() + "-cool-down").start(() -> tell(provider.get(), until, why));
        }
    }

    boolean cancelled(TaskId task) {
        return board.cancelled(task);
    }

    private void tell(String name, Instant until, String why) {
        try {
            controls.coolDown(name, until, by, why);
            // From here on the topic holds, where an operator may lift it.
            onItsWay.compareAndSet(until, Instant.EPOCH);
        } catch (NotToldException unknownElsewhere) {
            log.warn("only this process knows of the cool-down until {}: {}", until, unknownElsewhere.getMessage());
        }
    }

    @Override
    public void close() {
        board.close();
        controls.close();
    }
}
