package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.testkit.CallJournal;
import io.pawline.testkit.CallJournal.Entry;
import io.pawline.testkit.CallJournal.Event;
import io.pawline.testkit.ChildProcess;
import io.pawline.testkit.StageProgram;
import io.pawline.testkit.StageSite;
import io.pawline.testkit.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs three processes that join, leave and are killed while they work, each time before the group has come to rest.
 */
class JoinLeaveStormIT {

    private static final List<String> INSTANCES = List.of("a", "b", "c");
    private static final int TASKS = 1_500;
    private static final int CHANGES = 10;
    private static final int CALLS_BETWEEN = 100;

    @TempDir
    Path folder;

    private final Map<String, ChildProcess> running = new TreeMap<>();
    private final Map<String, ChildProcess> leaving = new TreeMap<>();
    private final List<ChildProcess> notKilled = new ArrayList<>();
    private int kills;

    @Test
    void passesEachTaskOnOnceAndComesToRest() throws Exception {
        long seed = Long.getLong("pawline.test.seed", System.nanoTime());
        System.out.println("-Dpawline.test.seed=" + seed);
        RandomGenerator random = new Random(seed);
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                StageSite site = new StageSite(broker.bootstrapServers(), folder, 6, (short) 1);
                TopicReader results = site.results()) {
            site.send(TASKS, "oil");
            for (int change = 1; change <= CHANGES; change++) {
                change(site, INSTANCES.get(random.nextInt(INSTANCES.size())), random.nextBoolean());
                int calls = change * CALLS_BETWEEN;
                site.awaitJournal(calls + " answers", entries -> answers(entries) >= calls);
            }
            INSTANCES.stream().filter(id -> !running.containsKey(id)).forEach(id -> start(site, id));
            results.awaitTasks(site.sent());

            await("lag").atMost(StageSite.PATIENCE).until(() -> site.lag() == 0);
            running.values().forEach(process -> process.awaitLine(StageProgram.READY));
            await("in flight").atMost(StageSite.PATIENCE).until(this::inFlight, List.of(0, 0, 0)::equals);
            site.stopAll();
            assertThat(results.keys()).containsExactlyInAnyOrderElementsOf(site.sent());
            notKilled.addAll(running.values());
            for (ChildProcess process : notKilled) {
                assertThat(results.publishedBy(process.pid()))
                        .as("a process that was not killed publishes what it called for")
                        .isEqualTo(CallJournal.tasks(site.journal(), Event.CALL, process.pid()));
            }
            System.out.printf("%d changes, %d kills, %d calls%n", CHANGES, kills, calls(site.journal()));
        }
    }

    /** Lets an instance join if it is away; else it is killed and comes back at once, or leaves. */
    private void change(StageSite site, String instance, boolean kill) {
        ChildProcess process = running.remove(instance);
        if (process == null) {
            start(site, instance);
        } else if (kill || running.isEmpty()) {
            process.kill();
            kills++;
            start(site, instance);
        } else {
            process.stop();
            leaving.put(instance, process);
            notKilled.add(process);
        }
    }

    /** Starts an instance again only after its end, for an instance id belongs to one process at a time. */
    private void start(StageSite site, String instance) {
        ChildProcess before = leaving.remove(instance);
        if (before != null) {
            before.awaitExit();
        }
        running.put(
                instance, site.start(site.instance(instance).withMaxInFlight(40).withDrain(Duration.ofSeconds(10))));
    }

    private List<Integer> inFlight() {
        return running.values().stream()
                .map(process -> {
                    process.send("?");
                    String answer = process.awaitLine(StageProgram.IN_FLIGHT);
                    return Integer.valueOf(answer.substring(StageProgram.IN_FLIGHT.length() + 1));
                })
                .toList();
    }

    private static long answers(List<Entry> journal) {
        return journal.stream().filter(entry -> entry.event() == Event.ANSWER).count();
    }

    private static long calls(List<Entry> journal) {
        return journal.stream().filter(entry -> entry.event() == Event.CALL).count();
    }
}
