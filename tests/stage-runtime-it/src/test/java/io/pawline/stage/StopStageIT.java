package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.testkit.CallJournal;
import io.pawline.testkit.CallJournal.Event;
import io.pawline.testkit.ChildProcess;
import io.pawline.testkit.ProcessSettings;
import io.pawline.testkit.StageProgram;
import io.pawline.testkit.StageSite;
import io.pawline.testkit.StopScenario;
import io.pawline.testkit.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a process of its own that is stopped with signal 15. */
class StopStageIT {

    private static final Duration LONG_CALL = Duration.ofSeconds(Long.getLong("pawline.test.long-call-seconds", 5));

    /** Is the exit code of a process that a signal 15 ended. */
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path folder;

    private EmbeddedKafka broker;
    private StageSite site;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
        site = new StageSite(broker.bootstrapServers(), folder, 2, (short) 1);
    }

    @AfterEach
    void close() {
        site.close();
        broker.close();
    }

    @Test
    void finishesTheLongCallsItHasAndLeavesTheRestToTheNext() throws Exception {
        StopScenario.Result result = StopScenario.inFolder(folder.resolve("stop"), 8, LONG_CALL);

        assertThat(result).returns(TERMINATED, StopScenario.Result::exitCode);
        assertThat(result.inFlight()).as("in flight").isEqualTo(8);
        assertThat(result.answered()).as("answered").isEqualTo(8);
        assertThat(result.committed()).as("committed").isEqualTo(8);
        assertThat(result.lost()).as("lost").isZero();
        assertThat(result.duplicated()).as("duplicated").isZero();
        assertThat(result.repeated()).as("repeated").isZero();
    }

    @Test
    void givesUpOnlyTheCallsThatOutlastTheDrain() throws Exception {
        Set<String> slow = site.send(4, "oil");
        Set<String> quick = site.send(20, StageProgram.QUICK);
        ProcessSettings settings = site.instance("a").withMaxInFlight(8);
        Duration minutes = Duration.ofMinutes(5);
        ChildProcess first = site.start(settings.withCalls(minutes, minutes).withDrain(Duration.ofSeconds(1)));
        try (TopicReader results = site.results()) {
            results.awaitTasks(quick);
            site.awaitCalls(first, 24);

            first.stop();
            assertThat(first.awaitExit()).isEqualTo(TERMINATED);
            ChildProcess second = site.start(settings);
            results.awaitTasks(site.sent());
            site.stopAll();

            assertThat(CallJournal.tasks(site.journal(), Event.CALL, second.pid()))
                    .isEqualTo(slow);
            Set<String> tasks = new HashSet<>(quick);
            tasks.addAll(slow);
            assertThat(results.keys()).containsExactlyInAnyOrderElementsOf(tasks);
        }
    }

    @Test
    void keepsItsPlaceInTheGroupWhileItFinishes() throws Exception {
        Set<String> tasks = site.send(20, "oil");
        // A call outlasts what the group grants a member that does not poll, and a session time-out besides.
        ProcessSettings settings =
                site.instance("a").withMaxInFlight(8).withClient(Map.of("max.poll.interval.ms", "2000"));
        Duration call = Duration.ofSeconds(16);
        ChildProcess first = site.start(settings.withCalls(call, call));
        site.awaitCalls(first, 8);

        first.stop();

        assertThat(first.awaitExit()).isEqualTo(TERMINATED);
        site.start(settings);
        try (TopicReader results = site.results()) {
            results.awaitTasks(tasks);
            site.stopAll();
            assertThat(results.keys()).containsExactlyInAnyOrderElementsOf(tasks);
            assertThat(CallJournal.calls(site.journal()).values()).containsOnly(1L);
        }
    }
}
