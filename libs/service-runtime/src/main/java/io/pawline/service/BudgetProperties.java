package io.pawline.service;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of what tenants may spend: {@code pawline.budget.*}. They are the same in all services. Money is in the
 * currency of {@code call-cost}, which each stage must have. A stage whose calls cost nothing spends nothing.
 *
 * @param timeZone Time zone in which a day begins and ends, such as {@code Asia/Shanghai}.
 * @param whenSpent What becomes of a task whose next call would cost more than is left. {@code wait}: it waits until the
 *     day ends. {@code refuse}: it fails. A task that has spent its own money fails in any case.
 * @param defaultPerDay Most that all tasks of a tenant may cost in a day, for tenants that {@code per-day} does not name.
 *     At most six decimals. 0 means that there is no limit.
 * @param perDay Most that all tasks of a tenant may cost in a day, by the tenant's name.
 * @param defaultPerTask Most that one task may cost, with its retries and replays, for tenants that {@code per-task} does
 *     not name. At most six decimals. 0 means that there is no limit.
 * @param perTask Most that one task may cost, by the tenant's name.
 */
@ConfigurationProperties("pawline.budget")
public record BudgetProperties(
        @DefaultValue("UTC") ZoneId timeZone,
        @DefaultValue("wait") WhenSpent whenSpent,
        @DefaultValue("0") BigDecimal defaultPerDay,
        @DefaultValue Map<String, BigDecimal> perDay,
        @DefaultValue("0") BigDecimal defaultPerTask,
        @DefaultValue Map<String, BigDecimal> perTask) {

    private static final int DECIMALS = 6;

    /** Far more than anybody pays, and far less than what a long can hold of millionths. */
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);

    /** Says what becomes of a task for which no money is left. */
    public enum WhenSpent {
        WAIT,
        REFUSE
    }

    public BudgetProperties {
        perDay = Map.copyOf(perDay);
        perTask = Map.copyOf(perTask);
        requireMoney("default-per-day", defaultPerDay);
        requireMoney("default-per-task", defaultPerTask);
        perDay.forEach((tenant, money) -> requireMoney("per-day." + tenant, money));
        perTask.forEach((tenant, money) -> requireMoney("per-task." + tenant, money));
    }

    private static void requireMoney(String setting, BigDecimal money) {
        if (money.signum() < 0
                || money.compareTo(MOST) > 0
                || money.stripTrailingZeros().scale() > DECIMALS) {
            throw new IllegalArgumentException(
                    "pawline.budget.%s must be >= 0 and <= %s with at most %d decimals, was %s"
                            .formatted(setting, MOST.toPlainString(), DECIMALS, money));
        }
    }

    /** Returns what a tenant may spend in a day, in millionths; 0: there is no limit. */
    public long microsPerDay(String tenant) {
        return micros(perDay.getOrDefault(tenant, defaultPerDay));
    }

    /** Returns what a task of a tenant may cost, in millionths; 0: there is no limit. */
    public long microsPerTask(String tenant) {
        return micros(perTask.getOrDefault(tenant, defaultPerTask));
    }

    /** Says whether the money of anybody is limited. */
    public boolean limitsAnybody() {
        return defaultPerDay.signum() > 0
                || defaultPerTask.signum() > 0
                || perDay.values().stream().anyMatch(money -> money.signum() > 0)
                || perTask.values().stream().anyMatch(money -> money.signum() > 0);
    }

    /** Returns the day of this moment. */
    public LocalDate dayOf(Instant moment) {
        return moment.atZone(timeZone).toLocalDate();
    }

    /** Returns when this day ends. */
    public Instant endOf(LocalDate day) {
        return day.plusDays(1).atStartOfDay(timeZone).toInstant();
    }

    /** Returns the time until the day of this moment ends; more than none. */
    public Duration leftOfDay(Instant moment) {
        return Duration.between(moment, endOf(dayOf(moment)));
    }

    private static long micros(BigDecimal money) {
        return money.movePointRight(DECIMALS).longValueExact();
    }
}
