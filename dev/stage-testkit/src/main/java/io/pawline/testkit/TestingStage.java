package io.pawline.testkit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.Stage;
import io.pawline.service.EventFormat;
import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.Fairness;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Handler;
import io.pawline.stage.KafkaClients;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import io.pawline.stage.StageRuntime;
import io.pawline.stage.StageSpec;
import io.pawline.stage.SystemScheduler;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Makes the detect stage as a test wants it: quick retries, and no provider policy but those it asks for. */
public final class TestingStage {

    public static final String PROVIDER = "vision";

    private Stage stage = Stage.DETECT;
    private Map<String, Object> connection = Map.of();
    private String instance = "test";
    private int maxInFlight = 4;
    private Duration drain = Duration.ofSeconds(20);
    private double retryShare = 0.25;
    private RetryPolicy retry = new RetryPolicy(3, Duration.ofHours(1), Duration.ofMillis(50), Duration.ofMillis(200));
    private boolean adaptiveLimit;
    private Optional<BreakerPolicy> breaker = Optional.empty();
    private double callsPerSecond;
    private int capacity;
    private Fallbacks fallbacks = Fallbacks.NONE;
    private MeterRegistry meters = new SimpleMeterRegistry();
    private EventFormat format = TestingEvents.format();
    private OpenTelemetry telemetry = OpenTelemetry.noop();
    private Clock clock = Clock.systemUTC();
    private Fairness fairness = Fairness.EVEN;
    private long memory = Runtime.getRuntime().maxMemory() / 16;

    private TestingStage() {}

    public static TestingStage on(Map<String, Object> connection) {
        TestingStage stage = new TestingStage();
        stage.connection = connection;
        return stage;
    }

    /** Makes another stage than detect, of the same events. */
    public TestingStage of(Stage other) {
        stage = other;
        return this;
    }

    public TestingStage instance(String id) {
        instance = id;
        return this;
    }

    public TestingStage maxInFlight(int most) {
        maxInFlight = most;
        return this;
    }

    public TestingStage drain(Duration longest) {
        drain = longest;
        return this;
    }

    TestingStage retryShare(double share) {
        retryShare = share;
        return this;
    }

    public TestingStage retry(RetryPolicy policy) {
        retry = policy;
        return this;
    }

    public TestingStage adaptiveLimit() {
        adaptiveLimit = true;
        return this;
    }

    public TestingStage breaker(BreakerPolicy policy) {
        breaker = Optional.of(policy);
        return this;
    }

    TestingStage callsPerSecond(double rate) {
        callsPerSecond = rate;
        return this;
    }

    /** Lets all processes of the stage together have so many calls in flight. */
    public TestingStage capacity(int calls) {
        capacity = calls;
        return this;
    }

    /** Lets the stage call other providers, too. */
    public TestingStage fallbacks(Fallbacks others) {
        fallbacks = others;
        return this;
    }

    public TestingStage meters(MeterRegistry registry) {
        meters = registry;
        return this;
    }

    public TestingStage format(EventFormat other) {
        format = other;
        return this;
    }

    public TestingStage telemetry(OpenTelemetry traced) {
        telemetry = traced;
        return this;
    }

    public TestingStage clock(Clock other) {
        clock = other;
        return this;
    }

    public TestingStage fairness(Fairness shares) {
        fairness = shares;
        return this;
    }

    /** Lets records take so many bytes, those of the work topic and retries each. */
    public TestingStage memory(long bytes) {
        memory = bytes;
        return this;
    }

    public StageSpec<TaskAccepted> spec() {
        return new StageSpec<>(
                stage,
                TaskAccepted.class,
                TaskAccepted::getContext,
                new StagePolicies(maxInFlight, drain, Duration.ofMillis(10), retryShare, retry),
                Optional.of(new ProviderPolicies(
                        PROVIDER, adaptiveLimit, breaker, callsPerSecond, 0, 0, capacity, 250_000)),
                false,
                fallbacks);
    }

    public StageRuntime<TaskAccepted> runtime(Handler<TaskAccepted> handler) {
        return new StageRuntime<>(
                spec(),
                handler,
                new KafkaClients(connection, instance),
                new SystemScheduler(),
                format,
                meters,
                telemetry,
                clock,
                new Random(1),
                fairness,
                Optional.empty(),
                memory);
    }
}
