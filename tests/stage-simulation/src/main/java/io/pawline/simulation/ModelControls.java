package io.pawline.simulation;

import io.pawline.controls.ControlPublishException;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.stage.ControlChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.TimeoutException;

/** Does what the control topic does: each process learns every control, in order, some time after it was given. */
final class ModelControls {

    private static final Duration SOONEST = Duration.ofMillis(2);
    private static final Duration LATEST = Duration.ofMillis(200);
    /** What has begun when a control comes makes its call within this time, if nothing disturbs it. */
    private static final Duration KNOWN_FOR = Duration.ofSeconds(2);

    private static final Duration PUBLISH_WITHIN = Duration.ofSeconds(10);

    private final World world;
    private final ModelBroker broker;
    private final List<Consumer<Channel>> given = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();

    ModelControls(World world, ModelBroker broker) {
        this.world = world;
        this.broker = broker;
    }

    void pause(Stage stage) {
        give("pause " + stage.code(), channel -> channel.paused.put(stage, world.nanoTime()));
    }

    void resume(Stage stage) {
        give("resume " + stage.code(), channel -> channel.paused.remove(stage));
    }

    /** Sets the calls in flight of each process; 0: as configured. */
    void limit(Stage stage, int limit) {
        give("limit %s to %d".formatted(stage.code(), limit), channel -> {
            if (limit == 0) {
                channel.limits.remove(stage);
            } else {
                channel.limits.put(stage, limit);
            }
        });
    }

    void cancel(TaskId task) {
        give("cancel " + task, channel -> channel.cancelled.add(task));
    }

    private void give(String what, Consumer<Channel> control) {
        world.note("control: " + what);
        given.add(control);
        channels.forEach(Channel::soon);
    }

    /** Makes the channel of one process. */
    Channel channel(SimulatedProcess process) {
        return new Channel(process);
    }

    /** Is what one process knows. */
    final class Channel implements ControlChannel {

        private final SimulatedProcess process;
        private final Map<Stage, Long> paused = new EnumMap<>(Stage.class);
        private final Map<Stage, Integer> limits = new EnumMap<>(Stage.class);
        private final Map<String, Instant> coolDowns = new HashMap<>();
        private final Map<String, Instant> coolDownKnown = new HashMap<>();
        private final Set<TaskId> cancelled = new HashSet<>();
        private final List<Actor> waiting = new ArrayList<>();
        private int known;
        private boolean read;
        private boolean closed;

        private Channel(SimulatedProcess process) {
            this.process = process;
        }

        @Override
        public void start() {
            channels.removeIf(channel -> channel.closed || channel.process.dead());
            channels.add(this);
            soon();
        }

        /** Says whether the process knows the controls. */
        boolean hasRead() {
            return read;
        }

        /** Checks that no call begins in a stage that has long been paused. */
        void requireCallsMayBegin(Stage stage, World checking) {
            Long since = paused.get(stage);
            checking.check(
                    since == null || checking.nanoTime() - since < KNOWN_FOR.toNanos(),
                    "a call begins in %s, which is paused".formatted(stage.code()));
            Instant known = coolDownKnown.get(stage.code());
            checking.check(
                    known == null
                            || checking.instant().isBefore(known.plus(KNOWN_FOR))
                            || !checking.instant().isBefore(coolDownUntil(stage.code())),
                    "a call begins to %s, which cools down".formatted(stage.code()));
        }

        private void soon() {
            world.after(world.between(SOONEST, LATEST), this::learn);
        }

        private void learn() {
            if (closed || process.dead()) {
                return;
            }
            if (!broker.reaches(process, false)) {
                world.after(Duration.ofMillis(500), this::learn);
                return;
            }
            while (known < given.size()) {
                given.get(known++).accept(this);
            }
            read = true;
            waiting.forEach(world::wake);
            waiting.clear();
        }

        @Override
        public boolean awaitRead(Duration longest) throws InterruptedException {
            long until = world.nanoTime() + longest.toNanos();
            while (!read && world.nanoTime() < until) {
                waiting.add(world.self());
                world.awaitInterruptibly(until);
            }
            return read;
        }

        @Override
        public boolean paused(Stage stage) {
            return paused.containsKey(stage);
        }

        @Override
        public OptionalInt limit(Stage stage) {
            Integer limit = limits.get(stage);
            return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
        }

        @Override
        public OptionalDouble weight(String tenant) {
            return OptionalDouble.empty();
        }

        @Override
        public Instant coolDownUntil(String provider) {
            return coolDowns.getOrDefault(provider, Instant.EPOCH);
        }

        /** Nothing switches a provider off in this world. */
        @Override
        public boolean off(String provider) {
            return false;
        }

        @Override
        public boolean cancelled(TaskId task) {
            return cancelled.contains(task);
        }

        @Override
        public void coolDown(String provider, Instant until, String by, String why) {
            try {
                var _ = broker.request(process, false, PUBLISH_WITHIN, () -> {
                    give("cool down %s until %s".formatted(provider, until), channel -> {
                        Instant before = channel.coolDownUntil(provider);
                        if (!before.isAfter(world.instant())) {
                            channel.coolDownKnown.put(provider, world.instant());
                        }
                        channel.coolDowns.put(provider, until.isAfter(before) ? until : before);
                    });
                    return until;
                });
            } catch (TimeoutException noAnswer) {
                throw new ControlPublishException("no answer", noAnswer);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
