package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Stage;
import io.pawline.testkit.CallJournal;
import io.pawline.testkit.CallJournal.Event;
import io.pawline.testkit.ChildProcess;
import io.pawline.testkit.StageSite;
import io.pawline.testkit.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs a process of its own that stands still until the group has given its partitions away, and then goes on. */
class ZombieStageIT {

    @TempDir
    Path folder;

    /** The time between polls is the usual one, and one that has long passed as well when the process goes on. */
    @ParameterizedTest
    @ValueSource(ints = {300_000, 3_000})
    void publishesNothingOfWhatWentElsewhereAndThenWorksAgain(int maxPollIntervalMillis) throws Exception {
        Map<String, String> client = Map.of("max.poll.interval.ms", Integer.toString(maxPollIntervalMillis));
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, Map.of());
                StageSite site = new StageSite(broker.bootstrapServers(), folder, 2, (short) 1);
                TopicReader results = site.results()) {
            ChildProcess zombie = site.startAndAwaitReady(site.instance("a").withClient(client));
            site.send(200, "oil");
            site.awaitCalls(zombie, 60);
            zombie.freeze();
            ChildProcess other = site.start(site.instance("b")
                    .withCalls(Duration.ZERO, Duration.ofMillis(50))
                    .withClient(client));
            results.awaitTasks(site.sent());
            Set<String> before = results.publishedBy(zombie.pid());

            zombie.thaw();

            await().atMost(StageSite.PATIENCE).until(() -> share(site, "a") > 0 && share(site, "b") > 0);
            Set<String> later = site.send(100, "oil");
            results.awaitTasks(later);
            site.stopAll();
            assertThat(results.keys()).containsExactlyInAnyOrderElementsOf(site.sent());
            assertThat(results.publishedBy(zombie.pid()))
                    .containsAll(before)
                    .hasSizeGreaterThan(before.size())
                    .allMatch(task -> before.contains(task) || later.contains(task));
            assertThat(repeated(site, zombie, other))
                    .isNotEmpty()
                    .doesNotContainAnyElementsOf(before)
                    .doesNotContainAnyElementsOf(later);
        }
    }

    /**
     * Its threads wake all at once, with answers that let others begin, before it learns that it is no member any more.
     */
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void makesNoCallForWhatWentElsewhere(GroupProtocol protocol) throws Exception {
        boolean classic = protocol == GroupProtocol.CLASSIC;
        Map<String, String> client = classic
                ? Map.of()
                : Map.of("group.protocol", "consumer", KafkaClients.SESSION_TIMEOUT_OF_BROKER, "5000");
        Map<String, String> brokers = classic
                ? Map.of()
                : Map.of(
                        "group.consumer.min.session.timeout.ms", "5000",
                        "group.consumer.session.timeout.ms", "5000",
                        "group.consumer.min.heartbeat.interval.ms", "1000",
                        "group.consumer.heartbeat.interval.ms", "1000");
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, brokers);
                StageSite site = new StageSite(broker.bootstrapServers(), folder, 2, (short) 1);
                TopicReader results = site.results()) {
            ChildProcess zombie = site.startAndAwaitReady(site.instance("a")
                    .withCalls(Duration.ofSeconds(2), Duration.ofSeconds(2))
                    .withClient(client));
            Set<String> elsewhere = site.send(100, "oil");
            site.awaitJournal("calls under way, and none that begins", ZombieStageIT::isQuiet);
            zombie.freeze();
            site.start(site.instance("b")
                    .withCalls(Duration.ZERO, Duration.ofMillis(50))
                    .withClient(client));
            results.awaitTasks(elsewhere);

            long thawed = System.currentTimeMillis();
            zombie.thaw();

            await().atMost(StageSite.PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        site.send(5, "oil");
                        return !calledSince(thawed, site, zombie).isEmpty();
                    });
            assertThat(calledSince(thawed, site, zombie)).doesNotContainAnyElementsOf(elsewhere);
        }
    }

    /** Says whether calls are under way and none has begun or ended lately, so that none begins as the process stops. */
    private static boolean isQuiet(List<CallJournal.Entry> journal) {
        long calls =
                journal.stream().filter(entry -> entry.event() == Event.CALL).count();
        long answers =
                journal.stream().filter(entry -> entry.event() == Event.ANSWER).count();
        return calls > answers && System.currentTimeMillis() - journal.getLast().millis() > 500;
    }

    private static Set<String> calledSince(long millis, StageSite site, ChildProcess process) {
        return CallJournal.tasks(
                site.journal().stream()
                        .filter(entry -> entry.millis() >= millis)
                        .toList(),
                Event.CALL,
                process.pid());
    }

    private static Set<String> repeated(StageSite site, ChildProcess one, ChildProcess other) {
        Set<String> both = new HashSet<>(CallJournal.tasks(site.journal(), Event.CALL, one.pid()));
        both.retainAll(CallJournal.tasks(site.journal(), Event.CALL, other.pid()));
        return both;
    }

    /** Counts the partitions of the work topic that the instance has. */
    private static long share(StageSite site, String instance) throws InterruptedException, ExecutionException {
        return site.admin.describeConsumerGroups(List.of(Stage.DETECT.consumerGroup())).all().get().values().stream()
                .flatMap(group -> group.members().stream())
                .filter(member -> member.groupInstanceId().orElse("").equals(instance))
                .map(MemberDescription::assignment)
                .flatMap(assignment -> assignment.topicPartitions().stream())
                .filter(partition -> partition.topic().equals(Stage.DETECT.workTopic()))
                .count();
    }
}
