package io.pawline.stage.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.TaskContext;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.BudgetPolicy;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Outcome;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.codec.UnknownSchemas;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.FleetMember;
import io.pawline.stage.provider.FleetNode;
import io.pawline.stage.provider.FleetPolicy;
import io.pawline.stage.provider.FleetShare;
import io.pawline.stage.provider.ProviderChain;
import io.pawline.stage.provider.ReceiverLimiters;
import io.pawline.stage.provider.TenantUse;
import io.pawline.stage.provider.TestingClock;
import io.pawline.stage.provider.TestingStageControls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Holds the names under which Prometheus finds the meters. They are a promise: alerts and dashboards rest on them. */
class StageMetricsTest {

    private static final Path DOCUMENTATION = Path.of("../../docs/operator/monitoring.md");

    private static final TaskContext CONTEXT =
            new TaskContext("task", "tenant", "oil", Instant.EPOCH, Instant.EPOCH, null, 1, "interactive");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void whatIsDocumentedIsWhatIsExported() throws IOException {
        exportAll();

        assertThat(documented()).isEqualTo(exported());
    }

    @Test
    void eachMeterHasItsStageAndThoseOfFailuresTheirReason() {
        exportAll();

        assertThat(registry.scrape().lines().filter(line -> line.startsWith("pawline_")))
                .allMatch(line -> line.contains("stage=\"generate\""));
        assertThat(registry.scrape())
                .contains(
                        "pawline_stage_attempt_seconds_count{outcome=\"retry\",reason=\"overloaded\",stage=\"generate\"} 1")
                .contains("pawline_stage_attempt_seconds_count{outcome=\"done\",reason=\"none\",stage=\"generate\"} 1")
                .contains("pawline_stage_retries_total{reason=\"overloaded\",stage=\"generate\"} 1.0")
                .contains("pawline_stage_dead_letters_total{reason=\"unclassified\",stage=\"generate\"} 1.0");
    }

    /** Each draw is another set of tenants, mostly the same one: a scrape in between sees each of them once at most. */
    @Test
    void aScrapeSucceedsWhileWhatTenantsHaveChanges() throws Exception {
        StageMetrics metrics = new StageMetrics(registry, Stage.GENERATE, new TestingClock());
        Random random = new Random(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean over = new AtomicBoolean();
            Future<Integer> scrapes = threads.submit(() -> {
                int count = 0;
                while (!over.get()) {
                    assertThat(registry.scrape()).isNotNull();
                    count++;
                }
                return count;
            });
            for (int round = 0; round < 20_000; round++) {
                List<TenantUse> busiest = random.nextInt(10) > 0
                        ? List.of(new TenantUse("shop", round, 1, 1))
                        : List.of(new TenantUse("zoo", round, 1, 0.5), new TenantUse("shop", round, 1, 0.5));
                metrics.tenants(busiest);
            }
            over.set(true);
            assertThat(scrapes.get()).isPositive();
        }
        assertThat(registry.scrape())
                .containsOnlyOnce("pawline_stage_tenant_in_flight{stage=\"generate\",tenant=\"shop\"}");
    }

    @Test
    void tenantsThatHaveNoWorkAnyMoreHaveNoSeries() {
        StageMetrics metrics = new StageMetrics(registry, Stage.GENERATE, new TestingClock());
        metrics.tenants(List.of(new TenantUse("shop", 1, 20, 0.75), new TenantUse("zoo", 3, 0, 0.25)));
        metrics.tenants(List.of(new TenantUse("shop", 2, 19, 1)));

        assertThat(registry.scrape())
                .contains("pawline_stage_tenant_in_flight{stage=\"generate\",tenant=\"shop\"} 2.0")
                .contains("pawline_stage_tenant_waiting{stage=\"generate\",tenant=\"shop\"} 19.0")
                .contains("pawline_stage_tenant_share{stage=\"generate\",tenant=\"shop\"} 1.0")
                .doesNotContain("zoo");
    }

    private void exportAll() {
        StageMetrics metrics = new StageMetrics(registry, Stage.GENERATE, new TestingClock());
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(
                Optional.empty(), 1, new TestingStageControls(), new TestingClock(), System::nanoTime, new Random());
        metrics.watch(new ProviderChain(List.of(limiter), Fallbacks.NONE, new TestingClock(), System::nanoTime));
        metrics.watch("seedream", limiter);
        metrics.watch(new ReceiverLimiters(
                new ProviderPolicies("receiver", true, Optional.empty(), 0, 0),
                1,
                new TestingClock(),
                System::nanoTime,
                new Random()));
        FleetMember self = new FleetMember("generate-0", "1");
        metrics.watch(new FleetNode(
                self, new FleetShare(self, 1, 0, System::nanoTime), new FleetPolicy(true, 0, 0, 0), System::nanoTime));
        metrics.watch(new BudgetLeases("generate-0", BudgetPolicy.UNLIMITED, () -> "1", System::nanoTime));
        metrics.watch(new Backlog());
        metrics.watch(new UnknownSchemas(System::nanoTime));
        metrics.waitedForPermit(Duration.ofMillis(1));
        metrics.handled(new Outcome.Retry(Reason.OVERLOADED, "busy", null), Duration.ofMillis(1));
        metrics.handled(new Outcome.Done(Optional.empty()), Duration.ofMillis(1));
        metrics.called(CallAttempt.newBuilder()
                .setContext(CONTEXT)
                .setCallId("call")
                .setMoment(CallMoment.END)
                .setAt(Instant.EPOCH)
                .setStage("generate")
                .setProvider("seedream")
                .setAttempt(1)
                .setCostMicros(1_000L)
                .setHedge(true)
                .setBilled(Billed.YES)
                .build());
        metrics.retried(Reason.OVERLOADED);
        metrics.deadLettered(Reason.UNCLASSIFIED);
        metrics.orphaned();
        metrics.tenants(List.of(new TenantUse("shop", 1, 2, 0.5)));
        metrics.committed(Duration.ofMillis(1));
        metrics.left(new ConsumerRecord<>(Stage.GENERATE.workTopic(), 0, 0, new byte[0], new byte[0]));
    }

    /** Returns the names without the suffixes of a timer's several series. */
    private Set<String> exported() {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith("pawline_"))
                .map(line -> line.substring(0, line.indexOf('{')).replaceFirst("_seconds_(count|sum|max)$", "_seconds"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> documented() throws IOException {
        return Pattern.compile("(?m)^\\| `(pawline_stage_\\w+)` \\|")
                .matcher(Files.readString(DOCUMENTATION))
                .results()
                .map(MatchResult::group)
                .map(row -> row.replaceAll("[|` ]", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
