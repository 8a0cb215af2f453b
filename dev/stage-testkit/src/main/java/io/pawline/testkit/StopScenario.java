package io.pawline.testkit;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.testkit.CallJournal.Entry;
import io.pawline.testkit.CallJournal.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** Stops a process of a stage with long calls in flight, and lets the next one do the rest. */
public final class StopScenario {

    private StopScenario() {}

    /**
     * Says what came of it.
     *
     * @param inFlight calls under way when it was asked to stop
     * @param exitCode of the process
     * @param endedAfter from then to its end
     * @param answered of its calls
     * @param committed of its answers, when it had ended
     * @param lost tasks that never reached the next topic
     * @param duplicated results there beyond one of each task
     * @param repeated tasks that were called for more than once
     */
    public record Result(
            int tasks,
            int inFlight,
            int exitCode,
            Duration endedAfter,
            int answered,
            int committed,
            int lost,
            int duplicated,
            int repeated) {}

    /**
     * Stops a process that has twice as many tasks before it as it handles at once, on a broker of its own in the
     * folder.
     *
     * @param call how long each call of the process takes that is stopped
     */
    public static Result inFolder(Path folder, int inFlight, Duration call)
            throws InterruptedException, ExecutionException {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                StageSite site = new StageSite(broker.bootstrapServers(), folder, 2, (short) 1)) {
            Set<String> tasks = Set.copyOf(site.send(2 * inFlight, "oil"));
            ProcessSettings settings = site.instance("a").withMaxInFlight(inFlight);
            ChildProcess process = site.start(settings.withCalls(call, call).withDrain(call.multipliedBy(2)));
            site.awaitCalls(process, inFlight);
            Set<String> before = CallJournal.tasks(site.journal(), Event.ANSWER, process.pid());
            long signalled = System.nanoTime();
            process.stop();
            int exitCode = process.awaitExit();
            Duration endedAfter = Duration.ofNanos(System.nanoTime() - signalled);

            Set<String> answered = CallJournal.tasks(site.journal(), Event.ANSWER, process.pid());
            try (TopicReader results = site.results()) {
                int committed = results.publishedBy(process.pid()).size();
                site.start(settings);
                results.awaitTasks(tasks);
                site.stopAll();
                return new Result(
                        tasks.size(),
                        inFlight - before.size(),
                        exitCode,
                        endedAfter,
                        answered.size(),
                        committed,
                        results.missing(tasks).size(),
                        results.duplicated(),
                        repeated(site.journal()));
            }
        }
    }

    private static int repeated(List<Entry> journal) {
        return (int) CallJournal.calls(journal).values().stream()
                .filter(calls -> calls > 1)
                .count();
    }
}
