package io.pawline.ops.canary;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.pawline.ops.http.Parameters;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Shows how new providers compare with the others: {@code /v1/canaries}. */
@RestController
final class CanaryController {

    private static final int DECIMALS = 6;

    private final CanaryStore store;

    CanaryController(CanaryStore store) {
        this.store = store;
    }

    /**
     * The results of one side.
     *
     * @param cost mean of a task's calls in the stage, in the money of the books
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SideView(
            int results,
            int bad,
            @JsonProperty("p95_ms") @Nullable Long p95Ms,
            @Nullable BigDecimal cost) {

        static SideView of(SequentialComparison.Tally tally, Canary.Side side) {
            Long micros = side.costMicros();
            return new SideView(
                    tally.results(),
                    tally.bad(),
                    side.p95Millis(),
                    micros == null ? null : BigDecimal.valueOf(micros, DECIMALS));
        }
    }

    /**
     * A comparison of a new provider with the others.
     *
     * @param share of the tasks that go to it first
     * @param evidence how many times likelier the results are if it is worse than if it is as good; 125 decide
     * @param causes of its bad results, and how many of each
     * @param off whether it was off at the last look
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CanaryView(
            String stage,
            String provider,
            int round,
            double share,
            Instant beganAt,
            Instant lastAt,
            SideView canary,
            SideView others,
            Map<String, Integer> causes,
            double evidence,
            @Nullable String verdict,
            @Nullable Instant decidedAt,
            @Nullable String why,
            boolean off) {

        static CanaryView of(Canary canary) {
            Canary.Counts counts = canary.counts();
            SequentialComparison results = counts.results();
            Canary.Decision decision = canary.decision();
            return new CanaryView(
                    canary.stage(),
                    canary.provider(),
                    canary.round(),
                    canary.share(),
                    canary.beganAt(),
                    canary.lastAt(),
                    SideView.of(results.canary(), counts.own()),
                    SideView.of(results.others(), counts.others()),
                    new TreeMap<>(counts.causes()),
                    Math.exp(results.evidence()),
                    decision == null ? null : decision.verdict().name().toLowerCase(Locale.ROOT),
                    decision == null ? null : decision.at(),
                    decision == null ? null : decision.why(),
                    canary.switchedOff().seen());
        }
    }

    record CanaryList(List<CanaryView> canaries) {}

    @GetMapping("/v1/canaries")
    CanaryList list(@RequestParam MultiValueMap<String, String> query) {
        Parameters.of(query);
        return new CanaryList(store.all().stream().map(CanaryView::of).toList());
    }
}
