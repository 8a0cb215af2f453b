package io.pawline.stage.provider;

import io.pawline.controls.ControlPublishException;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.ControlChannel;
import io.pawline.stage.Fallbacks.Fallback;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the live controls for one stage and one of its providers. A cool-down holds here at once, and everywhere as soon
 * as the control topic has it. Thread-safe.
 */
public final class LiveStageControls implements StageControls, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveStageControls.class);

    private final Stage stage;
    private final Optional<String> provider;
    private final String by;
    private final ControlChannel channel;
    private final Scheduler scheduler;
    private final OptionalInt mostInFlight;
    /** Holds the end of a cool-down that is on its way to the control topic. */
    private final AtomicReference<Instant> onItsWay = new AtomicReference<>(Instant.EPOCH);

    /** @param instanceId names the process, for who reads why there is a cool-down */
    public LiveStageControls(StageSpec<?> spec, String instanceId, ControlChannel channel, Scheduler scheduler) {
        this(
                spec.stage(),
                spec.provider().map(ProviderPolicies::name),
                "%s-service %s".formatted(spec.stage().code(), instanceId),
                channel,
                scheduler,
                OptionalInt.empty());
    }

    private LiveStageControls(
            Stage stage,
            Optional<String> provider,
            String by,
            ControlChannel channel,
            Scheduler scheduler,
            OptionalInt mostInFlight) {
        this.stage = stage;
        this.provider = provider;
        this.by = by;
        this.channel = channel;
        this.scheduler = scheduler;
        this.mostInFlight = mostInFlight;
    }

    /** Returns the controls for another provider of the stage. The stage's limit raises none of its own. */
    public StageControls of(Fallback fallback) {
        return new LiveStageControls(
                stage,
                Optional.of(fallback.provider().name()),
                by,
                channel,
                scheduler,
                OptionalInt.of(fallback.maxInFlight()));
    }

    public void start() {
        channel.start();
    }

    /** Waits until the controls given before the start are known, for so long at most, and says whether they are. */
    public boolean known(Duration longest) throws InterruptedException {
        return channel.awaitRead(longest);
    }

    @Override
    public boolean paused() {
        return channel.paused(stage);
    }

    @Override
    public OptionalInt limit() {
        OptionalInt limit = channel.limit(stage);
        return limit.isPresent() && mostInFlight.isPresent()
                ? OptionalInt.of(Math.min(limit.getAsInt(), mostInFlight.getAsInt()))
                : limit;
    }

    @Override
    public boolean off() {
        return provider.filter(channel::off).isPresent();
    }

    @Override
    public Instant coolDownUntil() {
        Instant published = provider.map(channel::coolDownUntil).orElse(Instant.EPOCH);
        Instant unpublished = onItsWay.get();
        return unpublished.isAfter(published) ? unpublished : published;
    }

    @Override
    public void coolDown(Instant until, String why) {
        Instant before = onItsWay.getAndAccumulate(until, (one, other) -> one.isAfter(other) ? one : other);
        if (provider.isPresent() && until.isAfter(before)) {
            scheduler
                    .virtualThread(stage.code() + "-cool-down", () -> publish(provider.get(), until, why))
                    .start();
        }
    }

    /** Returns the weight by which a tenant shares the stage; empty: as configured. */
    public OptionalDouble weight(String tenant) {
        return channel.weight(tenant);
    }

    public boolean cancelled(TaskId task) {
        return channel.cancelled(task);
    }

    private void publish(String name, Instant until, String why) {
        try {
            channel.coolDown(name, until, by, why);
            // From here on the topic holds, where an operator may lift it.
            onItsWay.compareAndSet(until, Instant.EPOCH);
        } catch (ControlPublishException unknownElsewhere) {
            log.warn("only this process knows of the cool-down until {}: {}", until, unknownElsewhere.getMessage());
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
