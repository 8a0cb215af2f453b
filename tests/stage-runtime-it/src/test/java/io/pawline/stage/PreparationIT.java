package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.calledAndDescribed;
import static io.pawline.testkit.TestingRecords.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingRecords;
import io.pawline.testkit.TestingStage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shows how tasks are prepared before they wait for permits. */
@Timeout(120)
class PreparationIT {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final List<StageRuntime<TaskAccepted>> started = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CountDownLatch slowHost = new CountDownLatch(1);
    private final CountDownLatch provider = new CountDownLatch(1);
    private final AtomicInteger prepared = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @AfterEach
    void stopAll() {
        slowHost.countDown();
        provider.countDown();
        started.forEach(StageRuntime::close);
        await().atMost(LONGEST)
                .untilAsserted(() ->
                        assertThat(closed).as("what was prepared is closed").hasValue(prepared.get()));
    }

    @Test
    void aSlowHostHoldsNoPermitAndDelaysNoOtherHost() {
        TestingKafka.send(tasks(64, "slow"));
        TestingKafka.send(tasks(20, "quick"));

        start(stage().maxInFlight(4));

        awaitRecords("pawline.generate", 20);
        await().atMost(LONGEST).until(() -> gauge("pawline.stage.in.flight") == 0);
        slowHost.countDown();
        assertThat(awaitRecords("pawline.generate", 84)).hasSize(84);
    }

    @Test
    void aStopWaitsForNoPreparation() {
        TestingKafka.send(tasks(10, "slow"));
        TestingKafka.send(tasks(1, "quick"));
        start(stage().drain(Duration.ofMinutes(10)));
        awaitRecords("pawline.generate", 1);

        started.removeFirst().close();

        assertThat(slowHost.getCount()).as("the host has not answered").isEqualTo(1);
        slowHost.countDown();
        start(stage());
        assertThat(awaitRecords("pawline.generate", 11)).hasSize(11);
    }

    @Test
    void aStopLetsGoOfWhatWaitsForAPermit() {
        TestingKafka.send(tasks(30, "busy"));
        start(stage().maxInFlight(2).drain(Duration.ZERO));
        await().atMost(LONGEST).until(() -> prepared.get() > 8);

        started.removeFirst().close();

        assertThat(closed.get()).as("all but those with a permit").isGreaterThanOrEqualTo(prepared.get() - 2);
    }

    @Test
    void whatCannotBePreparedIsTriedAgainWithoutACall() {
        TestingKafka.send(tasks(1, "gone"));

        start(stage());

        assertThat(TestingRecords.finalStates(1))
                .singleElement()
                .satisfies(ended -> assertThat(ended.getReason()).contains(Reason.PHOTO_UNREACHABLE.code()));
        assertThat(awaitRecords("pawline.detect.dlt", 1)).hasSize(1);
        assertThat(TestingRecords.ledger()).isEmpty();
    }

    @Test
    void aBugInAPreparationFailsItsTaskAlone() {
        TestingKafka.send(tasks(1, "bug"));
        TestingKafka.send(tasks(3, "quick"));

        start(stage());

        awaitRecords("pawline.generate", 3);
        assertThat(TestingRecords.finalStates(1))
                .singleElement()
                .satisfies(ended -> assertThat(ended.getReason()).contains(Reason.UNCLASSIFIED.code()));
    }

    @Test
    void noPhotoIsFetchedForATaskPastItsDeadline() {
        TestingKafka.send(List.of(task(TaskId.next(), "quick", Duration.ofSeconds(-1))));

        start(stage());

        TestingRecords.finalStates(1);
        assertThat(prepared).hasValue(0);
    }

    private final class Handling implements PreparingHandler<TaskAccepted> {

        @Override
        public Preparation prepare(TaskAccepted task, Attempt attempt) throws InterruptedException {
            String host = task.getContext().getStyle();
            switch (host) {
                case "slow" -> slowHost.await();
                case "gone" -> {
                    return new Preparation.Ended(new Outcome.Retry(Reason.PHOTO_UNREACHABLE, "it is gone"));
                }
                case "bug" -> throw new IllegalStateException("a bug");
                default -> {
                    // it comes at once
                }
            }
            prepared.incrementAndGet();
            return new Preparation.Prepared() {
                @Override
                public Outcome handle(Attempt call) throws InterruptedException {
                    if (host.equals("busy")) {
                        provider.await();
                    }
                    return calledAndDescribed(task, call);
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }
    }

    /** Makes tasks whose photos come from a host of this name. */
    private static List<ProducerRecord<byte[], byte[]>> tasks(int count, String host) {
        return IntStream.range(0, count)
                .mapToObj(_ -> {
                    ProducerRecord<byte[], byte[]> record = task(TaskId.next(), host, TestingRecords.DAY);
                    record.headers().remove(RecordHeaders.LANE).add(RecordHeaders.LANE, host.getBytes(UTF_8));
                    return record;
                })
                .toList();
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private static TestingStage stage() {
        return TestingStage.on(TestingKafka.connection());
    }

    private void start(TestingStage stage) {
        StageRuntime<TaskAccepted> runtime =
                stage.instance("preparation").meters(meters).runtime(new Handling());
        started.add(runtime);
        runtime.start();
    }
}
