package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Stage;
import io.pawline.testkit.CallJournal;
import io.pawline.testkit.CallJournal.Event;
import io.pawline.testkit.ChildProcess;
import io.pawline.testkit.HaltPoint;
import io.pawline.testkit.StageProgram;
import io.pawline.testkit.StageSite;
import io.pawline.testkit.TopicReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionListing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs a process of its own that ends at the worst of moments. */
class HaltedStageIT {

    @TempDir
    Path folder;

    @Test
    void losesAndDoublesNothingWhenKilledBetweenTheAnswerAndTheCommit() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                StageSite site = new StageSite(broker.bootstrapServers(), folder, 2, (short) 1);
                TopicReader results = site.results()) {
            ChildProcess first = site.start(
                    site.instance("a").withMaxInFlight(1).withClient(HaltPoint.BEHIND_THE_ANSWER.clientSettings()));
            Set<String> tasks = site.send(5, StageProgram.QUICK);
            assertThat(first.awaitExit()).isEqualTo(HaltPoint.EXIT_CODE);

            ChildProcess second = site.start(site.instance("a"));

            results.awaitTasks(tasks);
            assertItTookThePlaceThatWasLeft(site);
            site.stopAll();
            assertThat(results.keys()).containsExactlyInAnyOrderElementsOf(tasks);
            assertThat(CallJournal.tasks(site.journal(), Event.ANSWER, first.pid()))
                    .hasSize(1);
            assertThat(CallJournal.tasks(site.journal(), Event.CALL, second.pid()))
                    .isEqualTo(tasks);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BETWEEN_TWO_MESSAGES", "BEFORE_THE_COMMIT"})
    void publishesAllOfATransactionOrNothing(HaltPoint point) throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                StageSite site = new StageSite(broker.bootstrapServers(), folder, 2, (short) 1);
                TopicReader results = site.results();
                TopicReader deadLetters = site.read(Stage.DETECT.deadLetterTopic(), "read_committed");
                TopicReader deadLettersWritten = site.read(Stage.DETECT.deadLetterTopic(), "read_uncommitted");
                TopicReader finalStates = site.read(Stage.CALLBACK.workTopic(), "read_committed")) {
            ChildProcess first = site.start(site.instance("a").withClient(point.clientSettings()));
            Set<String> tasks = site.send(20, StageProgram.QUICK);
            Set<String> refused = site.send(5, StageProgram.REFUSED);
            assertThat(first.awaitExit()).isEqualTo(HaltPoint.EXIT_CODE);
            assertThat(deadLettersWritten.keys()).isNotEmpty();
            assertThat(deadLetters.keys()).isEmpty();

            site.start(site.instance("a"));

            finalStates.awaitTasks(refused);
            results.awaitTasks(tasks);
            assertItTookThePlaceThatWasLeft(site);
            site.stopAll();
            assertThat(results.keys()).containsExactlyInAnyOrderElementsOf(tasks);
            assertThat(deadLetters.keys()).containsExactlyInAnyOrderElementsOf(refused);
            assertThat(finalStates.keys()).containsExactlyInAnyOrderElementsOf(refused);
            assertThat(deadLettersWritten.keys()).hasSizeGreaterThan(refused.size());
        }
    }

    /**
     * The successor waits neither until its predecessor's session is over nor until its predecessor's transaction is.
     */
    private static void assertItTookThePlaceThatWasLeft(StageSite site) throws Exception {
        String group = Stage.DETECT.consumerGroup();
        assertThat(site.admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                        .flatMap(all -> all.members().stream()))
                .singleElement()
                .satisfies(member -> assertThat(member.groupInstanceId()).contains("a"));
        assertThat(site.admin.listTransactions().all().get())
                .extracting(TransactionListing::transactionalId)
                .containsExactly(group + "-a");
    }
}
