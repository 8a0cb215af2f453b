package io.pawline.testkit;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.testkit.CallJournal.Entry;
import io.pawline.testkit.CallJournal.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** Runs one process with one partition and very many calls in flight, some of them sixty times as long as others. */
public final class InFlightScenario {

    private InFlightScenario() {}

    /**
     * Says what came of it.
     *
     * @param most calls in flight at once
     * @param least calls in flight from when the most were reached until the last call began: places that slow calls
     *     kept from the others would be missing here
     * @param reachedAfter from the first call until the most were in flight
     * @param heapMegabytes that the process may have had at most
     */
    public record Result(
            int tasks, int most, int least, Duration reachedAfter, int heapMegabytes, int lost, int duplicated) {}

    /**
     * Runs a process on a broker of its own in the folder.
     *
     * @param inFlight calls at once
     * @param tasks more than that
     * @param shortest of the calls, evenly spread up to the longest
     */
    public static Result inFolder(
            Path folder, int inFlight, int tasks, Duration shortest, Duration longest, int heapMegabytes)
            throws InterruptedException, ExecutionException {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                StageSite site = new StageSite(broker.bootstrapServers(), folder, 1, (short) 1)) {
            Set<String> sent = Set.copyOf(site.send(tasks, "oil"));
            ProcessSettings settings =
                    site.instance("a").withMaxInFlight(inFlight).withCalls(shortest, longest);
            try (ChildProcess process = ChildProcess.start(
                            "many-in-flight", heapMegabytes, StageProgram.class, settings.arguments());
                    TopicReader results = site.results()) {
                results.awaitTasks(sent);
                process.stop();
                process.awaitExit();
                return result(
                        site.journal(),
                        tasks,
                        heapMegabytes,
                        results.missing(sent).size(),
                        results.duplicated());
            }
        }
    }

    private static Result result(List<Entry> journal, int tasks, int heapMegabytes, int lost, int duplicated) {
        List<Entry> steps = journal.stream()
                .filter(entry -> entry.event() == Event.CALL || entry.event() == Event.ANSWER)
                .sorted(Comparator.comparingLong(Entry::millis))
                .toList();
        long lastCall = steps.stream()
                .filter(entry -> entry.event() == Event.CALL)
                .mapToLong(Entry::millis)
                .max()
                .orElse(0);
        int most = 0;
        int least = Integer.MAX_VALUE;
        long reached = 0;
        int now = 0;
        for (Entry step : steps) {
            now += step.event() == Event.CALL ? 1 : -1;
            if (now > most) {
                most = now;
                least = now;
                reached = step.millis();
            } else if (step.millis() < lastCall) {
                least = Math.min(least, now);
            }
        }
        return new Result(
                tasks,
                most,
                least,
                Duration.ofMillis(reached - steps.getFirst().millis()),
                heapMegabytes,
                lost,
                duplicated);
    }
}
