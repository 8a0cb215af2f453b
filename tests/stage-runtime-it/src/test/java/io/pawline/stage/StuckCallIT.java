package io.pawline.stage;

import static io.pawline.testkit.RunningStages.awaitPublishedOnce;
import static io.pawline.testkit.RunningStages.calling;
import static io.pawline.testkit.RunningStages.calls;
import static io.pawline.testkit.RunningStages.published;
import static io.pawline.testkit.RunningStages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.testkit.ChildProcess;
import io.pawline.testkit.RunningStages;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.junit.jupiter.api.Test;

/** Lets one call hang while thousands behind it end; then its process is killed. */
class StuckCallIT {

    private static final int TASKS = 3_000;
    private static final int STUCK = 17;

    @Test
    void onlyTheStuckCallIsMadeAgainAfterItsProcessWasKilled() throws Exception {
        TestingKafka.freshTopics(1);
        List<String> ids = send(TASKS, 1);
        String stuck = ids.get(STUCK);
        String broker = String.valueOf(TestingKafka.connection().get("bootstrap.servers"));
        try (ChildProcess _ = ChildProcess.start("stuck", 256, Stage.class, List.of(broker, stuck))) {
            await().atMost(Duration.ofSeconds(90)).until(() -> published().size() == TASKS - 1);
        }

        try (RunningStages stages = new RunningStages(GroupProtocol.CLASSIC)) {
            stages.start("stuck", calling(_ -> {}));

            awaitPublishedOnce(ids);
            assertThat(calls())
                    .hasSize(TASKS)
                    .allSatisfy((id, times) -> assertThat(times).as(id).isEqualTo(id.equals(stuck) ? 2 : 1));
        }
    }

    /** Is the process to be killed. */
    static final class Stage {
        private Stage() {}

        /** Takes where the broker is, and the task whose call never ends. */
        public static void main(String[] arguments) {
            CountDownLatch never = new CountDownLatch(1);
            TestingStage.on(Map.of("bootstrap.servers", arguments[0]))
                    .instance("stuck")
                    .maxInFlight(200)
                    .runtime(calling(task -> {
                        if (task.equals(arguments[1])) {
                            never.await();
                        }
                    }))
                    .start();
        }
    }
}
