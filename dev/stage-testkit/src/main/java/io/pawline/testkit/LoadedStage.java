package io.pawline.testkit;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.TaskAccepted;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.StageRuntime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** Runs a stage between a front end and a provider, on topics of one partition each. */
public final class LoadedStage implements AutoCloseable {

    private static final long SAMPLE_MILLIS = 20;
    private static final int WARM_UP_TASKS = 60;

    final RealTimeProvider provider;
    public final RequestingFrontEnd frontEnd;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final StageRuntime<TaskAccepted> runtime;

    public LoadedStage(
            TestingStage stage, RealTimeProvider provider, Duration callTimeout, RequestingFrontEnd.Patience patience)
            throws InterruptedException {
        TestingKafka.freshTopics(1);
        this.provider = provider;
        this.runtime = stage.meters(meters)
                .instance("loaded")
                .runtime((in, attempt) -> attempt.call(() -> {
                    var report = provider.call(callTimeout);
                    Outcome outcome = report.failure()
                            .map(reason -> Outcome.failed(reason, "in vain", report.notBefore()))
                            .orElseGet(() -> TestingRecords.described(in));
                    return new OutsideCall.Answer<>(outcome, report);
                }));
        runtime.start();
        await().atMost(Duration.ofMinutes(1)).until(runtime::ready);
        this.frontEnd = new RequestingFrontEnd(patience);
        warmUp();
    }

    /** Warms the process up, for its first calls take far longer than all others. */
    private void warmUp() {
        frontEnd.keep(3);
        await().atMost(Duration.ofMinutes(1)).until(() -> frontEnd.succeeded() >= WARM_UP_TASKS);
        frontEnd.keep(0);
    }

    /** Lets so much time pass, and reports the limit now and then. */
    void pass(Duration time, IntConsumer limit) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - until < 0) {
            limit.accept(limit());
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
        }
    }

    public void pass(Duration time) throws InterruptedException {
        pass(time, _ -> {});
    }

    public int limit() {
        return (int) gauge("pawline.stage.limit");
    }

    double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    boolean alive() {
        return runtime.alive();
    }

    @Override
    public void close() {
        frontEnd.close();
        runtime.close();
        provider.close();
    }
}
