package io.pawline.simulation;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Draws the faults of a world: a random few kinds, each some times. What a world lacks shows as much as what it has, so
 * no world has them all (Groce et al., Swarm Testing, 2012, https://doi.org/10.1145/2338965.2336763).
 */
final class FaultSwarm {

    private static final Duration FIRST = Duration.ofSeconds(15);

    /** Is somewhat longer than a producer waits for an answer, and less than the time between a last fault and their end. */
    private static final Duration ANSWER_LOST = Duration.ofSeconds(12);

    /** Names what can go wrong. */
    enum Kind {
        KILL,
        STOP,
        CUT_OFF,
        TERMINATE,
        BROKER_AWAY,
        COORDINATOR_AWAY,
        CLOCK,
        PROVIDER,
        POISON,
        LARGE_RESULT,
        BUG,
        TWIN,
        TOPIC_AWAY,
        REGISTRY_FORGETS,
        CONTROL,
        CANCEL
    }

    /**
     * Is one fault.
     *
     * @param at when it begins, since the beginning of the world
     * @param lasts how long it lasts, if it lasts
     * @param drawn for whatever else has to be drawn
     */
    record Fault(int number, Kind kind, Duration at, Duration lasts, int drawn) {
        @Override
        public String toString() {
            return "%d %s at %.1f s for %.1f s".formatted(number, kind, at.toMillis() / 1e3, lasts.toMillis() / 1e3);
        }
    }

    private FaultSwarm() {}

    /** Draws the faults of a seed; all are over by this time. */
    static List<Fault> of(long seed, Duration over) {
        Random random = new Random(seed * 31 + 7);
        List<Fault> faults = new ArrayList<>();
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        int most = random.nextInt(6);
        while (kinds.size() < most) {
            kinds.add(Kind.values()[random.nextInt(Kind.values().length)]);
        }
        for (Kind kind : kinds) {
            int times = 1 + random.nextInt(6);
            for (int i = 0; i < times; i++) {
                long lasts = (long) (Math.exp(random.nextDouble() * 3.7) * 600);
                long latest = over.minus(FIRST).toMillis() - lasts;
                Duration at = FIRST.plusMillis(random.nextLong(latest));
                faults.add(new Fault(0, kind, at, Duration.ofMillis(lasts), random.nextInt(1_000_000)));
            }
        }
        faults.sort(Comparator.comparing(Fault::at));
        List<Fault> numbered = new ArrayList<>();
        for (Fault fault : faults) {
            numbered.add(new Fault(numbered.size(), fault.kind(), fault.at(), fault.lasts(), fault.drawn()));
        }
        return numbered;
    }

    /** Lets a fault happen, and end, in its time. */
    static void plan(Fault fault, World world, Pipeline pipeline) {
        world.after(fault.at(), () -> {
            world.note("fault: " + fault);
            Runnable end = begin(fault, pipeline);
            world.after(fault.lasts(), end);
        });
    }

    /** Keeps the coordinators away for longer than a producer waits, and has a twin of the process back with them. */
    private static void loseTheAnswer(Pipeline pipeline, ProcessSlot slot) {
        pipeline.broker().coordinatorAway(true);
        pipeline.after(ANSWER_LOST.minusSeconds(1), slot::startTwin);
        pipeline.after(ANSWER_LOST, () -> pipeline.broker().coordinatorAway(false));
    }

    private static Runnable begin(Fault fault, Pipeline pipeline) {
        ProcessSlot slot = pipeline.slots().get(fault.drawn() % pipeline.slots().size());
        Stage stage = Pipeline.STAGES.get(fault.drawn() % Pipeline.STAGES.size());
        SimulatedProcess process = slot.process();
        return switch (fault.kind()) {
            case KILL -> {
                slot.kill();
                yield slot::start;
            }
            case TERMINATE -> {
                slot.restart(fault.lasts());
                yield () -> {};
            }
            case STOP -> {
                if (process == null) {
                    yield () -> {};
                }
                slot.disturbed();
                process.stop();
                yield process::goOn;
            }
            case CUT_OFF -> {
                if (process == null) {
                    yield () -> {};
                }
                slot.disturbed();
                process.cutOff(true);
                yield () -> process.cutOff(false);
            }
            case BROKER_AWAY -> {
                pipeline.slots().forEach(ProcessSlot::disturbed);
                pipeline.broker().away(true);
                yield () -> pipeline.broker().away(false);
            }
            case COORDINATOR_AWAY -> {
                pipeline.slots().forEach(ProcessSlot::disturbed);
                pipeline.broker().coordinatorAway(true);
                yield () -> pipeline.broker().coordinatorAway(false);
            }
            case CLOCK -> {
                if (process != null) {
                    long millis = 2_000 + fault.lasts().toMillis() * 60;
                    process.moveClock(Duration.ofMillis(fault.drawn() % 2 == 0 ? millis : -millis));
                }
                yield () -> {};
            }
            case PROVIDER -> {
                ModelProvider.Mood[] moods = ModelProvider.Mood.values();
                pipeline.provider(stage).mood(moods[1 + fault.drawn() / 7 % (moods.length - 1)]);
                yield () -> pipeline.provider(stage).mood(ModelProvider.Mood.HEALTHY);
            }
            case POISON -> {
                if (fault.drawn() % 3 == 0) {
                    pipeline.submit(Duration.ofMinutes(20), "plain", Pipeline.absurdMoment());
                } else {
                    pipeline.poison();
                }
                yield () -> {};
            }
            case LARGE_RESULT -> {
                pipeline.submit(Duration.ofMinutes(20), LargeResults.LARGE);
                yield () -> {};
            }
            case BUG -> {
                pipeline.submit(Duration.ofMinutes(20), Pipeline.BUG);
                yield () -> {};
            }
            case TWIN -> {
                pipeline.slots().forEach(ProcessSlot::disturbed);
                pipeline.broker().behindNextCommit(slot.transactionalId(), () -> loseTheAnswer(pipeline, slot));
                yield () -> pipeline.broker().notBehindNextCommit(slot.transactionalId());
            }
            case TOPIC_AWAY -> {
                String topic = Pipeline.next(stage).workTopic();
                pipeline.broker().hide(topic, true);
                yield () -> pipeline.broker().hide(topic, false);
            }
            case REGISTRY_FORGETS -> {
                pipeline.events().forgets(true);
                yield () -> pipeline.events().forgets(false);
            }
            case CONTROL -> {
                if (fault.drawn() % 3 == 0) {
                    pipeline.controls().limit(stage, 1 + fault.drawn() / 3 % 4);
                    yield () -> pipeline.controls().limit(stage, 0);
                }
                pipeline.controls().pause(stage);
                yield () -> pipeline.controls().resume(stage);
            }
            case CANCEL -> {
                List<TaskId> tasks = pipeline.tasks();
                for (int i = Math.max(0, tasks.size() - 5); i < tasks.size(); i++) {
                    pipeline.controls().cancel(tasks.get(i));
                }
                yield () -> {};
            }
        };
    }
}
