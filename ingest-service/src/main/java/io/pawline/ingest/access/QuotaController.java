package io.pawline.ingest.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ingest.budget.TenantBudgets;
import io.pawline.taskstore.Scope;
import io.pawline.web.RequiresScope;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Serves {@code GET /v1/quota}: what the client may still do, and when it may do all of it again. Costs nothing. */
@RestController
final class QuotaController {

    private final List<QuotaSource> sources;
    private final Quotas quotas;
    private final TenantBudgets budgets;

    QuotaController(List<QuotaSource> sources, Quotas quotas, TenantBudgets budgets) {
        this.budgets = budgets;
        this.sources = List.copyOf(sources);
        this.quotas = quotas;
    }

    /**
     * The quotas of a client by their names.
     *
     * @param budget what the client's tenant may spend today; null: there is no limit
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record QuotasView(
            Map<String, QuotaView> quotas, @Nullable BudgetView budget) {}

    /**
     * The money of a tenant as JSON, in the currency in which the operator counts.
     *
     * @param spent by calls that ended, some seconds ago
     * @param reserved for calls under way and to come
     * @param remaining of the limit
     * @param exhausted whether there is not enough left for another call
     * @param resetsAt when the whole limit is there again
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record BudgetView(
            String day,
            String timeZone,
            BigDecimal limit,
            BigDecimal spent,
            BigDecimal reserved,
            BigDecimal remaining,
            boolean exhausted,
            Instant resetsAt) {

        private static final int DECIMALS = 6;

        static BudgetView of(TenantBudgets.Today today, String timeZone) {
            return new BudgetView(
                    today.day().toString(),
                    timeZone,
                    money(today.limit()),
                    money(today.spent()),
                    money(today.reserved()),
                    money(today.remaining()),
                    today.exhausted(),
                    today.ends());
        }

        private static BigDecimal money(long micros) {
            BigDecimal exact = BigDecimal.valueOf(micros, DECIMALS).stripTrailingZeros();
            return exact.scale() < 0 ? exact.setScale(0) : exact;
        }
    }

    /**
     * One quota as JSON. The values are those of the headers {@code RateLimit-Policy} and {@code RateLimit}.
     *
     * @param limit how often in the window
     * @param remaining how often now
     * @param fullInSeconds time until the whole limit is there again
     * @param nextInSeconds time until one more is there; null: there is one now
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record QuotaView(
            int limit,
            long windowSeconds,
            long remaining,
            long fullInSeconds,
            @Nullable Long nextInSeconds) {

        static QuotaView of(QuotaState state) {
            return new QuotaView(
                    state.limit(),
                    Quotas.WINDOW.toSeconds(),
                    state.remaining(),
                    RateLimitView.secondsUntil(state.full()),
                    state.remaining() > 0 ? null : RateLimitView.secondsUntil(Quotas.WINDOW.dividedBy(state.limit())));
        }
    }

    @GetMapping("/v1/quota")
    ResponseEntity<QuotasView> quota(
            @RequiresScope({Scope.SUBMIT, Scope.READ, Scope.WEBHOOK, Scope.OPERATE}) ApiClient client) {
        Map<String, QuotaView> views = new LinkedHashMap<>();
        sources.forEach(
                source -> source.state(client).ifPresent(state -> views.put(source.quotaName(), QuotaView.of(state))));
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok().cacheControl(CacheControl.noStore());
        quotas.state(client).map(RateLimitView::headers).ifPresent(answer::headers);
        BudgetView budget = budgets.today(client.tenant())
                .map(today -> BudgetView.of(today, budgets.timeZone()))
                .orElse(null);
        return answer.body(new QuotasView(views, budget));
    }
}
