package io.pawline.controls;

import static io.pawline.controls.ControlPublisher.LONGEST_COOL_DOWN;

import io.pawline.events.ControlAction;
import io.pawline.events.ControlCommand;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the control topic from its beginning and knows what is in force. Every process has one, with a thread of its
 * own. What is known stays in force while Kafka cannot be reached. Each change is logged once, with who and why. All
 * methods are thread-safe; those that ask are cheap and never wait.
 */
public final class ControlStateReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ControlStateReader.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofSeconds(1);
    private static final Duration TO_STOP = Duration.ofSeconds(10);

    private final Map<String, Object> connection;
    private final ControlDecoder decoder;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch read = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("control-state-reader").unstarted(this::run);
    private volatile ActiveControls activeControls = new ActiveControls();
    private volatile @Nullable ControlFeed feed;
    private volatile String trouble = "";

    /**
     * Makes a reader that knows nothing until it is {@linkplain #start started}.
     *
     * @param connection Kafka client settings: bootstrap servers, security
     * @param deserializer of {@link ControlCommand}, configured; stays the caller's to close
     */
    public ControlStateReader(Map<String, Object> connection, Deserializer<?> deserializer, Clock clock) {
        this.connection = Map.copyOf(connection);
        this.decoder = new ControlDecoder(deserializer, stop, this::warnOnce);
        this.clock = clock;
    }

    /** Begins to read; returns at once. */
    public void start() {
        thread.start();
    }

    /** Says whether all controls given before the start have been read; until then the reader knows nothing. */
    boolean caughtUp() {
        return read.getCount() == 0;
    }

    /**
     * Waits until all controls given before the start have been read.
     *
     * @return whether that was so within this time
     */
    public boolean awaitRead(Duration longest) throws InterruptedException {
        return read.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Says whether the stage is to begin no further work. */
    public boolean paused(Stage stage) {
        return activeControls.of(Subject.stage(stage)).isPresent();
    }

    /** Returns the calls in flight that the stage's process may have; empty: as configured. */
    public OptionalInt limit(Stage stage) {
        return activeControls
                .of(Subject.limit(stage))
                .map(ControlCommand::getLimit)
                .map(limit -> limit.map(OptionalInt::of).orElseGet(OptionalInt::empty))
                .orElseGet(OptionalInt::empty);
    }

    /** Returns the weight by which a tenant shares the stages; empty: as configured. */
    public OptionalDouble weight(String tenant) {
        Optional<Integer> thousandths =
                activeControls.of(Subject.weight(tenant)).flatMap(ControlCommand::getLimit);
        return thousandths.isPresent() ? OptionalDouble.of(thousandths.get() / 1_000.0) : OptionalDouble.empty();
    }

    /**
     * Returns the moment before which nobody is to call the provider; {@link Instant#EPOCH} if there is no cool-down.
     */
    public Instant coolDownUntil(String provider) {
        return activeControls
                .of(Subject.provider(provider))
                .flatMap(ControlCommand::getUntil)
                .orElse(Instant.EPOCH);
    }

    /** Says whether nobody is to call the provider until it is switched on. */
    public boolean off(String provider) {
        return activeControls.of(Subject.off(provider)).isPresent();
    }

    /** Says whether no stage is to work on the task any more. */
    public boolean cancelled(TaskId task) {
        return activeControls.of(Subject.task(task)).isPresent();
    }

    /** Returns every control in force, sorted by subject. */
    public List<ControlCommand> inForce() {
        return activeControls.all(clock.instant());
    }

    /** Returns why nothing has been read; empty if there is no trouble known. */
    public String trouble() {
        return trouble;
    }

    /** Stops reading; what is known stays. */
    @Override
    public void close() {
        stop.countDown();
        ControlFeed waiting = feed;
        if (waiting != null) {
            waiting.wakeUp();
        }
        try {
            thread.join(TO_STOP);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            do {
                readAndFollow();
            } while (!stop.await(BEFORE_TRYING_AGAIN.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void readAndFollow() throws InterruptedException {
        try (ControlFeed from = new ControlFeed(connection)) {
            feed = from;
            ActiveControls fresh = new ActiveControls();
            long end = from.begin();
            while (!from.hasReached(end)) {
                for (ConsumerRecord<byte[], byte[]> data : from.next(POLL)) {
                    apply(data, fresh);
                }
            }
            Instant now = clock.instant();
            ChangeLog.readAnew(activeControls.all(now), fresh.all(now));
            activeControls = fresh;
            trouble = "";
            read.countDown();
            follow(from);
        } catch (RuntimeException | Error failed) {
            // A reader whose thread is dead would hold its stage to old controls
            if (stop.getCount() > 0) {
                warnOnce(failed);
            }
        }
    }

    private void follow(ControlFeed from) throws InterruptedException {
        while (stop.getCount() > 0) {
            for (ConsumerRecord<byte[], byte[]> data : from.next(POLL)) {
                apply(data, activeControls).ifPresent(log::info);
            }
            activeControls.dropOver(clock.instant());
        }
    }

    /** Applies a record, and says what it changed in words; nothing if it changed nothing. */
    private Optional<String> apply(ConsumerRecord<byte[], byte[]> data, ActiveControls to) throws InterruptedException {
        try {
            String subject = data.key() == null ? "" : new String(data.key(), StandardCharsets.UTF_8);
            if (data.value() == null) {
                return to.remove(subject) ? Optional.of(ChangeLog.nothingSaid(subject)) : Optional.empty();
            }
            ControlCommand control = bounded(decoder.decode(data), clock.instant());
            trouble = "";
            return to.apply(subject, control, clock.instant())
                    ? Optional.of(ChangeLog.words(control))
                    : Optional.empty();
        } catch (RegistryUnavailableException stopped) {
            throw stopped;
        } catch (RuntimeException noControl) {
            ChangeLog.skipped(data, noControl);
            return Optional.empty();
        }
    }

    /**
     * Bounds a cool-down that was given by a clock that is ahead: it ends no later than so long after now as it was to
     * last, and as any cool-down may last.
     */
    static ControlCommand bounded(ControlCommand control, Instant now) {
        if (control.getAction() != ControlAction.COOL_DOWN || control.getUntil().isEmpty()) {
            return control;
        }
        Instant until = control.getUntil().get();
        Duration lasts = Duration.between(control.getAt(), until);
        Instant latest = now.plus(lasts.compareTo(LONGEST_COOL_DOWN) < 0 ? lasts : LONGEST_COOL_DOWN);
        // Field by field: Avro's own copy looks classes up by name, which it permits only once a decoder was made
        return until.isAfter(latest)
                ? ControlCommand.newBuilder()
                        .setSubject(control.getSubject())
                        .setAction(control.getAction())
                        .setBy(control.getBy())
                        .setWhy(control.getWhy())
                        .setAt(control.getAt())
                        .setUntil(latest)
                        .build()
                : control;
    }

    /** Logs the same trouble once, however often it comes back. */
    private void warnOnce(Throwable failed) {
        String what = failed instanceof RuntimeException ? String.valueOf(failed.getMessage()) : failed.toString();
        if (!what.equals(trouble)) {
            log.warn("the controls cannot be read, trying again until they can: {}", what);
        }
        trouble = what;
    }
}
