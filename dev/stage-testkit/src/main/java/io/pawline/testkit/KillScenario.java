package io.pawline.testkit;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.testkit.CallJournal.Entry;
import io.pawline.testkit.CallJournal.Event;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;

/**
 * Kills a process of a stage again and again at random moments under load, and starts it again under the
 * same instance id.
 */
public final class KillScenario {

    private final StageSite site;
    private final ProcessSettings settings;
    private final int kills;
    private final int tasksPerKill;
    private final long seed;

    private KillScenario(StageSite site, ProcessSettings settings, int kills, int tasksPerKill, long seed) {
        this.site = site;
        this.settings = settings;
        this.kills = kills;
        this.tasksPerKill = tasksPerKill;
        this.seed = seed;
    }

    /**
     * Says what one kill did.
     *
     * @param inFlight calls at the provider at that moment: started, not answered
     * @param uncommitted calls that were answered, the answer not committed yet
     * @param repeated tasks that were called for in this life, and again in a later one
     * @param resumeFromBegin milliseconds from the main method of the next process to its first call; empty if
     *     it made none
     * @param resumeFromStart the same with the start of its Java
     */
    public record Kill(
            int inFlight, int uncommitted, int repeated, OptionalLong resumeFromBegin, OptionalLong resumeFromStart) {}

    /**
     * Says what came of all kills.
     *
     * @param lost tasks that never reached the next topic
     * @param duplicated tasks that reached it more than once
     */
    public record Result(int tasks, int lost, int duplicated, List<Kill> kills) {}

    private record Life(long pid, long startedMillis) {}

    /**
     * Kills a stage of two partitions with 50 calls of 50 to 800 ms at once, on a broker of its own in the folder.
     *
     * @param tasksPerKill new tasks before each kill
     * @param seed of the moments
     */
    public static Result inFolder(Path folder, int kills, int tasksPerKill, long seed)
            throws InterruptedException, ExecutionException {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                StageSite site = new StageSite(broker.bootstrapServers(), folder, 2, (short) 1)) {
            return new KillScenario(site, site.instance("a").withMaxInFlight(50), kills, tasksPerKill, seed).run();
        }
    }

    private Result run() throws InterruptedException, ExecutionException {
        RandomGenerator random = new Random(seed);
        List<Life> lives = new ArrayList<>();
        site.send(tasksPerKill, "oil");
        ChildProcess process = start(lives);
        for (int kill = 0; kill < kills; kill++) {
            site.send(tasksPerKill, "oil");
            site.awaitCalls(process, 1 + random.nextInt(tasksPerKill));
            process.kill();
            process = start(lives);
        }
        try (TopicReader results = site.results()) {
            results.awaitTasks(site.sent());
            site.stopAll();
            return result(lives, results);
        }
    }

    private ChildProcess start(List<Life> lives) {
        long now = System.currentTimeMillis();
        ChildProcess process = site.start(settings);
        lives.add(new Life(process.pid(), now));
        return process;
    }

    private Result result(List<Life> lives, TopicReader results) {
        List<Entry> journal = site.journal();
        List<Kill> each = new ArrayList<>();
        for (int life = 0; life + 1 < lives.size(); life++) {
            each.add(kill(journal, lives.get(life), lives.subList(life + 1, lives.size()), results));
        }
        Set<String> sent = site.sent();
        return new Result(sent.size(), results.missing(sent).size(), results.duplicated(), List.copyOf(each));
    }

    private static Kill kill(List<Entry> journal, Life killed, List<Life> later, TopicReader results) {
        Set<String> called = CallJournal.tasks(journal, Event.CALL, killed.pid());
        Set<String> answered = CallJournal.tasks(journal, Event.ANSWER, killed.pid());
        Set<String> inFlight = new HashSet<>(called);
        inFlight.removeAll(answered);
        Set<String> uncommitted = new HashSet<>(answered);
        uncommitted.removeAll(results.publishedBy(killed.pid()));
        Set<String> repeated = new HashSet<>();
        later.forEach(life -> repeated.addAll(CallJournal.tasks(journal, Event.CALL, life.pid())));
        repeated.retainAll(called);
        Life next = later.getFirst();
        return new Kill(
                inFlight.size(),
                uncommitted.size(),
                repeated.size(),
                firstCall(journal, next, moment(journal, next, Event.BEGIN).orElse(next.startedMillis())),
                firstCall(journal, next, next.startedMillis()));
    }

    private static OptionalLong firstCall(List<Entry> journal, Life life, long since) {
        OptionalLong call = moment(journal, life, Event.CALL);
        return call.isPresent() ? OptionalLong.of(call.getAsLong() - since) : OptionalLong.empty();
    }

    private static OptionalLong moment(List<Entry> journal, Life life, Event event) {
        return journal.stream()
                .filter(entry -> entry.event() == event && entry.pid() == life.pid())
                .mapToLong(Entry::millis)
                .min();
    }
}
