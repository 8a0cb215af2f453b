package io.pawline.stage;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What a stage tells the operator, each meter with the tag {@code stage}. Thread-safe. */
final class StageMetrics {

    private final MeterRegistry registry;
    private final Tags tags;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Timer commit;

    StageMetrics(MeterRegistry registry, Stage stage) {
        this.registry = registry;
        this.tags = Tags.of("stage", stage.code());
        this.commit = Timer.builder("pawline.stage.commit")
                .description("A transaction: its messages, its offsets, its commit")
                .tags(tags)
                .register(registry);
        Gauge.builder("pawline.stage.in.flight", inFlight, AtomicInteger::get)
                .description("Tasks being handled")
                .tags(tags)
                .register(registry);
    }

    void began() {
        inFlight.incrementAndGet();
    }

    void ended() {
        inFlight.decrementAndGet();
    }

    void handled(Outcome outcome, Duration took) {
        Tags result = switch (outcome) {
            case Outcome.Done done -> Tags.of("outcome", "done", "reason", "none");
            case Outcome.Retry retry ->
                Tags.of("outcome", "retry", "reason", retry.reason().code());
            case Outcome.Rejected rejected ->
                Tags.of("outcome", "rejected", "reason", rejected.reason().code());
        };
        Timer.builder("pawline.stage.attempt")
                .description("One attempt at one task, by how it ended")
                .tags(tags.and(result))
                .register(registry)
                .record(took);
    }

    void retried(Reason reason) {
        count("pawline.stage.retries", reason);
    }

    void deadLettered(Reason reason) {
        count("pawline.stage.dead.letters", reason);
    }

    void orphaned() {
        registry.counter("pawline.stage.orphaned", tags).increment();
    }

    void committed(Duration took) {
        commit.record(took);
    }

    private void count(String name, Reason reason) {
        registry.counter(name, tags.and("reason", reason.code())).increment();
    }
}
