package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.CallAttempt;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.testkit.BrokerCluster;
import io.pawline.testkit.CallJournal;
import io.pawline.testkit.ChildProcess;
import io.pawline.testkit.StageSite;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a stage under load on three brokers, of which one after the other is killed with signal 9. */
class ThreeBrokersIT {

    private static final String INSTANCE = "a";

    /** Says what a broker can be to the stage. */
    private enum Role {
        LEADER_OF_ITS_PARTITION {
            @Override
            int node(Admin admin) throws InterruptedException, ExecutionException {
                String topic = Stage.DETECT.workTopic();
                return only(admin.describeTopics(List.of(topic)).allTopicNames().get())
                        .partitions()
                        .getFirst()
                        .leader()
                        .id();
            }
        },
        COORDINATOR_OF_ITS_GROUP {
            @Override
            int node(Admin admin) throws InterruptedException, ExecutionException {
                String group = Stage.DETECT.consumerGroup();
                return only(admin.describeConsumerGroups(List.of(group)).all().get())
                        .coordinator()
                        .id();
            }
        },
        COORDINATOR_OF_ITS_TRANSACTIONS {
            @Override
            int node(Admin admin) throws InterruptedException, ExecutionException {
                String id = Stage.DETECT.consumerGroup() + "-" + INSTANCE;
                return only(admin.describeTransactions(List.of(id)).all().get()).coordinatorId();
            }
        };

        abstract int node(Admin admin) throws InterruptedException, ExecutionException;

        private static <V> V only(Map<String, V> one) {
            return one.values().iterator().next();
        }
    }

    @TempDir
    Path folder;

    @Test
    void losesDoublesAndRepeatsNothingWhicheverOneIsKilled() throws Exception {
        try (BrokerCluster cluster = new BrokerCluster(folder);
                StageSite site = new StageSite(cluster.bootstrapServers(), folder, 1, (short) 3);
                TopicReader results = site.results();
                TopicReader ledger = site.read(Topics.ATTEMPTS, "read_committed")) {
            ChildProcess stage = site.startAndAwaitReady(site.instance(INSTANCE));
            for (Role role : Role.values()) {
                int before = results.keys().size();
                site.send(300, "oil");
                site.awaitCalls(stage, before + 50);
                int node = role.node(site.admin);
                System.out.println(role + ": " + node);
                cluster.kill(node, site.admin);
                results.awaitCount(
                        Math.min(results.keys().size() + 100, site.sent().size()));
                cluster.restart(node, site.admin);
            }
            results.awaitTasks(site.sent());
            site.stopAll();
            assertThat(results.keys()).containsExactlyInAnyOrderElementsOf(site.sent());
            assertThat(CallJournal.calls(site.journal()).values())
                    .as("calls of each task")
                    .containsOnly(1L);
            assertThat(ledger.all().stream().map(ThreeBrokersIT::momentOfCall))
                    .as("the beginning and the end of each call, by the ledger")
                    .hasSize(2 * site.sent().size())
                    .doesNotHaveDuplicates();
        }
    }

    /** The chart's grace period is a minute longer than the drain time. */
    @Test
    void stopsWithinItsGracePeriodThoughNoBrokerAnswers() throws Exception {
        Duration drain = Duration.ofSeconds(2);
        try (BrokerCluster cluster = new BrokerCluster(folder);
                StageSite site = new StageSite(cluster.bootstrapServers(), folder, 1, (short) 3)) {
            ChildProcess stage = site.startAndAwaitReady(site.instance(INSTANCE).withDrain(drain));
            site.send(300, "oil");
            site.awaitCalls(stage, 50);
            cluster.freeze();
            try {
                long asked = System.nanoTime();
                stage.stop();
                stage.awaitExit();
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(drain.plusSeconds(60));
            } finally {
                cluster.thaw();
            }
        }
    }

    private static String momentOfCall(ConsumerRecord<byte[], byte[]> data) {
        CallAttempt call = TestingEvents.deserializer(CallAttempt.class).deserialize(data.topic(), data.value());
        return call.getCallId() + " " + call.getMoment();
    }
}
